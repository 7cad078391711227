"""Drafts that sales people make for dealers: proposed, then confirmed (an order), declined or withdrawn."""

from uuid import UUID

import msgspec
from sqlalchemy import Update, select, update
from sqlalchemy.dialects.postgresql import insert

from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message, Refused
from dinghuo.kit.missing import missing
from dinghuo.kit.texts import text_faults
from dinghuo.orders import faults as say
from dinghuo.orders.drafts import DraftView, ProposalState, get_draft
from dinghuo.orders.events import DraftDeclined, DraftProposed, DraftWithdrawn
from dinghuo.orders.save_draft import DRAFT_PROPOSED, DRAFT_SUBMITTED
from dinghuo.orders.tables import draft, draft_proposal

_LONGEST = 2000

NOT_PROPOSED = Message(
    "draft-not-proposed",
    "这份草稿没有等待确认（可能已撤回、拒绝或确认）",
    "This draft does not wait to be confirmed: it was withdrawn, declined or confirmed",
    CONFLICT,
)
DEALERS_OWN = Message(
    "draft-is-the-dealers",
    "这是经销商自己的购物车，不能再提交给其确认",
    "This is the dealer's own cart: it cannot be proposed to them",
    CONFLICT,
)


async def propose(tx: Tx, *, draft_id: UUID, message: str | None, principal: StaffPrincipal, by: Actor) -> DraftView:
    """Ask the dealer to confirm a draft. Until they decide, or it is withdrawn, it does not change.

    What its author may do (set prices, order below minimum quantities) holds when the dealer confirms.
    """
    by_dealer = await _lock(tx, draft_id)
    present = await get_draft(tx, principal=principal, draft_id=draft_id)
    found = list(text_faults("message", message, _LONGEST))
    if present.order_id is not None:
        found.append(DRAFT_SUBMITTED("id"))
    elif present.is_proposed:
        found.append(DRAFT_PROPOSED("id"))
    elif by_dealer:
        found.append(DEALERS_OWN("id"))
    if not present.lines:
        found.append(say.NO_LINES("lines"))
    if not principal.may("orders.set_price"):
        found += _prices(present)
    if found:
        raise Refused(found)
    await _write(tx, draft_id, principal, message, by)
    await outbox.emit(tx, [DraftProposed(subject_id=draft_id)])
    changes = {"message": [None, message]} if message else None
    await audit.record(tx, [audit.Change("draft", draft_id, "proposed", by, changes)])
    return await get_draft(tx, principal=principal, draft_id=draft_id)


def _prices(present: DraftView) -> list[Fault]:
    return [
        Fault(say.MAY_NOT_PRICE, f"lines[{number - 1}].price", number, {"line": number})
        for number, line in enumerate(present.lines, start=1)
        if line.price is not None
    ]


async def _lock(tx: Tx, draft_id: UUID) -> bool:
    """Lock a draft; whether a dealer made it."""
    d = draft.c
    row = await tx.one(
        select(d.by_dealer).where(d.tenant_id == tx.tenant_id, d.id == draft_id).with_for_update(key_share=True)
    )
    if row is None:
        raise missing("draft", draft_id)
    return bool(row.by_dealer)


async def _write(tx: Tx, draft_id: UUID, principal: StaffPrincipal, message: str | None, by: Actor) -> None:
    d = draft.c
    customer_id = (await tx.execute(_bump(tx, draft_id).returning(d.customer_id))).scalar_one()
    values = {
        "state": "proposed",
        "message": message,
        "waives_minimum": principal.may("orders.waive_minimum"),
        "proposed_at": tx.now,
        "proposed_by": by.id,
        "proposed_by_name": by.name,
        "decided_at": None,
        "decided_by": None,
        "decided_by_name": None,
        "reason": None,
        "customer_id": customer_id,
    }
    made = insert(draft_proposal).values(tenant_id=tx.tenant_id, draft_id=draft_id, **values)
    await tx.execute(made.on_conflict_do_update(index_elements=["tenant_id", "draft_id"], set_=values))


def _bump(tx: Tx, draft_id: UUID) -> Update:
    d = draft.c
    return update(draft).where(d.tenant_id == tx.tenant_id, d.id == draft_id).values(revision=d.revision + 1)


async def withdraw(tx: Tx, *, draft_id: UUID, principal: Principal, by: Actor) -> DraftView:
    """Take a proposal back: the draft can be changed again."""
    view = await _decide(tx, draft_id, "withdrawn", None, principal, by)
    await outbox.emit(tx, [DraftWithdrawn(subject_id=draft_id)])
    return view


async def decline(tx: Tx, *, draft_id: UUID, reason: str | None, principal: Principal, by: Actor) -> DraftView:
    """The dealer does not want it."""
    if found := list(text_faults("reason", reason, _LONGEST)):
        raise Refused(found)
    view = await _decide(tx, draft_id, "declined", reason, principal, by)
    await outbox.emit(tx, [DraftDeclined(subject_id=draft_id)])
    return view


async def _decide(
    tx: Tx, draft_id: UUID, state: ProposalState, reason: str | None, principal: Principal, by: Actor
) -> DraftView:
    await _lock(tx, draft_id)
    present = await get_draft(tx, principal=principal, draft_id=draft_id)
    if not present.is_proposed:
        raise Refused(NOT_PROPOSED("id"))
    p = draft_proposal.c
    await tx.execute(
        update(draft_proposal)
        .where(p.tenant_id == tx.tenant_id, p.draft_id == draft_id)
        .values(state=state, reason=reason, decided_at=tx.now, decided_by=by.id, decided_by_name=by.name)
    )
    await tx.execute(_bump(tx, draft_id))
    changes = {"reason": [None, reason]} if reason else None
    await audit.record(tx, [audit.Change("draft", draft_id, state, by, changes)])
    return await get_draft(tx, principal=principal, draft_id=draft_id)


class Terms(msgspec.Struct, frozen=True):
    """What a proposal's author was allowed, and its dealer therefore is when confirming it."""

    waives_minimum: bool


async def terms_of(tx: Tx, draft_id: UUID) -> Terms | None:
    """The terms of a draft that waits to be confirmed; None when it does not."""
    p = draft_proposal.c
    row = await tx.one(
        select(p.waives_minimum).where(p.tenant_id == tx.tenant_id, p.draft_id == draft_id, p.state == "proposed")
    )
    return None if row is None else Terms(row.waives_minimum)
