"""Many goods at once, by whatever people know them by: what was found goes into the cart, what was not is told with
what may have been meant."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.catalogue.quantities import plain, quantities
from dinghuo.catalogue.save_skus import SEARCH_KIND
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit import search
from dinghuo.kit.bulk import UNKNOWN_CODE
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Language, Message
from dinghuo.kit.money import MAX_QUANTITY, fits
from dinghuo.kit.texts import storable
from dinghuo.orders import faults as say
from dinghuo.orders.requests import LineRequest
from dinghuo.portal.cards import SkuCard
from dinghuo.portal.change_lines import add_lines
from dinghuo.portal.problems import LineProblem, problem_of
from dinghuo.portal.shelf import Shelf, load_texts, open_shelf, sku_cards

MOST_ENTRIES = 1000
_SUGGESTIONS = 3
# Of so many that were not found it is told what may have been meant.
_MOST_GUESSED = 50

SEVERAL_FOUND = Message(
    "several-found", "“{code}”对应多个单品，请选择", "'{code}' stands for several SKUs: choose one", CONFLICT
)
NOT_SOLD = Message("not-sold", "{code} 已不再供应", "{code} is no longer sold to you", CONFLICT)


class Entry(msgspec.Struct, frozen=True):
    """One thing wanted. `sku_code` where it is known already; `quantity` None is none that could be read."""

    code: str
    quantity: Decimal | None
    unit: str | None = None
    line: int = 0
    sku_code: str | None = None
    written: str | None = None


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What may have been meant."""

    sku: str
    name: str
    specification: str | None
    unit: str


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one entry: a SKU, or a problem."""

    line: int
    code: str
    quantity: Decimal | None
    unit: str | None
    sku: SkuCard | None
    problem: LineProblem | None
    suggestions: list[Suggestion]


class SheetColumns(msgspec.Struct, frozen=True, kw_only=True):
    """The columns that were read, by their headers."""

    code: str
    quantity: str
    unit: str | None


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What went into the cart (`added`; nothing when it was only looked for) and what did not."""

    added: int
    cart_id: UUID | None
    revision: int | None
    entries: list[Taken]
    columns: SheetColumns | None = None


async def take(tx: Tx, *, entries: Sequence[Entry], dealer: DealerPrincipal, language: Language, add: bool) -> Added:
    """Find these goods among what the dealer may buy and, if wanted, add what is right to the cart."""
    shelf = await open_shelf(tx, dealer)
    named = await _resolve(tx, [entry.code for entry in entries if entry.sku_code is None])
    facts = await load_skus(tx, [code for found in named.values() for code, _ in found] + _known(entries))
    judged = [_judge(shelf, entry, named, facts) for entry in entries]
    right = {each.sku.id: each.sku for each in judged if each.sku is not None}
    cards = await sku_cards(tx, shelf, list(right.values()))
    guesses = await _guess(tx, shelf, [each.entry.code for each in judged if each.guess])
    texts = await load_texts(
        tx, [sku.id for each in judged for sku in (*each.choice, *guesses.get(each.entry.code, ()))]
    )
    lines = [line for each in judged if (line := each.line()) is not None]
    cart = await add_lines(tx, lines=lines, dealer=dealer) if add and lines else None

    def told(each: _Judged) -> Taken:
        meant = (*each.choice, *guesses.get(each.entry.code, ()))[:_SUGGESTIONS]
        wanted = LineRequest(each.entry.code, each.entry.quantity or Decimal(0), each.unit)
        problem = problem_of(each.fault, language, shelf.units, wanted, each.sku) if each.fault else None
        return Taken(
            line=each.entry.line,
            code=each.entry.code,
            quantity=each.entry.quantity,
            unit=each.unit,
            sku=cards[each.sku.id] if each.sku else None,
            problem=problem,
            suggestions=[
                Suggestion(
                    sku=sku.code, name=sku.name, specification=texts[sku.id].specification, unit=sku.sales_unit
                )
                for sku in meant
            ],
        )

    return Added(
        added=len(lines) if add else 0,
        cart_id=cart.id if cart else None,
        revision=cart.revision if cart else None,
        entries=[told(each) for each in judged],
    )


class _Judged(msgspec.Struct):
    """What is found of an entry. `choice` are the SKUs of which it could be any; `guess`: it is worth guessing."""

    entry: Entry
    sku: SkuFacts | None = None
    unit: str | None = None
    fault: Fault | None = None
    choice: tuple[SkuFacts, ...] = ()
    guess: bool = False

    def line(self) -> LineRequest | None:
        if self.sku is None or self.fault is not None or self.entry.quantity is None:
            return None
        return LineRequest(self.sku.code, self.entry.quantity, self.unit)


Named = Mapping[str, Sequence[tuple[str, str | None]]]


def _known(entries: Iterable[Entry]) -> list[str]:
    return [entry.sku_code for entry in entries if entry.sku_code is not None]


def _judge(shelf: Shelf, entry: Entry, named: Named, facts: Mapping[str, SkuFacts]) -> _Judged:
    if entry.sku_code is not None:
        sku = facts.get(entry.sku_code)
        if sku is None or not shelf.sells(sku):
            return _Judged(entry, unit=entry.unit, fault=NOT_SOLD("code", line=entry.line, code=entry.code))
        return _measured(shelf, entry, sku, None)
    found = {code: unit for code, unit in named.get(entry.code, ()) if code in facts and shelf.sells(facts[code])}
    if not found:
        fault = UNKNOWN_CODE("code", line=entry.line, code=entry.code)
        return _Judged(entry, unit=entry.unit, fault=fault, guess=True)
    if len(found) > 1:
        fault = SEVERAL_FOUND("code", line=entry.line, code=entry.code)
        return _Judged(entry, unit=entry.unit, fault=fault, choice=tuple(facts[code] for code in found))
    ((code, unit),) = found.items()
    return _measured(shelf, entry, facts[code], unit)


def _measured(shelf: Shelf, entry: Entry, sku: SkuFacts, unit_of_barcode: str | None) -> _Judged:
    """The entry of a SKU, with its unit and whether its quantity is one."""
    unit = _unit(shelf, entry.unit, sku) if entry.unit else unit_of_barcode or sku.sales_unit
    if unit is None:
        units = "、".join(sku.units)
        fault = say.UNKNOWN_UNIT("unit", line=entry.line, code=sku.code, unit=entry.unit, units=units)
        return _Judged(entry, sku, entry.unit, _numbered(fault))
    quantity = entry.quantity
    if quantity is None or not fits(quantity) or quantity <= 0:
        fault = say.BAD_QUANTITY(
            "quantity",
            line=entry.line,
            quantity=entry.written or quantity,
            most=MAX_QUANTITY,
            suggested=plain(quantities(sku, unit).minimum),
        )
        return _Judged(entry, sku, unit, _numbered(fault))
    return _Judged(entry, sku, unit)


def _numbered(fault: Fault) -> Fault:
    """The sentences of lines name them."""
    return Fault(fault.message, fault.field, fault.line, {"line": fault.line, **fault.params})


def _unit(shelf: Shelf, written: str, sku: SkuFacts) -> str | None:
    """The SKU's unit of that code, or of that name in either language."""
    if written in sku.units:
        return written
    wanted = written.strip().casefold()
    for unit in sku.units:
        named = shelf.units.get(unit)
        if named and wanted in {unit.casefold(), named.name.casefold(), (named.name_en or "").casefold()}:
            return unit
    return None


_RESOLVE = """
select w.code as written, s.code, null as unit
from unnest($2::text[]) as w(code) join sku s on s.tenant_id = $1 and s.code = w.code
union all
select w.code, s.code, u.unit
from unnest($2::text[]) as w(code)
join sku_unit u on u.tenant_id = $1 and u.barcode = w.code
join sku s on s.tenant_id = $1 and s.id = u.sku_id
"""


async def _resolve(tx: Tx, codes: Iterable[str]) -> Named:
    """The SKUs that codes and barcodes stand for, each with the unit of its barcode."""
    spellings = {code: _spellings(code) for code in codes}
    wanted = storable(each for several in spellings.values() for each in several)
    found: dict[str, list[tuple[str, str | None]]] = {}
    if wanted:
        for row in await tx.fetch(_RESOLVE, wanted):
            found.setdefault(row["written"], []).append((row["code"], row["unit"]))
    return {code: next((found[each] for each in several if each in found), []) for code, several in spellings.items()}


def _spellings(code: str) -> list[str]:
    """As written, and as people may have meant it: half-width, trimmed, in capitals or not."""
    plain_code = unicodedata.normalize("NFKC", code).strip()
    return list(dict.fromkeys([code, plain_code, plain_code.upper(), plain_code.lower()]))


_GUESS = """
select w.code as written, s.code
from unnest($2::text[], $3::text[], $4::int[]) as w(code, term, rank)
cross join lateral (
  select distinct t.subject_id from search_token t
  where t.tenant_id = $1 and t.kind = $5 and t.token >= w.term and t.token < w.term || U&'\\+10FFFF'
  limit 12
) as hit
join sku s on s.tenant_id = $1 and s.id = hit.subject_id and s.state = 'active'
order by w.rank, s.code
"""


async def _guess(tx: Tx, shelf: Shelf, codes: Iterable[str]) -> dict[str, tuple[SkuFacts, ...]]:
    """What may have been meant by codes that are none: what begins like them, or like most of them."""
    wanted = [
        (code, term, rank)
        for code in list(dict.fromkeys(codes))[:_MOST_GUESSED]
        for rank, term in enumerate(_beginnings(code))
    ]
    if not wanted:
        return {}
    written, beginnings, ranks = zip(*wanted, strict=True)
    rows = await tx.fetch(_GUESS, written, beginnings, ranks, SEARCH_KIND)
    facts = await load_skus(tx, {row["code"] for row in rows})
    found: dict[str, dict[str, SkuFacts]] = {}
    for row in rows:
        sku = facts[row["code"]]
        if shelf.sells(sku):
            found.setdefault(row["written"], {})[sku.code] = sku
    return {code: tuple(several.values())[:_SUGGESTIONS] for code, several in found.items()}


def _beginnings(code: str) -> list[str]:
    words = storable(search.terms(code))
    if not words:
        return []
    longest = max(words, key=len)
    return list(dict.fromkeys([longest, longest[: max(2, len(longest) * 2 // 3)]]))
