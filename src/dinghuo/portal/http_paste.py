"""Pasting an order over HTTP: under /portal/v1."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post
from litestar.params import Parameter

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Language
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.orders.paste.learn import LearnedPhrase, Phrases, PhrasesLearned, forget, learn, list_phrases
from dinghuo.orders.paste.propose import MOST_LINES, MOST_ROWS, check_text, propose
from dinghuo.orders.paste.views import PasteRead
from dinghuo.portal.cards import SkuCard
from dinghuo.portal.paste_sheet import text_of_sheet
from dinghuo.portal.sheet import MOST_BYTES
from dinghuo.portal.shelf import open_shelf, sku_cards

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
_PLACE = needs("portal.orders.place")


class PasteText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text as it came by chat."""

    text: str


class Pasted(PasteRead, frozen=True, kw_only=True):
    """Proposed lines, with the goods they name as this dealer buys them."""

    skus: list[SkuCard]


async def _read(tx: Tx, text: str, dealer: DealerPrincipal, language: Language, most: int) -> Pasted:
    shelf = await open_shelf(tx, dealer)
    found = await propose(tx, text=text, customer=shelf.customer, language=language, most=most)
    cards = await sku_cards(tx, shelf, found.skus)
    shown = {name: getattr(found.read, name) for name in PasteRead.__struct_fields__}
    return Pasted(**shown, skus=[cards[sku.id] for sku in found.skus])


@post("/paste", opt=_PLACE, status_code=200)
async def paste(request: AnyRequest, database: Database, dealer: DealerPrincipal, data: PasteText) -> Pasted:
    """Read an order from a text as it came by chat. Nothing goes into the cart by it."""
    check_text(data.text)
    async with database.transaction(dealer.tenant_id) as tx:
        return await _read(tx, data.text, dealer, language_of(request), MOST_LINES)


@post("/paste/sheet", opt=_PLACE, status_code=200, request_max_body_size=MOST_BYTES)
async def paste_sheet(request: AnyRequest, database: Database, dealer: DealerPrincipal, name: str = "") -> Pasted:
    """Read an order from a sheet (xlsx, csv), whatever its columns are called: the body is the file."""
    text = await text_of_sheet(await request.body(), name=name[:200])
    async with database.transaction(dealer.tenant_id) as tx:
        return await _read(tx, text, dealer, language_of(request), MOST_ROWS)


@post("/paste/learn", opt=_PLACE, status_code=200)
async def learn_phrases(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, data: Phrases
) -> PhrasesLearned:
    """Keep what the company means by phrases: it is used the next time."""

    async def keep(tx: Tx) -> PhrasesLearned:
        shelf = await open_shelf(tx, dealer)
        return await learn(tx, customer_facts=shelf.customer, phrases=data.phrases, principal=dealer)

    return await once(request, database, dealer, keep, PhrasesLearned)


@get("/paste/phrases", opt=_PLACE)
async def read_phrases(
    database: Database, dealer: DealerPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[LearnedPhrase]:
    """What was learned for the company, by phrase."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_phrases(tx, customer_id=dealer.customer_id, seen_by=dealer, cursor=cursor, limit=limit)


@delete("/paste/phrases/{phrase_id:uuid}", opt=_PLACE, status_code=204)
async def forget_phrase(database: Database, dealer: DealerPrincipal, phrase_id: UUID) -> None:
    """Forget what was learned of a phrase."""
    await database.run(dealer.tenant_id, lambda tx: forget(tx, phrase_id=phrase_id, principal=dealer))


HANDLERS = [paste, paste_sheet, learn_phrases, read_phrases, forget_phrase]
