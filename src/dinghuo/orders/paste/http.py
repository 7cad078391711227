"""Pasted orders over HTTP, for staff and systems: `/api/v1/orders/paste`."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Router, delete, get, post
from litestar.params import Parameter
from msgspec import Meta

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bulk import UNKNOWN_CODE
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Language, Refused
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.orders.paste.learn import (
    MOST_PHRASES,
    LearnedPhrase,
    Phrase,
    PhrasesLearned,
    forget,
    learn,
    list_phrases,
)
from dinghuo.orders.paste.propose import MOST_LINES, check_text, propose
from dinghuo.orders.paste.skus import PasteSku, paste_skus
from dinghuo.orders.paste.views import PasteRead
from dinghuo.parties.facts import CustomerFacts, load_customer
from dinghuo.parties.queries import find_customer_id

_PLACE = needs("orders.place")
Limit = Annotated[int, Parameter(ge=1, le=MOST)]


class PasteForCustomer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text as it came, and whose order it is."""

    customer: str
    text: str


class PhrasesOfCustomer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a customer means by phrases."""

    customer: str
    phrases: Annotated[list[Phrase], Meta(min_length=1, max_length=MOST_PHRASES)]


class PastedForStaff(PasteRead, frozen=True, kw_only=True):
    """Proposed lines, with the goods they name."""

    skus: list[PasteSku]


async def customer_seen(tx: Tx, code: str, staff: StaffPrincipal) -> CustomerFacts:
    """The customer with this code; refused when there is none that this person sees."""
    customer_id = await find_customer_id(tx, code, seen_by=staff)
    facts = await load_customer(tx, customer_id) if customer_id is not None else None
    if facts is None:
        raise Refused(UNKNOWN_CODE("customer", code=code))
    return facts


async def propose_to_staff(
    tx: Tx, *, text: str, customer: str, staff: StaffPrincipal, language: Language, most: int = MOST_LINES
) -> PastedForStaff:
    """Read a text for a customer of theirs."""
    facts = await customer_seen(tx, customer, staff)
    found = await propose(tx, text=text, customer=facts, language=language, most=most)
    shown = {name: getattr(found.read, name) for name in PasteRead.__struct_fields__}
    return PastedForStaff(**shown, skus=await paste_skus(tx, found.skus))


@post("/orders/paste", opt=_PLACE, status_code=200)
async def paste_order(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: PasteForCustomer
) -> PastedForStaff:
    """Read an order from a text as it came by chat. Nothing is ordered by it."""
    check_text(data.text)
    language = language_of(request)
    async with database.transaction(staff.tenant_id) as tx:
        return await propose_to_staff(tx, text=data.text, customer=data.customer, staff=staff, language=language)


@post("/orders/paste/learn", opt=_PLACE, status_code=200)
async def learn_phrases(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: PhrasesOfCustomer
) -> PhrasesLearned:
    """Keep what a customer means by phrases: it is used the next time."""

    async def keep(tx: Tx) -> PhrasesLearned:
        facts = await customer_seen(tx, data.customer, staff)
        return await learn(tx, customer_facts=facts, phrases=data.phrases, principal=staff)

    return await once(request, database, staff, keep, PhrasesLearned)


@get("/orders/paste/phrases", opt=_PLACE)
async def read_phrases(
    database: Database, staff: StaffPrincipal, customer: str, cursor: str | None = None, limit: Limit = 50
) -> Page[LearnedPhrase]:
    """What was learned for a customer, by phrase."""
    async with database.transaction(staff.tenant_id) as tx:
        facts = await customer_seen(tx, customer, staff)
        return await list_phrases(tx, customer_id=facts.id, seen_by=staff, cursor=cursor, limit=limit)


@delete("/orders/paste/phrases/{phrase_id:uuid}", opt=_PLACE, status_code=204)
async def forget_phrase(database: Database, staff: StaffPrincipal, phrase_id: UUID) -> None:
    """Forget what was learned of a phrase."""
    await database.run(staff.tenant_id, lambda tx: forget(tx, phrase_id=phrase_id, principal=staff))


router = Router("/", route_handlers=[paste_order, learn_phrases, read_phrases, forget_phrase])
