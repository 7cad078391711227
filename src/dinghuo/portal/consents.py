"""A colleague's consent to an order: asked for, taken back, refused. Giving it is placing the order (`submit`).

While it waits the draft changes no more, and the seller has nothing of it: no stock, no credit is held. Whoever
decides locks the draft first, so that of several decisions one counts.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit import outbox
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, FORBIDDEN, MALFORMED, Message, Refused
from dinghuo.kit.missing import missing
from dinghuo.kit.texts import text_faults
from dinghuo.orders.events import ConsentMoved
from dinghuo.orders.expected import TOTAL_HIGHER, seen_faults
from dinghuo.orders.preview import look
from dinghuo.orders.propose import terms_of
from dinghuo.orders.save_draft import DRAFT_SUBMITTED
from dinghuo.orders.submit_drafts import CHANGED_SINCE
from dinghuo.orders.tables import draft, draft_consent
from dinghuo.parties.facts import load_customer
from dinghuo.portal.cart import Cart, find_asked, find_own, find_proposal, tell
from dinghuo.portal.cart_view import placement_of

_LONGEST = 2000

NOT_WAITING = Message(
    "consent-not-waiting",
    "这张单子不在等待内部审批（可能已通过、驳回或撤回）",
    "This does not wait for approval in your company: it was approved, rejected or taken back",
    CONFLICT,
)
NOT_YOURS = Message(
    "consent-not-yours", "只有提交人能撤回", "Only who asked for the approval can take it back", FORBIDDEN
)
REASON_NEEDED = Message("consent-reason", "请写明驳回原因", "Say why it is rejected", MALFORMED)


async def ask(
    tx: Tx,
    *,
    draft_id: UUID,
    revision: int | None,
    expected_gross: Decimal | None,
    message: str | None,
    uses_rebate: bool = False,
    dealer: DealerPrincipal,
) -> Cart:
    """Ask whoever may approve in this company. What could not be ordered is not asked for; asking twice is once."""
    found = await _orderable(tx, dealer, draft_id)
    if found.consent is not None and found.consent.state == "waiting":
        return found
    if found.order_id is not None:
        raise Refused(DRAFT_SUBMITTED("id"))
    if revision is not None and revision != found.revision:
        raise Refused(CHANGED_SINCE("revision"))
    if faults := [*text_faults("message", message, _LONGEST), *seen_faults(expected_gross)]:
        raise Refused(faults)
    gross = await _reckon(tx, found, dealer, expected_gross)
    d = draft.c
    await tx.execute(
        update(draft)
        .where(d.tenant_id == tx.tenant_id, d.id == draft_id)
        .values(is_cart=False, revision=d.revision + 1, updated_at=tx.now)
    )
    values: dict[str, Any] = {
        "customer_id": dealer.customer_id,
        "state": "waiting",
        "message": message or None,
        "gross": gross,
        "asked_at": tx.now,
        "asked_by": dealer.user_id,
        "asked_by_name": dealer.name,
        "decided_at": None,
        "decided_by": None,
        "decided_by_name": None,
        "answer": None,
        "changes": [],
        "uses_rebate": uses_rebate,
    }
    made = insert(draft_consent).values(tenant_id=tx.tenant_id, draft_id=draft_id, **values)
    await tx.execute(made.on_conflict_do_update(index_elements=["tenant_id", "draft_id"], set_=values))
    changes = {"message": [None, message]} if message else None
    await _tell(tx, dealer, draft_id, "waiting", "consent_asked", changes)
    return await _asked(tx, dealer, draft_id)


async def take_back(tx: Tx, *, draft_id: UUID, dealer: DealerPrincipal) -> Cart:
    """Whoever asked has thought better of it: the draft can be changed again."""
    found = await locked_request(tx, dealer, draft_id)
    if found.consent is not None and found.consent.asked_by != dealer.user_id:
        raise Refused(NOT_YOURS("id"))
    return await _end(tx, dealer, draft_id, "taken_back", None)


async def refuse(tx: Tx, *, draft_id: UUID, reason: str, dealer: DealerPrincipal) -> Cart:
    """The order shall not be placed like this: the draft goes back to whoever asked, nothing of it lost."""
    faults = list(text_faults("reason", reason, _LONGEST))
    if not reason.strip():
        faults.append(REASON_NEEDED("reason"))
    if faults:
        raise Refused(faults)
    await locked_request(tx, dealer, draft_id)
    return await _end(tx, dealer, draft_id, "refused", reason.strip())


async def _orderable(tx: Tx, dealer: DealerPrincipal, draft_id: UUID) -> Cart:
    """A draft of the company or a proposal to it, locked."""
    for find in (find_own, find_proposal):
        # What was joined to it before the lock was had may be older than the lock.
        if await find(tx, dealer, draft_id, lock=True) is not None:
            found = await find(tx, dealer, draft_id)
            if found is not None:
                return found
    raise missing("draft", draft_id)


async def _reckon(tx: Tx, found: Cart, dealer: DealerPrincipal, expected: Decimal | None) -> Decimal:
    """What it comes to now; refused with all that stands in its way."""
    terms = await terms_of(tx, found.id) if found.proposal is not None else None
    customer = await load_customer(tx, dealer.customer_id)
    placement = placement_of(
        dealer, customer.code if customer else "", found, waives_minimum=terms is not None and terms.waives_minimum
    )
    priced = (await look(tx, placement)).priced
    faults = list(priced.faults)
    if expected is not None and dealer.sees_price and priced.gross > expected:
        faults.append(TOTAL_HIGHER("expected_gross", seen=expected, now=priced.gross, currency=priced.currency))
    if faults:
        raise Refused(faults)
    return priced.gross


async def locked_request(tx: Tx, dealer: DealerPrincipal, draft_id: UUID) -> Cart:
    """What waits, locked."""
    await find_asked(tx, dealer, draft_id, lock=True)
    found = await find_asked(tx, dealer, draft_id)
    if found is None:
        raise missing("consent", draft_id)
    if found.consent is None or found.consent.state != "waiting" or found.order_id is not None:
        raise Refused(NOT_WAITING("id"))
    return found


async def _end(tx: Tx, dealer: DealerPrincipal, draft_id: UUID, state: str, answer: str | None) -> Cart:
    d, c = draft.c, draft_consent.c
    # Who is placing it at this moment looks at the revision.
    await tx.execute(
        update(draft)
        .where(d.tenant_id == tx.tenant_id, d.id == draft_id)
        .values(revision=d.revision + 1, updated_at=tx.now)
    )
    await tx.execute(
        update(draft_consent)
        .where(c.tenant_id == tx.tenant_id, c.draft_id == draft_id)
        .values(state=state, answer=answer, decided_at=tx.now, decided_by=dealer.user_id, decided_by_name=dealer.name)
    )
    await _tell(tx, dealer, draft_id, state, f"consent_{state}", {"reason": [None, answer]} if answer else None)
    return await _asked(tx, dealer, draft_id)


async def _asked(tx: Tx, dealer: DealerPrincipal, draft_id: UUID) -> Cart:
    found = await find_asked(tx, dealer, draft_id)
    if found is None:
        raise AssertionError("what was asked for is there")
    return found


async def _tell(
    tx: Tx, dealer: DealerPrincipal, draft_id: UUID, state: str, action: str, changes: dict[str, Any] | None
) -> None:
    await tell(tx, dealer, draft_id, action, changes)
    await outbox.emit(tx, [ConsentMoved(subject_id=draft_id, customer_id=dealer.customer_id, state=state)])
