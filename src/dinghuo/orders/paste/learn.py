"""Keep what a customer means by a phrase, and forget it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import delete, select

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import DealerPrincipal, Principal, person_of
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.bulk import UNKNOWN_CODE
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import EMPTY, text_faults
from dinghuo.orders.paste.facts import sold_to
from dinghuo.orders.paste.source import plain, read_source
from dinghuo.orders.paste.split import split
from dinghuo.orders.paste.tables import paste_phrase
from dinghuo.parties.facts import CustomerFacts
from dinghuo.parties.tables import customer

MOST_PHRASES = 200
_LONGEST = 100

NO_SUCH_UNIT = Message("phrase-unknown-unit", "{code} 没有单位“{unit}”", "{code} is not sold by {unit}", MALFORMED)


class Phrase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is meant by a phrase; without a unit whatever is said, or usual."""

    phrase: str
    sku: str
    unit: str | None = None


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    phrases: Annotated[list[Phrase], Meta(min_length=1, max_length=MOST_PHRASES)]


class PhrasesLearned(msgspec.Struct, frozen=True):
    """How many were kept."""

    learned: int


class LearnedPhrase(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase that was learned. `learned_by` is told of one's own people only."""

    id: UUID
    phrase: str
    sku: str
    name: str
    unit: str | None
    times: int
    learned_at: datetime
    learned_by: str | None


_KEEP = """
insert into paste_phrase as p
  (tenant_id, id, customer_id, phrase, sku_id, unit, learned_by, learned_by_name, by_dealer, learned_at)
select $1, w.id, $2, w.phrase, w.sku_id, w.unit, $3, $4, $5, $6
from unnest($7::uuid[], $8::text[], $9::uuid[], $10::text[]) as w(id, phrase, sku_id, unit)
order by w.phrase
on conflict (tenant_id, customer_id, phrase) do update
set sku_id = excluded.sku_id, unit = excluded.unit, learned_by = excluded.learned_by,
  learned_by_name = excluded.learned_by_name, by_dealer = excluded.by_dealer, learned_at = excluded.learned_at,
  times = case when p.sku_id = excluded.sku_id then p.times + 1 else 1 end
where p.tenant_id = $1
"""


async def learn(
    tx: Tx, *, customer_facts: CustomerFacts, phrases: Sequence[Phrase], principal: Principal
) -> PhrasesLearned:
    """Keep these for a customer; what was learned of the same phrase before gives way."""
    skus = {one.code: one for one in await sold_to(tx, customer_facts, {each.sku for each in phrases})}
    faults = [fault for number, each in enumerate(phrases) for fault in _faults(number, each, skus)]
    if faults:
        raise Refused(faults)
    # Of a phrase given twice the last one counts.
    wanted = {key_of(each.phrase): each for each in phrases}
    by_dealer = isinstance(principal, DealerPrincipal)
    await tx.write(
        _KEEP,
        customer_facts.id,
        person_of(principal),
        principal.name,
        by_dealer,
        tx.now,
        [new_id() for _ in wanted],
        list(wanted),
        [skus[each.sku].id for each in wanted.values()],
        [each.unit for each in wanted.values()],
    )
    return PhrasesLearned(len(wanted))


def _faults(number: int, each: Phrase, skus: dict[str, SkuFacts]) -> list[Fault]:
    place, line = f"phrases[{number}]", number + 1
    found = list(text_faults(f"{place}.phrase", each.phrase, _LONGEST, line=line))
    if not found and not key_of(each.phrase):
        found.append(EMPTY(f"{place}.phrase", line=line))
    known = skus.get(each.sku)
    if known is None:
        return [*found, UNKNOWN_CODE(f"{place}.sku", line=line, code=each.sku)]
    if each.unit is not None and each.unit not in known.units:
        found.append(NO_SUCH_UNIT(f"{place}.unit", line=line, code=known.code, unit=each.unit))
    return found


def key_of(phrase: str) -> str:
    """The form in which a phrase is kept and looked for: what names goods in it, as the reader sees it."""
    # The day does not matter: what tells one names no goods.
    items = split(read_source(phrase), datetime(2026, 1, 1).date()).items  # noqa: DTZ001
    return items[0].phrase if len(items) == 1 else " ".join(plain(phrase).split())


_TOLD = ("id", "phrase", "unit", "times", "learned_at", "learned_by_name", "by_dealer")


async def list_phrases(
    tx: Tx, *, customer_id: UUID, seen_by: Principal, cursor: str | None = None, limit: int = 50
) -> Page[LearnedPhrase]:
    """What was learned for a customer, by phrase."""
    p = paste_phrase.c
    statement = (
        select(
            p.id,
            p.phrase,
            sku.c.code.label("sku"),
            sku.c.name,
            p.unit,
            p.times,
            p.learned_at,
            p.learned_by_name,
            p.by_dealer,
        )
        .join(sku, (sku.c.tenant_id == p.tenant_id) & (sku.c.id == p.sku_id))
        .where(p.tenant_id == tx.tenant_id, p.customer_id == customer_id)
    )
    if cursor is not None:
        statement = statement.where(p.phrase > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement.order_by(p.phrase).limit(limit + 1))
    told = not isinstance(seen_by, DealerPrincipal)

    def view(row: object) -> LearnedPhrase:
        values = dict(row._mapping)  # type: ignore[attr-defined]
        name, by_dealer = values.pop("learned_by_name"), values.pop("by_dealer")
        return LearnedPhrase(**values, learned_by=name if told or by_dealer else None)

    return page(rows, limit, lambda row: (row.phrase,), view)


async def forget(tx: Tx, *, phrase_id: UUID, principal: Principal) -> None:
    """Forget one phrase of a customer the principal may see."""
    p = paste_phrase.c
    mine = select(customer.c.id).where(
        customer.c.tenant_id == tx.tenant_id, customer.c.id == p.customer_id, visible_customers(principal, customer)
    )
    gone = await tx.rows(
        delete(paste_phrase).where(p.tenant_id == tx.tenant_id, p.id == phrase_id, mine.exists()).returning(p.id)
    )
    if not gone:
        raise missing("phrase", phrase_id)
