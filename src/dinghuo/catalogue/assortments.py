"""Which SKUs a customer may see and buy, as a condition of queries; `facts.Sellable` is the same rule in memory.

The rule in words: docs/assortments.md.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, not_, or_, select

from dinghuo.catalogue.tables import assortment, assortment_audience, assortment_item, category, product
from dinghuo.kit.trees import above, below
from dinghuo.parties.tables import customer, region


def sellable_condition(tenant_id: int, customer_id: UUID, *, sku: FromClause) -> ColumnElement[bool]:
    """The condition on `sku` (the table or an alias) that leaves what the customer may see and buy.

    Its parts refer to no other column of the outer query, so each is worked out once, however many SKUs there are.
    """
    denying = _applicable(tenant_id, customer_id, "deny")
    allowing = _applicable(tenant_id, customer_id, "allow")
    return and_(
        not_(_contained(tenant_id, denying, sku)),
        or_(not_(exists(allowing)), _contained(tenant_id, allowing, sku)),
    )


def _applicable(tenant_id: int, customer_id: UUID, mode: str) -> Select[tuple[UUID]]:
    """The active assortments of a mode that address the customer."""
    audience = assortment_audience.c
    mine = and_(customer.c.tenant_id == tenant_id, customer.c.id == customer_id)
    region_id = select(customer.c.region_id).where(mine).scalar_subquery()
    addressed = or_(
        audience.kind == "everyone",
        and_(audience.kind == "customer", audience.target_id == customer_id),
        and_(audience.kind == "tier", audience.target_id == select(customer.c.tier_id).where(mine).scalar_subquery()),
        and_(
            audience.kind == "channel",
            audience.target_id == select(customer.c.channel_id).where(mine).scalar_subquery(),
        ),
        and_(audience.kind == "region", audience.target_id.in_(above(region, tenant_id, region.c.id == region_id))),
    )
    return select(assortment.c.id).where(
        assortment.c.tenant_id == tenant_id,
        assortment.c.active,
        assortment.c.mode == mode,
        assortment.c.id.in_(
            select(audience.assortment_id).where(audience.tenant_id == tenant_id, addressed),
        ),
    )


def _contained(tenant_id: int, assortments: Select[tuple[UUID]], sku: FromClause) -> ColumnElement[bool]:
    """Whether one of these assortments names the SKU, its product, its brand, or a category it lies in."""
    item = assortment_item.c

    def named(kind: str) -> Select[tuple[UUID]]:
        return select(item.target_id).where(
            item.tenant_id == tenant_id, item.kind == kind, item.assortment_id.in_(assortments)
        )

    of_groups = select(product.c.id).where(
        product.c.tenant_id == tenant_id,
        or_(
            product.c.brand_id.in_(named("brand")),
            product.c.category_id.in_(below(category, tenant_id, category.c.id.in_(named("category")))),
        ),
    )
    return or_(
        exists(named("everything")),
        sku.c.id.in_(named("sku")),
        sku.c.product_id.in_(named("product")),
        sku.c.product_id.in_(of_groups),
    )
