"""Keep a cart: begin one, or change one that nobody has changed meanwhile."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, select, update

from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.texts import text_faults
from dinghuo.orders import faults as say
from dinghuo.orders.decide import MOST_LINES
from dinghuo.orders.draft_lines import differences, with_hidden_prices
from dinghuo.orders.drafts import DraftView, get_draft
from dinghuo.orders.events import DraftChanged
from dinghuo.orders.requests import DraftLine, LineRequest, ShipTo
from dinghuo.orders.scope import sees
from dinghuo.orders.tables import draft, draft_consent, draft_proposal
from dinghuo.orders.texts import check_written, coupon_faults
from dinghuo.parties.facts import load_customers

_LONGEST_NAME = 200

DRAFT_CHANGED = Message(
    "draft-changed",
    "这份草稿已被他人修改（版本 {revision}），请刷新后再保存",
    "Someone else has changed this draft (revision {revision}): read it again before you save",
    412,
)
DRAFT_SUBMITTED = Message(
    "draft-submitted", "这份草稿已提交为订单，不能再修改", "This draft was submitted and is an order now", CONFLICT
)
DRAFT_PROPOSED = Message(
    "draft-proposed",
    "这份草稿已提交给经销商确认，请先撤回再修改",
    "This draft waits for the dealer to confirm it: withdraw it before you change it",
    CONFLICT,
)
NO_ORGANISATION = Message(
    "no-active-organisation",
    "没有启用的销售组织，无法新建草稿",
    "No selling organisation is active: a draft cannot be begun",
    CONFLICT,
)


class DraftRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cart as it should be kept. Its lines are checked when it is submitted, not before."""

    customer: str
    lines: list[DraftLine] = []
    name: str | None = None
    customer_reference: str | None = None
    requested_date: date | None = None
    ship_to: ShipTo | None = None
    note: str | None = None
    coupons: list[str] = []


async def begin_draft(tx: Tx, *, request: DraftRequest, principal: Principal, by: Actor) -> DraftView:
    """A new cart for a customer the principal may see."""
    customer_id = await _customer_id(tx, request, principal)
    organisation = next(iter((await load_tenant(tx)).organisations.values()), None)
    if organisation is None:
        raise Refused(NO_ORGANISATION())
    draft_id = new_id()
    await tx.execute(
        insert(draft).values(
            tenant_id=tx.tenant_id,
            id=draft_id,
            customer_id=customer_id,
            organisation_id=organisation.id,
            created_by=by.id,
            created_at=tx.now,
            **_values(tx, request, request.lines),
        )
    )
    await audit.record(tx, [audit.Change("draft", draft_id, "created", by)])
    await outbox.emit(tx, [DraftChanged(subject_id=draft_id, customer_id=customer_id)])
    return await get_draft(tx, principal=principal, draft_id=draft_id)


async def save_draft(
    tx: Tx, *, draft_id: UUID, request: DraftRequest, revision: int, principal: Principal, by: Actor
) -> DraftView:
    """Replace the cart's content, unless it is no longer at this revision or has become an order."""
    present = await get_draft(tx, principal=principal, draft_id=draft_id)
    customer_id = await _customer_id(tx, request, principal)
    if present.is_proposed:
        raise Refused(DRAFT_PROPOSED("id"))
    lines = request.lines
    # A price agreed with one customer is not carried over to another.
    if not principal.sees_price and request.customer == present.customer:
        lines = with_hidden_prices(present.lines, lines)
    changed = await tx.rows(
        update(draft)
        .where(
            draft.c.tenant_id == tx.tenant_id,
            draft.c.id == draft_id,
            draft.c.revision == revision,
            draft.c.order_id.is_(None),
        )
        .values(customer_id=customer_id, revision=revision + 1, **_values(tx, request, lines))
        .returning(draft.c.id)
    )
    if not changed:
        _refuse(await get_draft(tx, principal=principal, draft_id=draft_id))
    saved = await get_draft(tx, principal=principal, draft_id=draft_id)
    await audit.record(tx, [audit.Change("draft", draft_id, "changed", by, differences(present, saved))])
    await outbox.emit(tx, [DraftChanged(subject_id=draft_id, customer_id=customer_id)])
    return saved


async def discard_draft(tx: Tx, *, draft_id: UUID, principal: Principal, by: Actor) -> None:
    """Throw a cart away; one that became an order stays, and one that waits for the dealer."""
    d, p, c = draft.c, draft_proposal.c, draft_consent.c
    await tx.rows(select(d.id).where(d.tenant_id == tx.tenant_id, d.id == draft_id).with_for_update())
    present = await get_draft(tx, principal=principal, draft_id=draft_id)
    if present.is_proposed:
        raise Refused(DRAFT_PROPOSED("id"))
    if present.proposal is not None and present.order_id is None:
        await tx.execute(delete(draft_proposal).where(p.tenant_id == tx.tenant_id, p.draft_id == draft_id))
    if present.order_id is None:
        await tx.execute(delete(draft_consent).where(c.tenant_id == tx.tenant_id, c.draft_id == draft_id))
    gone = await tx.rows(
        delete(draft)
        .where(draft.c.tenant_id == tx.tenant_id, draft.c.id == draft_id, draft.c.order_id.is_(None))
        .returning(draft.c.customer_id)
    )
    if not gone:
        raise Refused(DRAFT_SUBMITTED("id"))
    await audit.record(tx, [audit.Change("draft", draft_id, "discarded", by)])
    await outbox.emit(tx, [DraftChanged(subject_id=draft_id, customer_id=gone[0].customer_id)])


def _refuse(present: DraftView) -> None:
    if present.order_id is not None:
        raise Refused(DRAFT_SUBMITTED("id"))
    raise Refused(DRAFT_CHANGED("If-Match", revision=present.revision))


async def _customer_id(tx: Tx, request: DraftRequest, principal: Principal) -> UUID:
    found = list(draft_faults(request))
    customer = (await load_customers(tx, [request.customer])).get(request.customer)
    may_see = sees(principal)
    if customer is None or (may_see is not None and not may_see(customer)):
        found.append(say.UNKNOWN_CUSTOMER("customer", code=request.customer))
    if found or customer is None:
        raise Refused(found)
    return customer.id


def draft_faults(request: DraftRequest) -> Iterator[Fault]:
    """What cannot even be kept."""
    if len(request.lines) > MOST_LINES:
        yield say.TOO_MANY_LINES("lines", count=len(request.lines), most=MOST_LINES)
        return
    yield from text_faults("name", request.name, _LONGEST_NAME)
    yield from check_written(request)
    yield from coupon_faults(request.coupons)
    for number, line in enumerate(request.lines, start=1):
        for field, text in (("sku", line.sku), ("unit", line.unit)):
            yield from text_faults(f"lines[{number - 1}].{field}", text, _LONGEST_NAME, line=number)


def _values(tx: Tx, request: DraftRequest, lines: Sequence[LineRequest]) -> dict[str, Any]:
    return {
        "name": request.name,
        "customer_reference": request.customer_reference,
        "requested_date": request.requested_date,
        "ship_to": msgspec.to_builtins(request.ship_to),
        "note": request.note,
        "lines": msgspec.to_builtins(lines),
        "coupons": request.coupons,
        "updated_at": tx.now,
    }
