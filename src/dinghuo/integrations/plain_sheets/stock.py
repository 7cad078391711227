"""Sheets of opening stock: what was there of one SKU in one warehouse when the books were taken over.

A place is opened once. What is there already with the same quantity is left alone, so that a sheet may be imported
again; what was opened otherwise is a matter for a stock count.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dinghuo.catalogue.facts import load_skus
from dinghuo.integrations.plain_sheets.kind import SheetKind, Values, Written
from dinghuo.integrations.plain_sheets.messages import OPENED_OTHERWISE
from dinghuo.integrations.sheets import field, shape
from dinghuo.inventory.open_stock import Opening, open_stock
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Refused
from dinghuo.kit.money import ZERO, base_quantity
from dinghuo.kit.texts import storable

_SHAPE = shape(
    (
        field(
            "warehouse", "code", "仓库编码 仓库 仓库编号 仓库代码 仓位", "warehouse, warehouse code, location, store"
        ),
        field(
            "sku",
            "code",
            "货号 商品编码 商品编号 商品代码 产品编码 产品编号 产品代码 物料编码 物料号 存货编码 款号 品号 料号 "
            "编码 编号",
            "sku, sku code, stock code, item code, item number, item no, product code, product no, part number, "
            "article no, material, item, code",
        ),
        field(
            "quantity",
            "quantity",
            "期初数量 数量 库存数量 现存量 库存 结存数量 期初库存 实存数量 账面数量",
            "opening quantity, quantity, qty, on hand, stock, balance",
        ),
        field("unit", "text", "单位 计量单位 库存单位", "unit, uom, unit of measure", 64),
        field(
            "unit_cost",
            "price",
            "单位成本 成本单价 成本价 成本 期初成本 进价",
            "unit cost, cost, cost price, average cost",
        ),
    ),
    key="sku",
    required=(("warehouse",), ("sku",), ("quantity",)),
)

_Place = tuple[str, str]

_OPENED = """
select w.code as warehouse, k.code as sku, sum(m.quantity) as quantity
from unnest($2::text[], $3::text[]) as p(warehouse, sku)
join warehouse w on w.tenant_id = $1 and w.code = p.warehouse
join sku k on k.tenant_id = $1 and k.code = p.sku
join stock_move m on m.tenant_id = $1 and m.sku_id = k.id and m.warehouse_id = w.id and m.kind = 'opening'
group by w.code, k.code
"""


def _read(values: Values) -> Opening | list[Fault]:
    return Opening(
        warehouse=values["warehouse"],
        sku=values["sku"],
        quantity=values["quantity"],
        unit=values.get("unit"),
        unit_cost=values.get("unit_cost"),
    )


def _order(items: Sequence[Opening]) -> list[int]:
    """Rows of one place one after the other: 3 cases and 5 bottles of a SKU are one opening balance."""
    return sorted(range(len(items)), key=lambda each: (_place(items[each]), each))


def _place(item: Opening) -> _Place:
    return item.warehouse, item.sku


async def _write(tx: Tx, items: Sequence[Opening], by: Actor, _make: bool) -> Written:
    opened = await _opened(tx, items)
    wanted = await _in_base(tx, [item for item in items if _place(item) in opened])
    fresh = [item for item in items if _place(item) not in opened]
    faults = []
    for line, item in enumerate(items):
        before, now = opened.get(_place(item)), wanted.get(_place(item))
        if before is not None and now != before:
            faults.append(
                OPENED_OTHERWISE(
                    f"items[{line}].quantity",
                    line=line + 1,
                    warehouse=item.warehouse,
                    sku=item.sku,
                    opened=f"{before.normalize():f}",
                    quantity=f"{(item.quantity if now is None else now).normalize():f}",
                )
            )
    if faults:
        raise Refused(faults)
    if fresh:
        try:
            await open_stock(tx, openings=fresh, by=by)
        except Refused as refused:
            raise Refused(_as_given(refused, fresh, items)) from refused
    return Written(len(fresh), 0, len(items) - len(fresh))


async def _opened(tx: Tx, items: Sequence[Opening]) -> Mapping[_Place, Decimal]:
    """What was opened before, by place, in base units."""
    sound = [item for item in items if storable([item.warehouse]) and storable([item.sku])]
    places = sorted({_place(item) for item in sound})
    rows = await tx.fetch(_OPENED, [place[0] for place in places], [place[1] for place in places])
    return {(row["warehouse"], row["sku"]): row["quantity"] for row in rows}


async def _in_base(tx: Tx, items: Sequence[Opening]) -> Mapping[_Place, Decimal]:
    """What the rows say of each place, in base units; None where they say nothing exact."""
    skus = await load_skus(tx, storable(item.sku for item in items))
    totals: dict[_Place, Decimal | None] = defaultdict(lambda: ZERO)
    for item in items:
        known = skus[item.sku]
        ratio = known.units.get(item.unit or known.base_unit)
        quantity = base_quantity(item.quantity, *ratio) if ratio else None
        before = totals[_place(item)]
        totals[_place(item)] = None if quantity is None or before is None else before + quantity
    return {place: total for place, total in totals.items() if total is not None}


def _as_given(refused: Refused, fresh: Sequence[Opening], items: Sequence[Opening]) -> list[Fault]:
    """The faults of some of the items, placed among all."""
    place_of = {id(item): place for place, item in enumerate(items)}
    found = []
    for fault in refused.faults:
        if fault.line is None:
            found.append(fault)
            continue
        place = place_of[id(fresh[fault.line - 1])]
        name = fault.field.partition("]")[2]
        found.append(Fault(fault.message, f"items[{place}]{name}", place + 1, fault.params))
    return found


def _no_key(_item: Any) -> None:
    return None


STOCK = SheetKind(
    name="stock",
    shape=_SHAPE,
    examples={"warehouse": "MAIN", "sku": "YUZU-330", "quantity": "120", "unit": "箱", "unit_cost": "48.00"},
    needed_for_new=frozenset(),
    read=_read,
    key=_no_key,
    write=_write,
    field_of=lambda name: name,
    order=_order,
    together=("warehouse", "sku"),
)
