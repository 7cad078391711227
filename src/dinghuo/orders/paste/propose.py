"""Propose the lines of an order from a text, for one customer. Nothing is written by it."""

import asyncio

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.identity.facts import load_tenant
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import TOO_LARGE, Fault, Language, Message, Refused
from dinghuo.kit.texts import EMPTY, text_faults
from dinghuo.orders.paste.facts import load_facts
from dinghuo.orders.paste.read import read
from dinghuo.orders.paste.source import read_source
from dinghuo.orders.paste.split import split
from dinghuo.orders.paste.views import PasteRead, view_of
from dinghuo.parties.facts import CustomerFacts

LONGEST = 5_000
# Of a sheet's rows.
LONGEST_SHEET = 100_000
MOST_LINES = 300
MOST_ROWS = 1_000

TOO_MANY = Message(
    "paste-too-many-lines",
    "一次最多 {most} 行，请分几次粘贴",
    "At most {most} lines at once: paste it in parts",
    TOO_LARGE,
)


class Proposed(msgspec.Struct, frozen=True):
    """What was read, and the SKUs it names, each once."""

    read: PasteRead
    skus: list[SkuFacts]


def check_text(text: str) -> None:
    """Refuse a text that is empty, too long, or not to be stored."""
    faults: list[Fault] = list(text_faults("text", text, LONGEST))
    if not text.strip():
        faults.append(EMPTY("text"))
    if faults:
        raise Refused(faults)


async def propose(
    tx: Tx, *, text: str, customer: CustomerFacts, language: Language, most: int = MOST_LINES
) -> Proposed:
    """Read a text for a customer."""
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    source = read_source(text)
    said = await asyncio.to_thread(split, source, today)
    if len(said.items) > most:
        raise Refused(TOO_MANY("text", most=most))
    facts = await load_facts(tx, customer, said.items)
    reading = await asyncio.to_thread(read, source, said, facts.ranker)
    shown = view_of(source, said, reading, dict(facts.ranker.known.habits), language)
    named = [line.fit.goods.id for line in reading.lines if line.fit is not None]
    named += [each.goods.id for line in reading.lines for each in line.alternatives]
    return Proposed(shown, [facts.skus[sku_id] for sku_id in dict.fromkeys(named)])
