"""A colleague's consent to orders, over HTTP: under /portal/v1."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post, put
from litestar.params import HeaderParameter, Parameter, QueryParameter
from msgspec import UNSET, UnsetType

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.orders.intake import Intake
from dinghuo.portal.cart import ConsentState
from dinghuo.portal.consent_rules import ConsentRule, read_rule, save_rule
from dinghuo.portal.consent_views import ConsentSummary, ConsentView, list_consents, show_consent, summary_of
from dinghuo.portal.consents import ask, refuse, take_back
from dinghuo.portal.submit import OrderPlaced, Seen, consent_to

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ, _PLACE = needs("portal.orders.read"), needs("portal.orders.place")
_APPROVE, _USERS = needs("portal.orders.approve"), needs("portal.users")


class AskRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The revision and the total that the user saw, and what they tell their colleague. `use_rebate`: as much as
    may be is to be paid from the company's rebates, once it is agreed to."""

    revision: int | None = None
    expected_gross: Decimal | None = None
    message: str | None = None
    use_rebate: bool = False


class ConsentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The revision and the total that were seen, and what is said to it. `use_rebate` is paid from the company's
    rebates; left out, what was asked for, null nothing."""

    revision: int | None = None
    expected_gross: Decimal | None = None
    use_rebate: Decimal | UnsetType | None = UNSET
    answer: str | None = None


class RefusalRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why not."""

    reason: str


@get("/settings/consent", opt=_USERS)
async def read_consent_rule(database: Database, dealer: DealerPrincipal) -> Response[ConsentRule]:
    """Which orders of the company need a colleague's consent; the ETag is the revision."""
    async with database.transaction(dealer.tenant_id) as tx:
        rule, revision = await read_rule(tx, dealer.customer_id)
        return Response(rule, headers={"etag": etag(revision)})


@put("/settings/consent", opt=_USERS)
async def save_consent_rule(
    database: Database, dealer: DealerPrincipal, data: ConsentRule, if_match: IfMatch = None
) -> ConsentRule:
    """Say which do, provided that nobody else did meanwhile."""
    revision = expected_revision(if_match)
    return await database.run(dealer.tenant_id, lambda tx: save_rule(tx, rule=data, revision=revision, dealer=dealer))


@get("/consents", opt=_READ)
async def read_consents(
    database: Database,
    dealer: DealerPrincipal,
    in_state: Annotated[ConsentState | None, QueryParameter(name="state")] = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[ConsentSummary]:
    """What people of the company asked their colleagues' consent for, the newest first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_consents(tx, dealer=dealer, state=in_state, cursor=cursor, limit=limit)


@get("/consents/{draft_id:uuid}", opt=_READ)
async def read_consent(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, draft_id: UUID
) -> ConsentView:
    """One of them with its lines, as they would be ordered now."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await show_consent(tx, draft_id, dealer=dealer, language=language_of(request))


@post("/drafts/{draft_id:uuid}/ask", opt=_PLACE, status_code=200)
async def ask_consent(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, draft_id: UUID, data: AskRequest
) -> ConsentSummary:
    """Ask for consent to a cart, a draft or a proposal. However often it is tapped, it is asked once."""

    async def wanted(tx: Tx) -> ConsentSummary:
        cart = await ask(
            tx,
            draft_id=draft_id,
            revision=data.revision,
            expected_gross=data.expected_gross,
            message=data.message,
            uses_rebate=data.use_rebate,
            dealer=dealer,
        )
        return summary_of(cart, dealer)

    return await once(request, database, dealer, wanted, ConsentSummary)


@post("/consents/{draft_id:uuid}/take-back", opt=_PLACE, status_code=200)
async def take_consent_back(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, draft_id: UUID
) -> ConsentSummary:
    """Ask no longer: the draft can be changed again."""

    async def end(tx: Tx) -> ConsentSummary:
        return summary_of(await take_back(tx, draft_id=draft_id, dealer=dealer), dealer)

    return await once(request, database, dealer, end, ConsentSummary)


@post("/consents/{draft_id:uuid}/approve", opt=_APPROVE, status_code=201)
async def give_consent(
    database: Database, intake: Intake, dealer: DealerPrincipal, draft_id: UUID, data: ConsentRequest
) -> OrderPlaced:
    """Place the order that a colleague asked for; once, however often it is tapped."""
    return await consent_to(
        database,
        intake,
        draft_id=draft_id,
        seen=Seen(data.revision, data.expected_gross, data.use_rebate),
        answer=data.answer,
        dealer=dealer,
    )


@post("/consents/{draft_id:uuid}/reject", opt=_APPROVE, status_code=200)
async def refuse_consent(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, draft_id: UUID, data: RefusalRequest
) -> ConsentSummary:
    """Send it back to whoever asked, and say why."""

    async def end(tx: Tx) -> ConsentSummary:
        return summary_of(await refuse(tx, draft_id=draft_id, reason=data.reason, dealer=dealer), dealer)

    return await once(request, database, dealer, end, ConsentSummary)


HANDLERS = [
    read_consent_rule,
    save_consent_rule,
    read_consents,
    read_consent,
    ask_consent,
    take_consent_back,
    give_consent,
    refuse_consent,
]
