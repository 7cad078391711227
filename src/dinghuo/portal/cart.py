"""The cart: one for each user and company, the same on every device. It is a draft of `orders`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit import audit, outbox
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.orders.draft_lines import differences
from dinghuo.orders.drafts import Proposal, proposal_columns, proposal_view
from dinghuo.orders.events import DraftChanged
from dinghuo.orders.requests import DraftLine, ShipTo
from dinghuo.orders.save_draft import NO_ORGANISATION, DraftRequest, draft_faults
from dinghuo.orders.tables import draft, draft_consent, draft_proposal
from dinghuo.parties.facts import load_customer
from dinghuo.portal.merge import Mark

ConsentState = Literal["waiting", "given", "refused", "taken_back"]

DRAFT_WAITS = Message(
    "draft-waits",
    "这张单子正在等待内部审批，可先撤回再修改",
    "This waits for approval in your company: take it back before you change it",
    CONFLICT,
)


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a user fills in."""

    name: str | None = None
    customer_reference: str | None = None
    requested_date: date | None = None
    ship_to: ShipTo | None = None
    note: str | None = None
    coupons: list[str] = []
    lines: list[DraftLine] = []


class ConsentChange(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may approve it changed a quantity; `new` null: took the line out."""

    at: datetime
    by: str
    sku: str
    unit: str | None
    old: Decimal
    new: Decimal | None


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """A colleague was asked for consent to a draft; `gross` is what it came to then."""

    state: ConsentState
    message: str | None
    gross: Decimal
    asked_at: datetime
    asked_by: UUID
    asked_by_name: str
    decided_at: datetime | None
    decided_by_name: str | None
    answer: str | None
    changes: list[ConsentChange]
    uses_rebate: bool


class Cart(msgspec.Struct, frozen=True, kw_only=True):
    """A draft of this user, or one proposed to them."""

    id: UUID
    revision: int
    updated_at: datetime
    is_cart: bool
    order_id: UUID | None
    marks: dict[str, Mark]
    content: Content
    proposal: Proposal | None = None
    consent: Consent | None = None

    @property
    def waits(self) -> bool:
        """For a colleague's consent: until then it does not change."""
        return self.consent is not None and self.consent.state == "waiting" and self.order_id is None


async def find_cart(tx: Tx, dealer: DealerPrincipal, *, lock: bool = False) -> Cart | None:
    """The present cart of this user, if there is one yet."""
    d = draft.c
    return await _one(tx, dealer, [d.created_by == dealer.user_id, d.is_cart, d.order_id.is_(None)], lock=lock)


async def find_own(tx: Tx, dealer: DealerPrincipal, draft_id: UUID, *, lock: bool = False) -> Cart | None:
    """A draft of this company by its id: one parked, one that is an order now, or this user's cart.

    What a colleague is filling at the moment is theirs alone.
    """
    d = draft.c
    not_anothers = or_(d.created_by == dealer.user_id, d.is_cart.is_(False), d.order_id.is_not(None))
    return await _one(tx, dealer, [d.id == draft_id, d.by_dealer, not_anothers], lock=lock)


async def find_proposal(tx: Tx, dealer: DealerPrincipal, draft_id: UUID, *, lock: bool = False) -> Cart | None:
    """What a sales person proposed to this company, whatever came of it."""
    return await _one(tx, dealer, [draft.c.id == draft_id, draft_proposal.c.state.is_not(None)], lock=lock)


async def find_asked(tx: Tx, dealer: DealerPrincipal, draft_id: UUID, *, lock: bool = False) -> Cart | None:
    """What a colleague's consent was asked for, whatever came of it."""
    return await _one(tx, dealer, [draft.c.id == draft_id, draft_consent.c.state.is_not(None)], lock=lock)


async def ensure_cart(tx: Tx, dealer: DealerPrincipal) -> Cart:
    """The present cart, locked; begun if there is none."""
    found = await find_cart(tx, dealer, lock=True)
    if found is not None:
        return found
    organisation = next(iter((await load_tenant(tx)).organisations.values()), None)
    if organisation is None:
        raise Refused(NO_ORGANISATION())
    draft_id = new_id()
    made = insert(draft).values(
        tenant_id=tx.tenant_id,
        id=draft_id,
        customer_id=dealer.customer_id,
        organisation_id=organisation.id,
        created_by=dealer.user_id,
        created_at=tx.now,
        updated_at=tx.now,
        by_dealer=True,
        is_cart=True,
    )
    # Another device of theirs may have begun it in this very moment.
    first = await tx.rows(made.on_conflict_do_nothing().returning(draft.c.id))
    if first:
        await audit.record(tx, [audit.Change("draft", draft_id, "created", dealer.actor())])
    found = await find_cart(tx, dealer, lock=True)
    if found is None:
        raise AssertionError("a cart that was begun is there")
    return found


async def write_cart(
    tx: Tx, dealer: DealerPrincipal, cart: Cart, content: Content, marks: dict[str, Mark] | None = None
) -> Cart:
    """Keep what a locked cart now holds. Nothing is written when nothing has changed."""
    kept = cart.marks if marks is None else marks
    if content == cart.content and kept == cart.marks:
        return cart
    request = await _request(tx, dealer, content)
    if found := list(draft_faults(request)):
        raise Refused(found)
    changed = content != cart.content
    d = draft.c
    values: dict[str, Any] = {"marks": msgspec.to_builtins(kept)}
    if changed:
        values |= msgspec.to_builtins(content, builtin_types=(date,))
        values |= {"revision": d.revision + 1, "updated_at": tx.now}
    await tx.execute(update(draft).where(d.tenant_id == tx.tenant_id, d.id == cart.id).values(**values))
    if changed:
        what = differences(await _request(tx, dealer, cart.content), request)
        await tell(tx, dealer, cart.id, "changed", what)
    return msgspec.structs.replace(
        cart,
        revision=cart.revision + changed,
        updated_at=tx.now if changed else cart.updated_at,
        marks=kept,
        content=content,
    )


async def tell(
    tx: Tx, dealer: DealerPrincipal, draft_id: UUID, action: str, changes: dict[str, Any] | None = None
) -> None:
    """Remember what a user did with a draft, and let their other devices know."""
    await audit.record(tx, [audit.Change("draft", draft_id, action, dealer.actor(), changes)])
    await outbox.emit(tx, [DraftChanged(subject_id=draft_id, customer_id=dealer.customer_id)])


async def _request(tx: Tx, dealer: DealerPrincipal, content: Content) -> DraftRequest:
    customer = await load_customer(tx, dealer.customer_id)
    fields = {name: getattr(content, name) for name in Content.__struct_fields__}
    return DraftRequest(customer=customer.code if customer else "", **fields)


def carts(tx: Tx, dealer: DealerPrincipal) -> Select[Any]:
    """Drafts of the company, with what was proposed and what became of a colleague's consent."""
    d, p, c = draft.c, draft_proposal.c, draft_consent.c
    return (
        select(draft, *proposal_columns(), *(c[name].label(f"consent_{name}") for name in Consent.__struct_fields__))
        .outerjoin(draft_proposal, and_(p.tenant_id == d.tenant_id, p.draft_id == d.id))
        .outerjoin(draft_consent, and_(c.tenant_id == d.tenant_id, c.draft_id == d.id))
        .where(d.tenant_id == tx.tenant_id, d.customer_id == dealer.customer_id)
    )


async def _one(tx: Tx, dealer: DealerPrincipal, conditions: list[ColumnElement[bool]], *, lock: bool) -> Cart | None:
    statement = carts(tx, dealer).where(*conditions)
    if lock:
        statement = statement.with_for_update(key_share=True, of=draft)
    row = await tx.one(statement)
    return None if row is None else cart_of(row)


def cart_of(row: Row[Any]) -> Cart:
    return Cart(
        id=row.id,
        revision=row.revision,
        updated_at=row.updated_at,
        is_cart=row.is_cart,
        order_id=row.order_id,
        marks=msgspec.convert(row.marks, dict[str, Mark]),
        content=Content(
            name=row.name,
            customer_reference=row.customer_reference,
            requested_date=row.requested_date,
            ship_to=msgspec.convert(row.ship_to, ShipTo | None),
            note=row.note,
            coupons=row.coupons,
            lines=msgspec.convert(row.lines, list[DraftLine]),
        ),
        proposal=proposal_view(row._mapping),
        consent=_consent(row._mapping),
    )


def _consent(values: Any) -> Consent | None:
    if values["consent_state"] is None:
        return None
    found = {name: values[f"consent_{name}"] for name in Consent.__struct_fields__}
    return Consent(**found | {"changes": msgspec.convert(found["changes"], list[ConsentChange])})
