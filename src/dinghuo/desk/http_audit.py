"""The audit over HTTP: the company's log, and the history of each kind of record for those who may see the record."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Router, get
from litestar.params import Parameter, QueryParameter

from dinghuo.accounts.queries import get_account
from dinghuo.catalogue.queries import get_product, get_sku
from dinghuo.desk.audit_log import AuditFilter, AuditView, history_of, read_audit
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import MOST, Page
from dinghuo.orders.order_comments import check_sees_order
from dinghuo.parties.queries import get_customer
from dinghuo.pricing.promotion_queries import get_promotion
from dinghuo.pricing.queries import get_price_list

Limit = Annotated[int, Parameter(ge=1, le=MOST)]


@get("/audit", opt=needs("audit.read"))
async def read_log(
    database: Database,
    staff: StaffPrincipal,
    actor: str | None = None,
    actor_kind: str | None = None,
    kind: str | None = None,
    subject: UUID | None = None,
    action: str | None = None,
    channel: str | None = None,
    since: Annotated[date | None, QueryParameter(name="from")] = None,
    until: date | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[AuditView]:
    """Who changed what, the newest first: all of the company's, whatever the reader's customers."""
    wanted = AuditFilter(
        actor=actor,
        actor_kind=actor_kind,
        kind=kind,
        subject=subject,
        action=action,
        channel=channel,
        since=since,
        until=until,
    )
    async with database.transaction(staff.tenant_id) as tx:
        return await read_audit(tx, staff=staff, wanted=wanted, cursor=cursor, limit=limit)


@get("/orders/{order_id:uuid}/history", opt=needs("orders.read"))
async def of_order(
    database: Database, staff: StaffPrincipal, order_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[AuditView]:
    """What happened to an order, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        await check_sees_order(tx, staff, order_id)
        return await history_of(tx, staff=staff, subject_id=order_id, cursor=cursor, limit=limit)


@get("/customers/{customer_id:uuid}/history", opt=needs("parties.read"))
async def of_customer(
    database: Database, staff: StaffPrincipal, customer_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[AuditView]:
    """What happened to a customer, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        if await get_customer(tx, customer_id, seen_by=staff) is None:
            raise missing("customer", customer_id)
        return await history_of(tx, staff=staff, subject_id=customer_id, cursor=cursor, limit=limit)


@get("/skus/{sku_id:uuid}/history", opt=needs("catalogue.read"))
async def of_sku(
    database: Database, staff: StaffPrincipal, sku_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[AuditView]:
    """What happened to a SKU, the newest first; its costs for those who may see them."""
    async with database.transaction(staff.tenant_id) as tx:
        if await get_sku(tx, sku_id, seen_by=staff, sellable_to=None) is None:
            raise missing("SKU", sku_id)
        return await history_of(tx, staff=staff, subject_id=sku_id, cursor=cursor, limit=limit)


@get("/products/{product_id:uuid}/history", opt=needs("catalogue.read"))
async def of_product(
    database: Database, staff: StaffPrincipal, product_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[AuditView]:
    """What happened to a product, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        if await get_product(tx, product_id) is None:
            raise missing("product", product_id)
        return await history_of(tx, staff=staff, subject_id=product_id, cursor=cursor, limit=limit)


@get("/price-lists/{code:str}/history", opt=needs("pricing.read"))
async def of_price_list(
    database: Database, staff: StaffPrincipal, code: str, cursor: str | None = None, limit: Limit = 50
) -> Page[AuditView]:
    """What happened to a price list and its prices, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        found = await get_price_list(tx, code, seen_by=staff)
        return await history_of(tx, staff=staff, subject_id=found.id, cursor=cursor, limit=limit)


@get("/promotions/{code:str}/history", opt=needs("promotions.read"))
async def of_promotion(
    database: Database, staff: StaffPrincipal, code: str, cursor: str | None = None, limit: Limit = 50
) -> Page[AuditView]:
    """What happened to a promotion, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        found = await get_promotion(tx, code, seen_by=staff)
        return await history_of(tx, staff=staff, subject_id=found.id, cursor=cursor, limit=limit)


@get("/accounts/{account_id:uuid}/history", opt=needs("accounts.read"))
async def of_account(
    database: Database, staff: StaffPrincipal, account_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[AuditView]:
    """What happened to a customer's credit limit, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        await get_account(tx, account_id, seen_by=staff)
        return await history_of(tx, staff=staff, subject_id=account_id, cursor=cursor, limit=limit)


router = Router(
    "/",
    route_handlers=[read_log, of_order, of_customer, of_sku, of_product, of_price_list, of_promotion, of_account],
    tags=["audit"],
)
