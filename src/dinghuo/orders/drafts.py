"""Read drafts: carts that keep."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, exists, select

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.orders.requests import DraftLine, ShipTo
from dinghuo.orders.tables import draft, draft_consent, draft_proposal
from dinghuo.parties.newest import newest
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import customer

ProposalState = Literal["proposed", "withdrawn", "declined", "confirmed"]


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a sales person proposed to the dealer, and what came of it; `reason` says why it was declined."""

    state: ProposalState
    message: str | None
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None


class DraftView(msgspec.Struct, frozen=True, kw_only=True):
    """A cart. `order_id` names the order it became; then it changes no more.

    While a proposal waits for the dealer (`proposed`), it does not change either.
    """

    id: UUID
    customer: str
    customer_name: str
    customer_name_en: str | None
    name: str | None
    customer_reference: str | None
    requested_date: date | None
    ship_to: ShipTo | None
    note: str | None
    lines: list[DraftLine]
    coupons: list[str]
    order_id: UUID | None
    updated_at: datetime
    revision: int
    proposal: Proposal | None = None

    @property
    def is_proposed(self) -> bool:
        return self.proposal is not None and self.proposal.state == "proposed"


async def list_drafts(
    tx: Tx,
    *,
    principal: Principal,
    customer_code: str | None = None,
    proposal: ProposalState | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[DraftView]:
    """Drafts not yet submitted, the newest first; or the proposals that came to this."""
    found = _drafts(tx)
    if proposal is None:
        found = found.where(draft.c.order_id.is_(None))
    else:
        found = found.where(draft_proposal.c.state == proposal)
    if customer_code is not None:
        found = found.where(draft.c.customer_id == named_customer(tx.tenant_id, customer_code))
    if cursor is not None:
        (last,) = decode_cursor(cursor, (UUID,))
        found = found.where(draft.c.id < last)
    rows = await _read(tx, principal, newest(found, draft, tenant_id=tx.tenant_id, seen_by=principal, most=limit + 1))
    return page(rows, limit, lambda row: (row.id,), draft_view)


async def get_draft(tx: Tx, *, principal: Principal, draft_id: UUID) -> DraftView:
    rows = await _read(tx, principal, _drafts(tx).where(draft.c.id == draft_id).subquery("draft"))
    if not rows:
        raise missing("draft", draft_id)
    return draft_view(rows[0])


_NAMED = {"proposed_by": "proposed_by_name", "decided_by": "decided_by_name"}


def proposal_columns() -> list[ColumnElement[Any]]:
    """The columns that `proposal_view` reads."""
    p = draft_proposal.c
    return [p[_NAMED.get(name, name)].label(f"proposal_{name}") for name in Proposal.__struct_fields__]


def _drafts(tx: Tx) -> Select[Any]:
    d, p = draft.c, draft_proposal.c
    return (
        select(draft, *proposal_columns())
        .outerjoin(draft_proposal, and_(p.tenant_id == d.tenant_id, p.draft_id == d.id))
        # What waits for a colleague of the dealer has not reached the seller yet.
        .where(d.tenant_id == tx.tenant_id, ~_waits_at_dealer())
    )


def _waits_at_dealer() -> ColumnElement[bool]:
    d, c = draft.c, draft_consent.c
    waits = exists().where(c.tenant_id == d.tenant_id, c.draft_id == d.id, c.state == "waiting")
    return and_(d.by_dealer, d.order_id.is_(None), waits)


async def _read(tx: Tx, principal: Principal, drafts: Subquery) -> list[Row[tuple[object, ...]]]:
    same = and_(customer.c.tenant_id == tx.tenant_id, customer.c.id == drafts.c.customer_id)
    return list(
        await tx.rows(
            select(
                drafts,
                customer.c.code.label("customer_code"),
                customer.c.name.label("customer_name"),
                customer.c.name_en.label("customer_name_en"),
            )
            .join(customer, same)
            .where(visible_customers(principal, customer))
            .order_by(drafts.c.id.desc())
        )
    )


def told(draft: DraftView, principal: Principal) -> DraftView:
    """The draft as this principal is shown it: the prices set in it only to those who see prices."""
    if principal.sees_price:
        return draft
    lines = [msgspec.structs.replace(line, price=None) for line in draft.lines]
    return msgspec.structs.replace(draft, lines=lines)


def draft_view(row: Row[tuple[object, ...]]) -> DraftView:
    return DraftView(
        id=row.id,
        customer=row.customer_code,
        customer_name=row.customer_name,
        customer_name_en=row.customer_name_en,
        name=row.name,
        customer_reference=row.customer_reference,
        requested_date=row.requested_date,
        ship_to=msgspec.convert(row.ship_to, ShipTo | None),
        note=row.note,
        lines=msgspec.convert(row.lines, list[DraftLine]),
        coupons=row.coupons,
        order_id=row.order_id,
        updated_at=row.updated_at,
        revision=row.revision,
        proposal=proposal_view(row._mapping),
    )


def proposal_view(values: Any) -> Proposal | None:
    """The proposal in columns that begin with `proposal_`; None when there is none."""
    if values["proposal_state"] is None:
        return None
    return Proposal(**{name: values[f"proposal_{name}"] for name in Proposal.__struct_fields__})
