"""What reading a text must know: the goods that may be meant, what the customer usually orders, what was learned.

The number of statements depends on neither the text nor the catalogue.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import Sellable, SkuFacts, load_assortments, load_skus
from dinghuo.catalogue.save_skus import SEARCH_KIND
from dinghuo.kit.database import Tx
from dinghuo.kit.texts import storable
from dinghuo.orders.paste.goods import Goods, code_key, goods_of, syllables_of
from dinghuo.orders.paste.items import Item
from dinghuo.orders.paste.likeness import usual_words
from dinghuo.orders.paste.rank import Habit, Known, Learned, Ranker
from dinghuo.orders.paste.units import UnitName, packing
from dinghuo.parties.facts import CustomerFacts

_MOST_TERMS = 900
_MOST_GOODS = 120
_RECENT = 100

_HABITS = f"""
with recent as materialized (
  select id from sales_order
  where tenant_id = $1 and customer_id = $2 and state not in ('cancelled', 'rejected')
  order by id desc limit {_RECENT}
), by_unit as (
  select l.sku_id, l.sku_code, l.unit, count(distinct r.id) as times, max(r.id::text) as last,
    percentile_disc(0.5) within group (order by l.quantity) as quantity
  from recent r join order_line l on l.tenant_id = $1 and l.order_id = r.id
  where l.cancelled < l.base_quantity
  group by l.sku_id, l.sku_code, l.unit
)
select distinct on (sku_id) sku_id, sku_code, unit, times, quantity from by_unit
order by sku_id, times desc, last desc
"""  # noqa: S608 - a constant of ours
_LEARNED = """
select p.phrase, p.sku_id, p.unit, s.code
from paste_phrase p join sku s on s.tenant_id = $1 and s.id = p.sku_id
where p.tenant_id = $1 and p.customer_id = $2 and p.phrase = any($3::text[])
"""
_BARCODES = """
select lower(u.barcode) as barcode, u.unit, u.sku_id, s.code
from sku_unit u join sku s on s.tenant_id = $1 and s.id = u.sku_id
where u.tenant_id = $1 and u.barcode = any($2::text[])
"""
_CODES = "select lower(code) as written, id, code from sku where tenant_id = $1 and code = any($2::text[])"
# Of a word that is in very many names some are enough: what else was said, or is usual, finds the right ones.
_CANDIDATES = f"""
with hit as (
  select w.item, found.subject_id
  from unnest($2::int[], $3::text[]) as w(item, term)
  cross join lateral (
    select t.subject_id from search_token t
    where t.tenant_id = $1 and t.kind = $4 and t.token >= w.term and t.token < w.term || U&'\\+10FFFF' limit 2000
  ) as found
  group by w.item, w.term, found.subject_id
), ranked as (
  select item, subject_id, row_number() over (partition by item order by count(*) desc, subject_id) as place
  from hit group by item, subject_id
)
select distinct s.code from ranked r
join sku s on s.tenant_id = $1 and s.id = r.subject_id and s.state = 'active'
where r.place <= {_MOST_GOODS}
"""  # noqa: S608 - a constant of ours
_NAMES = """
select s.id, s.name_en, s.specification, p.name as product_name, c.name as category_name
from sku s
join product p on p.tenant_id = $1 and p.id = s.product_id
left join category c on c.tenant_id = $1 and c.id = p.category_id
where s.tenant_id = $1 and s.id = any($2::uuid[])
"""
_UNITS = "select code, name, name_en from unit where tenant_id = $1"


class Facts(msgspec.Struct, frozen=True):
    """What was loaded. `skus` by id, of all goods that may be proposed."""

    ranker: Ranker
    skus: dict[UUID, SkuFacts]


async def load_facts(tx: Tx, customer: CustomerFacts, items: Sequence[Item]) -> Facts:
    """What is known of these items for a customer: only goods that they may buy."""
    habits = {row["sku_id"]: row for row in await tx.fetch(_HABITS, customer.id)}
    keys = storable(key for item in items for key in (item.phrase, item.key) if key)
    learned = await tx.fetch(_LEARNED, customer.id, keys)
    scanned = {code for item in items for code in (*item.barcodes, *item.codes)}
    barcodes = await tx.fetch(_BARCODES, storable(form for each in scanned for form in (each, each.upper())))
    written = {each for item in items for each in item.spellings}
    exact = await tx.fetch(_CODES, storable(form for each in written for form in (each, each.upper())))
    sure = {row["written"] for row in exact}
    found = await _candidates(tx, [item for item in items if sure.isdisjoint(item.spellings)])
    rows: list[Any] = [*learned, *barcodes, *exact, *found]
    codes = {row["sku_code"] for row in habits.values()} | {row["code"] for row in rows}
    skus = {sku.id: sku for sku in await sold_to(tx, customer, codes)}
    goods = await _goods(tx, list(skus.values()))
    known = Known(
        habits={id: Habit(row["unit"], row["quantity"], row["times"]) for id, row in habits.items() if id in skus},
        learned={row["phrase"]: Learned(row["sku_id"], row["unit"]) for row in learned if row["sku_id"] in skus},
        barcodes=_by_barcode(row for row in barcodes if row["sku_id"] in skus),
        codes={row["written"]: row["id"] for row in exact if row["id"] in skus},
    )
    for item in items:
        item.know_codes(known.codes)
    return Facts(Ranker(goods, known), skus)


async def sold_to(tx: Tx, customer: CustomerFacts, codes: Iterable[str]) -> list[SkuFacts]:
    """Those of these SKUs that a customer may buy."""
    assortments = await load_assortments(tx)
    sells = Sellable(assortments, customer.audience() if assortments else ())
    wanted = sorted(set(codes))
    known = await load_skus(tx, wanted)
    return [known[code] for code in wanted if code in known and known[code].active and sells(known[code])]


def _by_barcode(rows: Iterable[Any]) -> dict[str, tuple[tuple[UUID, str], ...]]:
    found: dict[str, tuple[tuple[UUID, str], ...]] = {}
    for row in rows:
        found[row["barcode"]] = (*found.get(row["barcode"], ()), (row["sku_id"], row["unit"]))
    return found


async def _candidates(tx: Tx, items: Sequence[Item]) -> list[Any]:
    """The codes of goods that have something of what the items say."""
    terms = [(number, term) for number, item in enumerate(items) for term in await asyncio.to_thread(terms_of, item)]
    able = frozenset(storable(term for _, term in terms))
    wanted = [pair for pair in terms if pair[1] in able][:_MOST_TERMS]
    if not wanted:
        return []
    numbers, words = zip(*wanted, strict=True)
    return list(await tx.fetch(_CANDIDATES, numbers, words, SEARCH_KIND))


def terms_of(item: Item) -> list[str]:
    """Beginnings of search tokens that goods have which the item may mean: pairs of characters, how they are spelt,
    the first letters of words and codes."""
    found: dict[str, None] = {}
    for word in usual_words(item.words):
        if word.isascii():
            found |= dict.fromkeys((word[:32], word[: max(3, len(word) * 2 // 3)]))
        else:
            pairs = range(max(1, len(word) - 1))
            spelt = syllables_of(word)
            found |= dict.fromkeys(word[place : place + 2] for place in pairs)
            found |= dict.fromkeys("".join(spelt[place : place + 2]) for place in pairs if len(spelt) > 1)
    for code in item.codes:
        key = code_key(code)
        found |= dict.fromkeys((key[: max(3, len(key) * 2 // 3)], code[: max(3, len(code) * 2 // 3)], key[:2]))
    return [term for term in found if term]


async def _goods(tx: Tx, skus: Sequence[SkuFacts]) -> list[Goods]:
    """These SKUs, ready for comparison; remembered by the catalogue's version."""
    memory: dict[UUID, Goods] = (await tx.cached("catalogue")).setdefault("paste_goods", {})
    units = await unit_names(tx)
    absent = {sku.id: sku for sku in skus if sku.id not in memory}
    if absent:
        rows = await tx.fetch(_NAMES, list(absent))
        # How names are spelt takes a tenth of a millisecond each: off the loop.
        memory.update(await asyncio.to_thread(_made, absent, rows, units))
    return [memory[sku.id] for sku in skus]


def _made(skus: dict[UUID, SkuFacts], rows: Iterable[Any], units: dict[str, UnitName]) -> dict[UUID, Goods]:
    return {
        row["id"]: goods_of(
            id=row["id"],
            code=skus[row["id"]].code,
            name=skus[row["id"]].name,
            name_en=row["name_en"],
            specification=row["specification"],
            product_id=skus[row["id"]].product_id,
            product_name=row["product_name"],
            category_name=row["category_name"],
            packing=packing(skus[row["id"]].base_unit, skus[row["id"]].sales_unit, skus[row["id"]].units, units),
        )
        for row in rows
    }


async def unit_names(tx: Tx) -> dict[str, UnitName]:
    memory = await tx.cached("catalogue")
    known: dict[str, UnitName] | None = memory.get("paste_units")
    if known is None:
        known = {row["code"]: UnitName(row["name"], row["name_en"]) for row in await tx.fetch(_UNITS)}
        memory["paste_units"] = known
    return known
