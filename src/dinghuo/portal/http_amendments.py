"""Amendments of the company's orders over HTTP: under /portal/v1."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.http import language_of, needs, once
from dinghuo.orders import amend_faults as say
from dinghuo.orders.amend import Consents, amend
from dinghuo.orders.amend_decide import consent, reject, withdraw
from dinghuo.orders.amend_preview import AmendmentPreview, preview_amendment
from dinghuo.orders.amend_request import AmendRequest
from dinghuo.orders.amendments import Amendment, AmendmentSummary, amendments_of, get_amendment
from dinghuo.orders.diff import asks_for_more
from dinghuo.orders.http_amendments import RejectRequest
from dinghuo.orders.settings import load_settings
from dinghuo.portal.consent_rules import load_rule

AnyRequest = Request[Any, Any, Any]
_READ, _AMEND = needs("portal.orders.read"), needs("portal.orders.amend")
_APPROVE = needs("portal.orders.approve")
_ONE = "/orders/{order_id:uuid}/amendments"


@post(f"{_ONE}/preview", opt=_AMEND, status_code=200)
async def preview(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID, data: AmendRequest
) -> AmendmentPreview:
    """What an amendment would make of the order, old and new side by side. Writes nothing."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await preview_amendment(
            tx,
            order_id=order_id,
            request=data,
            principal=dealer,
            by=dealer.actor(),
            language=language_of(request),
            asks_seller=await _asks(tx),
            consents=await consents_for(tx, dealer),
        )


@post(_ONE, opt=_AMEND, status_code=201)
async def ask_for(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID, data: AmendRequest
) -> Amendment:
    """Ask for an amendment, or amend at once where the seller leaves that to dealers. One that lets the order grow
    waits for a colleague first, where the company's own rule wants that."""

    async def run(tx: Tx) -> Amendment:
        amendment_id = await amend(
            tx,
            order_id=order_id,
            request=data,
            principal=dealer,
            by=dealer.actor(),
            asks_seller=await _asks(tx),
            consents=await consents_for(tx, dealer),
        )
        return await get_amendment(tx, principal=dealer, order_id=order_id, amendment_id=amendment_id)

    return await once(request, database, dealer, run, Amendment)


@get(_ONE, opt=_READ)
async def read_amendments(database: Database, dealer: DealerPrincipal, order_id: UUID) -> list[AmendmentSummary]:
    """The amendments of one of the company's orders, the newest first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await amendments_of(tx, principal=dealer, order_id=order_id)


@get(_ONE + "/{amendment_id:uuid}", opt=_READ)
async def read_amendment(
    database: Database, dealer: DealerPrincipal, order_id: UUID, amendment_id: UUID
) -> Amendment:
    """One amendment with all that it changes."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await get_amendment(tx, principal=dealer, order_id=order_id, amendment_id=amendment_id)


@post(_ONE + "/{amendment_id:uuid}/withdraw", opt=_AMEND, status_code=200)
async def take_back(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID, amendment_id: UUID
) -> Amendment:
    """Take back what the company asked for, while it waits."""

    async def run(tx: Tx) -> Amendment:
        await withdraw(tx, order_id=order_id, amendment_id=amendment_id, principal=dealer, by=dealer.actor())
        return await get_amendment(tx, principal=dealer, order_id=order_id, amendment_id=amendment_id)

    return await once(request, database, dealer, run, Amendment)


@post(_ONE + "/{amendment_id:uuid}/consent", opt=_APPROVE, status_code=200)
async def agree(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID, amendment_id: UUID
) -> Amendment:
    """Agree to what a colleague asked for: it goes to the seller, or is carried out where the seller is not asked."""

    async def run(tx: Tx) -> Amendment:
        asks, by = await _asks(tx), dealer.actor()
        await consent(tx, order_id=order_id, amendment_id=amendment_id, principal=dealer, by=by, asks_seller=asks)
        return await get_amendment(tx, principal=dealer, order_id=order_id, amendment_id=amendment_id)

    return await once(request, database, dealer, run, Amendment)


@post(_ONE + "/{amendment_id:uuid}/reject", opt=_APPROVE, status_code=200)
async def disagree(
    request: AnyRequest,
    database: Database,
    dealer: DealerPrincipal,
    order_id: UUID,
    amendment_id: UUID,
    data: RejectRequest,
) -> Amendment:
    """Do not agree to what a colleague asked for: the order stays as it is."""

    async def run(tx: Tx) -> Amendment:
        by = dealer.actor()
        await reject(tx, order_id=order_id, amendment_id=amendment_id, reason=data.reason, principal=dealer, by=by)
        return await get_amendment(tx, principal=dealer, order_id=order_id, amendment_id=amendment_id)

    return await once(request, database, dealer, run, Amendment)


async def consents_for(tx: Tx, dealer: DealerPrincipal) -> Consents | None:
    """Which amendments of this user a colleague has to agree to: those by which an order grows that needs consent."""
    rule = await load_rule(tx, dealer.customer_id)
    if not rule.concerns(dealer):
        return None
    return lambda diff: asks_for_more(diff) and rule.wants(dealer, diff.after.gross)


async def _asks(tx: Tx) -> bool:
    """Whether the seller is asked first; refused where dealers may not amend at all."""
    said = (await load_settings(tx)).dealer_amendments
    if said == "off":
        raise Refused(say.AMENDMENTS_OFF("id"))
    return said == "ask"


HANDLERS = [preview, ask_for, read_amendments, read_amendment, take_back, agree, disagree]
