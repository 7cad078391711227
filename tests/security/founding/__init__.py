"""Founds a company through the API itself: everything twice where it belongs to a customer, more on demand.

A new room is a file here with `async def found_it(f: Founder) -> None`, and stands in `ROOMS` behind what it needs.
"""

from collections.abc import Sequence

from litestar import Litestar
from tests.security.company import ELSE, MINE, Company
from tests.security.founding.approvals import found_approvals
from tests.security.founding.customers import found_customers, found_invitations
from tests.security.founding.founder import PICTURE, REACTION, Founder
from tests.security.founding.goods import found_goods, found_stock
from tests.security.founding.imports import found_imports
from tests.security.founding.notices import found_notices
from tests.security.founding.order_life import found_order_life
from tests.security.founding.orders import found_desk, found_orders
from tests.security.founding.paste import found_phrases
from tests.security.founding.people import found_dealers, found_people
from tests.security.founding.portal import found_portal
from tests.security.founding.prices import found_prices
from tests.security.founding.promotions import found_promotions
from tests.security.founding.rebates import found_rebates
from tests.security.founding.rest import found_ids, found_rest
from tests.security.founding.rules import found_rules
from tests.security.founding.supply import found_supply
from tests.security.founding.wecom import found_wecom
from tests.security.founding.words import found_words
from tests.support import client_of, key_of, make_tenant

from dinghuo.identity.default_roles import DEFAULT_ROLES
from dinghuo.kit.database import Database

__all__ = ["PICTURE", "REACTION", "found_company"]

ROOMS = (
    found_words,
    found_people,
    found_goods,
    found_customers,
    found_dealers,
    found_prices,
    found_promotions,
    found_rebates,
    found_stock,
    found_orders,
    found_portal,
    found_phrases,
    found_rules,
    found_supply,
    found_desk,
    found_imports,
    found_notices,
    found_approvals,
    found_wecom,
    found_invitations,
    found_order_life,
    found_rest,
    found_ids,
)
# The tables whose records are edited with If-Match, but for price lists and promotions.
REVISED = (
    "approval_policy", "assortment", "blanket_order", "brand", "category", "channel", "customer", "department",
    "draft", "notice", "organisation", "product", "region", "role", "shopping_list", "sku", "tier", "transfer",
    "app_user", "warehouse",
)  # fmt: skip


async def found_company(
    app: Litestar, database: Database, mark: str, *, more: int = 0, sellers: Sequence[str] = ("sales",)
) -> Company:
    """`mark` is four capital letters; `more` further records of each kind; `sellers` the roles of sales people."""
    tenant = await make_tenant(database)
    key = await key_of(database, tenant, "owner")
    async with client_of(app, x_api_key=key.text()) as client:
        founder = Founder(client, database, tenant, mark, more, sellers)
        for found in ROOMS:
            await found(founder)
    staff = [role.code for role in DEFAULT_ROLES if role.audience == "staff"]
    dealers = [role.code for role in DEFAULT_ROLES if role.audience == "dealer"]
    logins = [founder.login(name) for name in (*staff, "nobody", "sales2", *dealers, "nodealer", "stranger")]
    return Company(
        tenant=tenant,
        mark=mark,
        refs={**founder.shared, **founder.halves[MINE]},
        theirs=founder.halves[ELSE],
        revisions=await _revisions(founder),
        keys={login: (await key_of(database, tenant, login)).text() for login in logins},
    )


async def _revisions(f: Founder) -> dict[str, int]:
    """The revision of every record that has one, by its id; price lists by their codes."""
    parts = [f"select id::text as id, revision from {table} where tenant_id = $1" for table in REVISED]
    parts += [
        f"select code, revision from {table} where tenant_id = $1"
        for table in ("price_list", "promotion", "rebate_agreement")
    ]
    async with f.database.transaction(f.tenant.id) as tx:
        return {row["id"]: row["revision"] for row in await tx.fetch(" union all ".join(parts))}
