"""Shopping lists: what is ordered again and again, named, and shared by all users of the company."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit import audit
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.kit.money import MAX_QUANTITY, fits
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.revisions import check_revision
from dinghuo.kit.texts import EMPTY, text_faults
from dinghuo.orders import faults as say
from dinghuo.portal.cards import SkuCard
from dinghuo.portal.shelf import Shelf, open_shelf, sku_cards
from dinghuo.portal.tables import shopping_list, shopping_list_line
from dinghuo.portal.take import Entry

MOST_LINES = 1000
MOST_LISTS = 200
_LONGEST_NAME = 100

NAME_TAKEN = Message("name-taken", "已有名为“{name}”的清单", "There is a list called '{name}' already", CONFLICT)
TOO_MANY_LISTS = Message(
    "too-many-lists",
    "最多 {most} 份清单，请先删除不用的",
    "At most {most} lists: delete those you do not use",
    CONFLICT,
)


class ListLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A SKU by its code; `unit` null is its own."""

    sku: str
    quantity: Decimal
    unit: str | None = None


class ListContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list as it shall be."""

    name: str
    lines: list[ListLine]


class ListSummary(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    lines: int
    updated_at: datetime
    updated_by: str
    revision: int


class ListItem(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a list. `card` is null when it is no longer sold to the company."""

    sku: str
    name: str
    unit: str
    quantity: Decimal
    card: SkuCard | None


class ListView(ListSummary, frozen=True, kw_only=True):
    items: list[ListItem]


async def list_lists(
    tx: Tx, *, dealer: DealerPrincipal, cursor: str | None = None, limit: int = 50
) -> Page[ListSummary]:
    """The company's lists by name."""
    statement = _summaries(tx, dealer)
    if cursor is not None:
        statement = statement.where(shopping_list.c.name > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement.order_by(shopping_list.c.name).limit(limit + 1))
    return page(rows, limit, lambda row: (row.name,), lambda row: ListSummary(**row._mapping))


async def get_list(tx: Tx, list_id: UUID, *, dealer: DealerPrincipal) -> ListView:
    """One list with its goods as they are sold now."""
    row = await tx.one(_summaries(tx, dealer).where(shopping_list.c.id == list_id))
    if row is None:
        raise missing("shopping list", list_id)
    shelf = await open_shelf(tx, dealer)
    lines = await _lines(tx, list_id)
    facts = await load_skus(tx, [line.sku for line in lines])
    sold = {each.sku: facts[each.sku] for each in lines if shelf.sells(facts.get(each.sku))}
    cards = await sku_cards(tx, shelf, list(sold.values()))
    items = [
        ListItem(
            sku=line.sku,
            name=facts[line.sku].name,
            unit=line.unit or "",
            quantity=line.quantity,
            card=cards[sold[line.sku].id] if line.sku in sold else None,
        )
        for line in lines
    ]
    return ListView(**row._mapping, items=items)


async def entries_of(tx: Tx, list_id: UUID, *, dealer: DealerPrincipal) -> list[Entry]:
    """What a list would put into the cart."""
    await _locked(tx, list_id, dealer, lock=False)
    return [
        Entry(code=line.sku, quantity=line.quantity, unit=line.unit, line=number, sku_code=line.sku)
        for number, line in enumerate(await _lines(tx, list_id), start=1)
    ]


async def make_list(tx: Tx, *, content: ListContent, dealer: DealerPrincipal) -> ListView:
    """Keep a new list under a name that no other list of the company has."""
    rows = await _check(tx, content, dealer)
    kept = shopping_list.c
    of_company = select(func.count()).where(kept.tenant_id == tx.tenant_id, kept.customer_id == dealer.customer_id)
    if (await tx.execute(of_company)).scalar_one() >= MOST_LISTS:
        raise Refused(TOO_MANY_LISTS(most=MOST_LISTS))
    list_id = new_id()
    made = {"tenant_id": tx.tenant_id, "id": list_id, "customer_id": dealer.customer_id, "created_at": tx.now}
    await _once(tx, insert(shopping_list).values(**made, **_named(tx, content, dealer)), content.name)
    await _write_lines(tx, list_id, rows)
    await audit.record(tx, [audit.Change("shopping_list", list_id, "created", dealer.actor())])
    return await get_list(tx, list_id, dealer=dealer)


async def replace_list(
    tx: Tx, *, list_id: UUID, content: ListContent, revision: int, dealer: DealerPrincipal
) -> ListView:
    """Keep a list as it shall be, unless somebody has changed it since it was read."""
    kept, line = shopping_list.c, shopping_list_line.c
    now = await _locked(tx, list_id, dealer)
    check_revision(now, revision)
    rows = await _check(tx, content, dealer)
    statement = (
        update(shopping_list)
        .where(kept.tenant_id == tx.tenant_id, kept.id == list_id)
        .values(revision=revision + 1, **_named(tx, content, dealer))
    )
    await _once(tx, statement, content.name)
    await tx.execute(delete(shopping_list_line).where(line.tenant_id == tx.tenant_id, line.list_id == list_id))
    await _write_lines(tx, list_id, rows)
    await audit.record(tx, [audit.Change("shopping_list", list_id, "updated", dealer.actor())])
    return await get_list(tx, list_id, dealer=dealer)


async def remove_list(tx: Tx, *, list_id: UUID, dealer: DealerPrincipal) -> None:
    kept, line = shopping_list.c, shopping_list_line.c
    await _locked(tx, list_id, dealer)
    await tx.execute(delete(shopping_list_line).where(line.tenant_id == tx.tenant_id, line.list_id == list_id))
    await tx.execute(delete(shopping_list).where(kept.tenant_id == tx.tenant_id, kept.id == list_id))
    await audit.record(tx, [audit.Change("shopping_list", list_id, "deleted", dealer.actor())])


def _summaries(tx: Tx, dealer: DealerPrincipal) -> Select[tuple[object, ...]]:
    kept, line = shopping_list.c, shopping_list_line.c
    count = (
        select(func.count())
        .where(line.tenant_id == tx.tenant_id, line.list_id == kept.id)
        .correlate(shopping_list)
        .scalar_subquery()
    )
    return select(
        kept.id,
        kept.name,
        count.label("lines"),
        kept.updated_at,
        kept.updated_by_name.label("updated_by"),
        kept.revision,
    ).where(kept.tenant_id == tx.tenant_id, kept.customer_id == dealer.customer_id)


async def _lines(tx: Tx, list_id: UUID) -> list[ListLine]:
    line = shopping_list_line.c
    rows = await tx.rows(
        select(sku.c.code, line.unit, line.quantity)
        .join(shopping_list_line, and_(line.tenant_id == sku.c.tenant_id, line.sku_id == sku.c.id))
        .where(sku.c.tenant_id == tx.tenant_id, line.tenant_id == tx.tenant_id, line.list_id == list_id)
        .order_by(line.position)
    )
    return [ListLine(row.code, row.quantity, row.unit) for row in rows]


async def _locked(tx: Tx, list_id: UUID, dealer: DealerPrincipal, *, lock: bool = True) -> int:
    """The revision of a list of this company, locked."""
    kept = shopping_list.c
    statement = select(kept.revision).where(
        kept.tenant_id == tx.tenant_id, kept.id == list_id, kept.customer_id == dealer.customer_id
    )
    row = await tx.one(statement.with_for_update() if lock else statement)
    if row is None:
        raise missing("shopping list", list_id)
    revision: int = row.revision
    return revision


async def _check(tx: Tx, content: ListContent, dealer: DealerPrincipal) -> list[tuple[UUID, str, Decimal]]:
    """The lines as they are kept; refused with everything that is wrong."""
    found = list(text_faults("name", content.name, _LONGEST_NAME))
    if not content.name.strip():
        found.append(EMPTY("name"))
    if len(content.lines) > MOST_LINES:
        raise Refused([*found, say.TOO_MANY_LINES("lines", count=len(content.lines), most=MOST_LINES)])
    facts = await load_skus(tx, [line.sku for line in content.lines])
    shelf = await open_shelf(tx, dealer)
    rows = []
    for number, line in enumerate(content.lines, start=1):
        known = facts.get(line.sku)
        wrong = _wrong(shelf, number, line, known)
        if known is not None and not wrong:
            rows.append((known.id, line.unit or known.sales_unit, line.quantity))
        found += wrong
    if found:
        raise Refused(found)
    return rows


def _wrong(shelf: Shelf, number: int, line: ListLine, known: SkuFacts | None) -> list[Fault]:
    def fault(message: Message, field: str, **params: object) -> Fault:
        return message(f"lines[{number - 1}].{field}", line=number, **params)

    if known is None or not shelf.sellable(known):
        return [_told(fault(say.UNKNOWN_SKU, "sku", code=line.sku))]
    wrong = []
    if line.unit is not None and line.unit not in known.units:
        units = "、".join(known.units)
        wrong.append(_told(fault(say.UNKNOWN_UNIT, "unit", code=line.sku, unit=line.unit, units=units)))
    if not fits(line.quantity) or line.quantity <= 0:
        wrong.append(_told(fault(say.BAD_QUANTITY, "quantity", quantity=line.quantity, most=MAX_QUANTITY)))
    return wrong


def _told(fault: Fault) -> Fault:
    return Fault(fault.message, fault.field, fault.line, {"line": fault.line, **fault.params})


def _named(tx: Tx, content: ListContent, dealer: DealerPrincipal) -> dict[str, object]:
    return {
        "name": content.name.strip(),
        "updated_by": dealer.id,
        "updated_by_name": dealer.name,
        "updated_at": tx.now,
    }


async def _once(tx: Tx, statement: object, name: str) -> None:
    try:
        await tx.execute(statement)  # type: ignore[arg-type]
    except IntegrityError as error:
        raise Refused(NAME_TAKEN("name", name=name)) from error


async def _write_lines(tx: Tx, list_id: UUID, rows: Sequence[tuple[UUID, str, Decimal]]) -> None:
    if rows:
        skus, units, amounts = zip(*rows, strict=True)
        await tx.write(_LINES, list_id, skus, units, amounts)


_LINES = """
insert into shopping_list_line (tenant_id, list_id, position, sku_id, unit, quantity)
select $1, $2, l.position, l.sku_id, l.unit, l.quantity
from unnest($3::uuid[], $4::text[], $5::numeric[]) with ordinality as l(sku_id, unit, quantity, position)
"""


def content_of(name: str, lines: Sequence[tuple[str, str | None, Decimal]]) -> ListContent:
    """A list of what a cart holds."""
    return ListContent(name, [ListLine(code, quantity, unit) for code, unit, quantity in lines])
