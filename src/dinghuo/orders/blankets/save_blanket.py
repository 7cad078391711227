"""Begin a blanket order, or change one that nobody has changed meanwhile."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, select, update

from dinghuo.accounts.allotment_tables import allotment
from dinghuo.accounts.allotments import Level, Opening, levels, open_allotments
from dinghuo.catalogue.facts import load_skus
from dinghuo.catalogue.quantities import plain
from dinghuo.identity.facts import OrganisationFacts, load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.identity.save_organisations import UNKNOWN_CURRENCY
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import among
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.kit.money import MINOR_UNITS
from dinghuo.orders import faults as say
from dinghuo.orders.blankets.events import BlanketEnds
from dinghuo.orders.blankets.facts import TOUCHED
from dinghuo.orders.blankets.requests import (
    BELOW_TAKEN,
    LINE_USED,
    STAYS,
    BlanketRequest,
    Line,
    check_lines,
    check_request,
)
from dinghuo.orders.blankets.tables import blanket_line, blanket_order
from dinghuo.orders.scope import sees
from dinghuo.parties.facts import CustomerFacts, load_customers, load_customers_by_id

KIND = "BO"
CHANGED = Message(
    "blanket-changed",
    "这份框架订单已被他人修改（版本 {revision}），请刷新后再保存",
    "Someone else has changed this blanket order (revision {revision}): read it again before you save",
    412,
)
ENDED = Message(
    "blanket-ended", "框架订单已结束，不能再修改", "This blanket order has ended and changes no more", CONFLICT
)
_HEAD = ("name", "valid_from", "valid_until", "customer_reference", "note", "tax_inclusive")


class _Checked(msgspec.Struct):
    customer: CustomerFacts
    organisation: OrganisationFacts
    currency: str
    lines: list[Line]


async def begin_blanket(tx: Tx, *, request: BlanketRequest, principal: Principal, by: Actor) -> UUID:
    """A new one, as a draft."""
    checked = await _check(tx, request, principal)
    blanket_id = new_id()
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    (number,) = await tx.database.numbers.take(tx.tenant_id, KIND, checked.organisation.number_prefix, today.year, 1)
    await tx.execute(
        insert(blanket_order).values(
            tenant_id=tx.tenant_id,
            id=blanket_id,
            number=number,
            state="draft",
            created_by=by.id,
            created_at=tx.now,
            updated_at=tx.now,
            **_head(request, checked),
        )
    )
    await _insert(tx, blanket_id, checked.lines)
    await audit.record(tx, [audit.Change("blanket_order", blanket_id, "created", by, {"number": [None, number]})])
    await touch(tx, TOUCHED)
    return blanket_id


async def change_blanket(
    tx: Tx, *, blanket_id: UUID, request: BlanketRequest, revision: int, principal: Principal, by: Actor
) -> None:
    """Make it what the request says; of an active one, its terms stay and no line falls below what is called off."""
    present = await lock_blanket(tx, blanket_id, principal)
    if present.revision != revision:
        raise Refused(CHANGED("If-Match", revision=present.revision))
    if present.state in ("closed", "expired"):
        raise Refused(ENDED("id"))
    checked = await _check(tx, request, principal)
    old = await lines_of(tx, blanket_id)
    new = _head(request, checked)
    if present.state == "active":
        await _change_active(tx, present, new, checked.lines, old)
    else:
        b = blanket_line.c
        await tx.execute(delete(blanket_line).where(b.tenant_id == tx.tenant_id, b.blanket_id == blanket_id))
        await _insert(tx, blanket_id, checked.lines)
    b = blanket_order.c
    await tx.execute(
        update(blanket_order)
        .where(b.tenant_id == tx.tenant_id, b.id == blanket_id)
        .values(revision=b.revision + 1, updated_at=tx.now, **new)
    )
    if present.state == "active" and present.valid_until != request.valid_until:
        await announce_end(tx, blanket_id, request.valid_until)
    before = {name: getattr(present, name) for name in new}
    changes = audit.differences(before, new) | _line_changes(old, checked.lines)
    await audit.record(tx, [audit.Change("blanket_order", blanket_id, "changed", by, changes)])
    await touch(tx, TOUCHED)


async def lock_blanket(tx: Tx, blanket_id: UUID, principal: Principal) -> Any:
    """The blanket order, locked; refused (404) when it is not there or not this principal's to see."""
    b = blanket_order.c
    row = await tx.one(
        select(blanket_order).where(b.tenant_id == tx.tenant_id, b.id == blanket_id).with_for_update(key_share=True)
    )
    customers = await load_customers_by_id(tx, [row.customer_id]) if row is not None else {}
    may_see = sees(principal)
    if row is None or (may_see is not None and not may_see(customers[row.customer_id])):
        raise missing("blanket order", blanket_id)
    return row


async def lines_of(tx: Tx, blanket_id: UUID) -> Sequence[Any]:
    b = blanket_line.c
    return await tx.rows(
        select(blanket_line).where(b.tenant_id == tx.tenant_id, b.blanket_id == blanket_id).order_by(b.line_no)
    )


async def announce_end(tx: Tx, blanket_id: UUID, valid_until: Any) -> None:
    """Have it expire when its last day is over."""
    zone = (await load_tenant(tx)).zone
    due = datetime.combine(valid_until + timedelta(days=1), time(), zone)
    await outbox.emit(tx, [BlanketEnds(subject_id=blanket_id)], due=[max(due, tx.now)])


async def _check(tx: Tx, request: BlanketRequest, principal: Principal) -> _Checked:
    faults = check_request(request)
    customer = (await load_customers(tx, [request.customer])).get(request.customer)
    may_see = sees(principal)
    if customer is None or (may_see is not None and not may_see(customer)):
        faults.append(say.UNKNOWN_CUSTOMER("customer", code=request.customer))
    tenant = await load_tenant(tx)
    if request.organisation is None:
        organisation = next(iter(tenant.organisations.values()), None)
    else:
        organisation = tenant.organisations.get(request.organisation)
    if organisation is None:
        faults.append(say.UNKNOWN_ORGANISATION("organisation", code=request.organisation or ""))
    if request.currency is not None and request.currency not in MINOR_UNITS:
        faults.append(UNKNOWN_CURRENCY("currency", currency=request.currency))
    skus = await load_skus(tx, [line.sku for line in request.lines])
    lines, wrong = check_lines(request.lines, skus)
    faults += wrong
    if faults or customer is None or organisation is None:
        raise Refused(faults)
    return _Checked(customer, organisation, request.currency or customer.currency, lines)


def _head(request: BlanketRequest, checked: _Checked) -> dict[str, Any]:
    return {name: getattr(request, name) for name in _HEAD} | {
        "customer_id": checked.customer.id,
        "organisation_id": checked.organisation.id,
        "currency": checked.currency,
    }


def _row(blanket_id: UUID, line: Line, id: UUID) -> dict[str, Any]:
    return {
        "id": id,
        "blanket_id": blanket_id,
        "line_no": line.line_no,
        "sku_id": line.sku.id,
        "unit": line.unit,
        "quantity": line.quantity,
        "base_quantity": line.base_quantity,
        "price": line.price,
    }


async def _insert(tx: Tx, blanket_id: UUID, lines: Sequence[Line]) -> list[UUID]:
    ids = [new_id() for _ in lines]
    rows = [{"tenant_id": tx.tenant_id, **_row(blanket_id, line, id)} for line, id in zip(lines, ids, strict=True)]
    if rows:
        await tx.execute(insert(blanket_line).values(rows))
    return ids


_WRITE = """
update blanket_line b set line_no = l.line_no, unit = l.unit, quantity = l.quantity, base_quantity = l.base_quantity,
  price = l.price
from json_to_recordset($2::json) as l(id uuid, line_no int, unit text, quantity numeric, base_quantity numeric,
  price numeric)
where b.tenant_id = $1 and b.id = l.id
"""
_BOUND = """
update allotment a set quantity = l.base_quantity, updated_at = $3
from json_to_recordset($2::json) as l(id uuid, base_quantity numeric) where a.tenant_id = $1 and a.id = l.id
"""


async def _change_active(
    tx: Tx, present: Any, new: Mapping[str, Any], lines: Sequence[Line], old: Sequence[Any]
) -> None:
    """Lines that stay get their new bound, new ones are opened, those never called off may go."""
    fixed = ("customer_id", "organisation_id", "currency", "tax_inclusive")
    faults: list[Fault] = []
    if any(getattr(present, name) != new[name] for name in fixed):
        faults.append(STAYS("customer"))
    taken = await _lock_levels(tx, [row.id for row in old])
    known = {row.sku_id: row for row in old}
    wanted = {line.sku.id for line in lines}
    faults += [fault for line in lines if (fault := _below_taken(line, known, taken))]
    gone = [row.id for row in old if row.sku_id not in wanted]
    faults += await _used(tx, gone)
    if faults:
        raise Refused(faults)
    a, b = allotment.c, blanket_line.c
    await tx.execute(delete(allotment).where(a.tenant_id == tx.tenant_id, among(a.id, gone)))
    await tx.execute(delete(blanket_line).where(b.tenant_id == tx.tenant_id, among(b.id, gone)))
    kept = [_row(present.id, line, known[line.sku.id].id) for line in lines if line.sku.id in known]
    if kept:
        await tx.write_rows(_WRITE, kept)
        await tx.write_rows(_BOUND, kept, tx.now)
    fresh = [line for line in lines if line.sku.id not in known]
    ids = await _insert(tx, present.id, fresh)
    await open_lines(tx, dict(zip(ids, [line.base_quantity for line in fresh], strict=True)))


def _below_taken(line: Line, known: Mapping[UUID, Any], taken: Mapping[UUID, Level]) -> Fault | None:
    row = known.get(line.sku.id)
    level = taken.get(row.id) if row is not None else None
    if level is None or line.base_quantity >= level.taken:
        return None
    params = {
        "line": line.line_no,
        "code": line.sku.code,
        "taken": plain(level.taken),
        "base_unit": line.sku.base_unit,
    }
    return Fault(BELOW_TAKEN, f"lines[{line.line_no - 1}].quantity", line.line_no, params)


_USED = """
select distinct s.code from allotment_entry e
join blanket_line l on l.tenant_id = $1 and l.id = e.allotment_id
join sku s on s.tenant_id = $1 and s.id = l.sku_id
where e.tenant_id = $1 and e.allotment_id = any($2::uuid[]) order by s.code
"""


async def _used(tx: Tx, line_ids: Sequence[UUID]) -> list[Fault]:
    return [LINE_USED("lines", code=row["code"]) for row in await tx.fetch(_USED, line_ids)] if line_ids else []


async def _lock_levels(tx: Tx, line_ids: Sequence[UUID]) -> dict[UUID, Level]:
    a = allotment.c
    await tx.rows(
        select(a.id)
        .where(a.tenant_id == tx.tenant_id, among(a.id, line_ids))
        .order_by(a.id)
        .with_for_update(key_share=True)
    )
    return await levels(tx, line_ids)


async def open_lines(tx: Tx, quantities: Mapping[UUID, Any]) -> None:
    """Lines that can be called off from now on."""
    await open_allotments(tx, {id: Opening("blanket", id, quantity) for id, quantity in quantities.items()})


def _line_changes(old: Sequence[Any], lines: Sequence[Line]) -> dict[str, list[Any]]:
    before = {str(row.sku_id): f"{plain(row.quantity)} {row.unit} @ {plain(row.price)}" for row in old}
    after = {str(line.sku.id): f"{plain(line.quantity)} {line.unit} @ {plain(line.price)}" for line in lines}
    return {
        f"line {sku}": [before.get(sku), after.get(sku)]
        for sku in {**before, **after}
        if before.get(sku) != after.get(sku)
    }
