"""Remove a record of master data that nothing refers to."""

from functools import cache
from uuid import UUID, uuid5

from sqlalchemy import Table, delete, select
from sqlalchemy.exc import DBAPIError

from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import WITHOUT_ID
from dinghuo.kit.database import Tx, sqlstate
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.missing import missing
from dinghuo.kit.tables import metadata

IN_USE = Message(
    "in-use",
    "“{code}”仍被使用（{where}），不能删除",
    "'{code}' is still in use ({used_by}): it cannot be deleted",
    CONFLICT,
)
_REFERRED_TO = "23503"
# Where a record is named, in the words of screens; what is not here is called by its table's name.
_WORDS = {
    "app_user": ("用户", "users"),
    "approval_policy": ("审批流", "approval policies"),
    "assortment_audience": ("可售范围", "assortments"),
    "assortment_item": ("可售范围", "assortments"),
    "category": ("下级类目", "categories below it"),
    "customer": ("客户", "customers"),
    "department": ("下级部门", "departments below it"),
    "goods_receipt": ("入库单", "goods receipts"),
    "notice_audience": ("公告", "notices"),
    "price_list": ("价目表", "price lists"),
    "product": ("商品", "products"),
    "promotion_audience": ("促销", "promotions"),
    "promotion_item": ("促销", "promotions"),
    "region": ("下级区域", "regions below it"),
    "reservation": ("预占", "reservations"),
    "sales_order": ("订单", "orders"),
    "sku": ("单品", "SKUs"),
    "sku_unit": ("单品", "SKUs"),
    "stock": ("库存", "stock"),
    "user_scope": ("用户", "users"),
    "warehouse": ("仓库", "warehouses"),
}


async def remove(tx: Tx, table: Table, key: UUID | str, *, by: Actor) -> None:
    """Remove the record with this id (or this code, where it has no id); refused when it is not there or in use.

    What refers to it by a foreign key the database knows; what names it as (kind, target_id) is looked for.
    """
    place = table.c.id if "id" in table.c else table.c.code
    of_record = (table.c.tenant_id == tx.tenant_id) & (place == key)
    # A full lock: nobody can begin to use it meanwhile.
    row = await tx.one(select(table.c.code, place.label("key")).where(of_record).with_for_update())
    if row is None:
        raise missing(str(table.name), key)
    if isinstance(key, UUID):
        for named in await tx.fetch(_named(), table.name, key):
            raise _in_use(row.code, named["table_name"])
    try:
        await tx.execute(delete(table).where(of_record))
    except DBAPIError as error:
        if sqlstate(error) == _REFERRED_TO:
            raise _in_use(row.code, _referring(error)) from error
        raise
    subject = key if isinstance(key, UUID) else uuid5(WITHOUT_ID, f"{table.name} {key}")
    await audit.record(tx, [audit.Change(str(table.name), subject, "removed", by, {"code": [row.code, None]})])


def _in_use(code: str, table: str) -> Refused:
    zh, en = _WORDS.get(table, (table, table))
    return Refused(IN_USE("", code=code, where=zh, used_by=en))


def _referring(error: DBAPIError) -> str:
    """The table whose foreign key stood in the way."""
    cause: BaseException | None = error.orig
    while cause is not None:
        name = getattr(cause, "table_name", None)
        if name:
            return str(name)
        cause = cause.__cause__
    return ""


@cache
def _named() -> str:
    """Who names a record (`$3`) of a kind (`$2`) without a foreign key, one row a table."""
    parts = [
        f"select '{name}' as table_name where exists (select from {name} t where t.tenant_id = $1 "  # noqa: S608
        f"and t.kind = $2::text and t.target_id = $3::uuid)"
        for name, table in sorted(metadata.tables.items())
        if {"kind", "target_id", "tenant_id"} <= set(table.c.keys())
    ]
    return " union all ".join(parts)
