"""Read drafts: carts that keep."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, and_, select

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.orders.requests import LineRequest, ShipTo
from dinghuo.orders.tables import draft, draft_proposal
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
    name: str | None
    customer_reference: str | None
    requested_date: date | None
    ship_to: ShipTo | None
    note: str | None
    lines: list[LineRequest]
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
    conditions: list[ColumnElement[bool]] = [draft.c.order_id.is_(None)]
    if proposal is not None:
        conditions = [draft_proposal.c.state == proposal]
    if customer_code is not None:
        conditions.append(customer.c.id == named_customer(tx.tenant_id, customer_code))
    if cursor is not None:
        (last,) = decode_cursor(cursor, (UUID,))
        conditions.append(draft.c.id < last)
    rows = await _read(tx, principal, conditions, limit + 1)
    return page(rows, limit, lambda row: (row.id,), draft_view)


async def get_draft(tx: Tx, *, principal: Principal, draft_id: UUID) -> DraftView:
    rows = await _read(tx, principal, [draft.c.id == draft_id], 1)
    if not rows:
        raise missing("draft", draft_id)
    return draft_view(rows[0])


_NAMED = {"proposed_by": "proposed_by_name", "decided_by": "decided_by_name"}


def proposal_columns() -> list[ColumnElement[Any]]:
    """The columns that `proposal_view` reads."""
    p = draft_proposal.c
    return [p[_NAMED.get(name, name)].label(f"proposal_{name}") for name in Proposal.__struct_fields__]


async def _read(
    tx: Tx, principal: Principal, conditions: list[ColumnElement[bool]], most: int
) -> list[Row[tuple[object, ...]]]:
    d, p = draft.c, draft_proposal.c
    return list(
        await tx.rows(
            select(draft, customer.c.code.label("customer_code"), *proposal_columns())
            .join(customer, and_(customer.c.tenant_id == d.tenant_id, customer.c.id == d.customer_id))
            .outerjoin(draft_proposal, and_(p.tenant_id == d.tenant_id, p.draft_id == d.id))
            .where(
                d.tenant_id == tx.tenant_id,
                customer.c.tenant_id == tx.tenant_id,
                visible_customers(principal, customer),
                *conditions,
            )
            .order_by(d.id.desc())
            .limit(most)
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
        name=row.name,
        customer_reference=row.customer_reference,
        requested_date=row.requested_date,
        ship_to=msgspec.convert(row.ship_to, ShipTo | None),
        note=row.note,
        lines=msgspec.convert(row.lines, list[LineRequest]),
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
