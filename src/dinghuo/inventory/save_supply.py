"""Say what is expected, when and where: by the caller's own codes, many at once, all or nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.inventory.events import SupplyChanged
from dinghuo.inventory.goods import Known, know
from dinghuo.inventory.tables import expected_supply
from dinghuo.kit import outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MISSING, Planned, Saved, check_codes, given, plan, saved, store
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message
from dinghuo.kit.periodic import TENANT
from dinghuo.kit.texts import check_texts

HAS_COME = Message(
    "supply-received",
    "“{code}”已到货 {received}，商品和仓库不能再改，数量不能更少",
    "{received} of '{code}' have come: its SKU and warehouse stay, and it cannot be less",
    CONFLICT,
)
_FIELDS = ("expected_on", "document", "supplier", "note", "state")
_DEFAULTS: dict[str, Any] = {
    "sku_id": None,
    "warehouse_id": None,
    "expected_on": None,
    "quantity": None,
    "received": Decimal(0),
    "document": None,
    "supplier": None,
    "note": None,
    "state": "expected",
}
_NEEDED = {"sku": "sku_id", "warehouse": "warehouse_id", "expected_on": "expected_on", "quantity": "quantity"}


class SupplyInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One expected line as wanted; what is left out stays as it is. `quantity` in `unit`, or in the base unit."""

    code: str
    sku: str | UnsetType = UNSET
    warehouse: str | UnsetType = UNSET
    expected_on: date | UnsetType = UNSET
    quantity: Decimal | UnsetType = UNSET
    unit: str | None = None
    document: str | UnsetType | None = UNSET
    supplier: str | UnsetType | None = UNSET
    note: str | UnsetType | None = UNSET
    state: Literal["expected", "cancelled"] | UnsetType = UNSET


_SKUS = """
select e.code, s.code as sku from expected_supply e join sku s on s.tenant_id = $1 and s.id = e.sku_id
where e.tenant_id = $1 and e.code = any($2::text[])
"""


async def save_supply(tx: Tx, *, supplies: Sequence[SupplyInput], by: Actor) -> Saved:
    """Create what is new, change the others. What has come already stays."""
    skus = {item.sku for item in supplies if isinstance(item.sku, str)}
    known = await know(
        tx,
        skus=skus | await _skus_before(tx, supplies),
        warehouses=(item.warehouse for item in supplies if isinstance(item.warehouse, str)),
        count=len(supplies),
    )
    check_codes(known.faults, [item.code for item in supplies])
    planned = await plan(tx, expected_supply, [_row(known, i, item) for i, item in enumerate(supplies)], _DEFAULTS)
    by_id = {sku.id: sku for sku in known.skus.values()}
    for row in planned:
        _check(known, row, supplies[row.line], by_id)
    known.faults.check()
    if written := await store(tx, expected_supply, planned, by=by):
        await touch(tx, "inventory")
        # Of which SKU it was expected before counts too.
        changed = {row["sku_id"] for each in written for row in (each.old, each.new) if row is not None}
        await outbox.emit(tx, [SupplyChanged(subject_id=TENANT, skus=sorted(changed))])
    return saved(planned)


async def _skus_before(tx: Tx, supplies: Sequence[SupplyInput]) -> set[str]:
    """Whose units are meant where only the quantity is given."""
    codes = [item.code for item in supplies if item.quantity is not UNSET and item.sku is UNSET]
    return {row["sku"] for row in await tx.fetch(_SKUS, codes)} if codes else set()


def _row(known: Known, line: int, item: SupplyInput) -> tuple[int, str, dict[str, Any]]:
    check_texts(known.faults, line, item, {"document": 200, "supplier": 200, "note": 2000})
    columns = given(item, _FIELDS)
    if isinstance(item.sku, str):
        sku = known.sku(line, item.sku)
        columns["sku_id"] = sku.id if sku else None
    if isinstance(item.warehouse, str):
        columns["warehouse_id"] = known.warehouse(line, item.warehouse, closed_too=False)
    return line, item.code, columns


def _check(known: Known, row: Planned, item: SupplyInput, skus: Mapping[Any, SkuFacts]) -> None:
    sku = skus.get(row.new["sku_id"])
    if sku is not None and isinstance(item.quantity, Decimal):
        quantity = known.in_base(row.line, sku, item.quantity, item.unit)
        if quantity is not None:
            row.new["quantity"] = quantity
    for field, column in _NEEDED.items():
        if row.new[column] is None and getattr(item, field) is UNSET:
            known.faults.add(row.line, field, MISSING)
    if row.old is None or not row.old["received"]:
        return
    moved = any(row.new[name] != row.old[name] for name in ("sku_id", "warehouse_id"))
    if moved or (row.new["quantity"] or 0) < row.old["received"]:
        received = f"{row.old['received'].normalize():f}"
        known.faults.add(row.line, "sku" if moved else "quantity", HAS_COME, code=row.code, received=received)
