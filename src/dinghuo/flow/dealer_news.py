"""What dealers are told of their orders: what others did, never what they did themselves.

Each event is told once, as things stand when it is told; what was undone meanwhile is not told at all. No amounts and
nobody of the seller by name.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.flow.dealer_people import PLACE, people_of
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.notices.messages import Note, send
from dinghuo.orders import events as orders

# What is told in Chinese and in English, and why; the reason is as it was written.
_Words = tuple[str, str, str]
Words = tuple[str, str, str, str]
"""Title and body, each in Chinese and in English: (title, title_en, body, body_en)."""
# What was done of an order lately is what its audit says: by whom, and why.
_ORDERS = """
select w.event_id, o.id, o.number, o.state, o.channel as origin, o.customer_id, o.holds, o.placed_by,
  a.action, a.channel, a.changes, c.asked_by, c.decided_by
from json_to_recordset($2::json) as w(event_id uuid, id uuid)
join sales_order o on o.tenant_id = $1 and o.id = w.id
  and exists (select from user_customer u where u.tenant_id = $1 and u.customer_id = o.customer_id)
left join lateral (
  select a.action, a.channel, a.changes from audit_entry a
  where a.tenant_id = $1 and a.subject_id = o.id and a.subject_kind = 'order' and a.action = any($3::text[])
  order by a.id desc limit 1
) a on true
left join draft_consent c on o.origin_kind in ('draft', 'proposal') and c.tenant_id = $1 and c.draft_id = o.origin_id
"""
_SLIPS = """
select s.id, s.state, s.reason from transfer_slip s where s.tenant_id = $1 and s.id = any($2::uuid[])
"""
_AMENDMENTS = """
select a.id, a.side, a.state, a.decision_reason from order_amendment a
where a.tenant_id = $1 and a.id = any($2::uuid[])
"""
_PROPOSALS = """
select d.id, d.name, d.customer_id, p.message, p.proposed_by_name from draft_proposal p
join draft d on d.tenant_id = $1 and d.id = p.draft_id
where p.tenant_id = $1 and p.draft_id = any($2::uuid[]) and p.state = 'proposed'
"""
# Which entries of the audit an event is about.
_ACTIONS = {
    orders.Confirmed.kind(): ["approved"],
    orders.Submitted.kind(): [],
    orders.Cancelled.kind(): ["cancelled", "rejected"],
    orders.Held.kind(): ["held"],
    orders.HoldLifted.kind(): ["hold_lifted"],
    orders.ShortClosed.kind(): ["short_closed"],
}
_OWN = "portal"


async def tell_of_orders(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to what becomes of whole orders."""
    kind = deliveries[0].kind
    found = await _read(tx, deliveries, _ACTIONS.get(kind, []))
    told = [(row, words) for row in found if (words := _said(kind, row)) is not None]
    await _tell(tx, kind, told)


def _said(kind: str, row: Any) -> _Words | None:
    """The sentence of an event in both languages, and the reason given; None when there is nothing to tell."""
    number, reason = row["number"], _reason(row["changes"])
    is_own = row["channel"] == _OWN
    if kind in (orders.Confirmed.kind(), orders.Submitted.kind()):
        return _of_placing(kind, row)
    if kind == orders.Cancelled.kind():
        if row["state"] == "rejected":
            return f"卖家未接单：订单 {number}", f"Not accepted by the seller: order {number}", reason
        return None if is_own else (f"订单 {number} 已取消", f"Order {number} was cancelled", reason)
    if kind == orders.Held.kind():
        if not row["holds"]:
            return None
        if "unpaid" in row["holds"]:
            return f"订单 {number} 等待付款后发货", f"Order {number} waits to be paid before it ships", ""
        return f"订单 {number} 暂缓发货", f"Order {number} is on hold", ""
    if kind == orders.HoldLifted.kind():
        done = f"订单 {number} 恢复发货", f"Order {number} is no longer on hold", ""
        return None if row["holds"] else done
    if kind == orders.ShortClosed.kind():
        closed = f"订单 {number} 的余量不再发货", f"What was left of order {number} will not come", reason
        return None if is_own else closed
    return f"订单 {number} 的缺货已到，可以发货", f"What order {number} waited for has arrived", ""


def _of_placing(kind: str, row: Any) -> _Words | None:
    """An order that they placed themselves and that was accepted at once is no news."""
    number = row["number"]
    if row["action"] == "approved":
        return f"订单 {number} 已确认", f"Order {number} is confirmed", ""
    if row["origin"] != "console":
        return None
    if kind == orders.Submitted.kind():
        return (
            f"卖家为您录入了订单 {number}，待其审核",
            f"The seller entered order {number} for you, to be approved",
            "",
        )
    return f"卖家为您录入了订单 {number}", f"The seller entered order {number} for you", ""


async def tell_of_slips(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to SlipDecided."""
    of = {d.event_id: d.read(orders.SlipDecided).slip_id for d in deliveries}
    slips = {row["id"]: row for row in await tx.fetch(_SLIPS, sorted(set(of.values())))}
    told: list[tuple[Any, _Words]] = []
    for row in await _read(tx, deliveries, []):
        slip, number = slips.get(of[row["event_id"]]), row["number"]
        if slip is not None and slip["state"] == "confirmed":
            told.append((row, (f"订单 {number} 的付款已确认", f"The payment for order {number} was confirmed", "")))
        elif slip is not None and slip["state"] == "refused":
            words = f"订单 {number} 的付款凭证被退回", f"The transfer slip for order {number} was refused"
            told.append((row, (*words, slip["reason"] or "")))
    await _tell(tx, deliveries[0].kind, told)


async def tell_of_amendments(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to Amended and AmendmentClosed."""
    kind = deliveries[0].kind
    event: type[orders.Amended | orders.AmendmentClosed]
    event = orders.Amended if kind == orders.Amended.kind() else orders.AmendmentClosed
    of = {d.event_id: d.read(event).amendment_id for d in deliveries}
    rows = {row["id"]: row for row in await tx.fetch(_AMENDMENTS, sorted(set(of.values())))}
    told: list[tuple[Any, _Words]] = []
    for row in await _read(tx, deliveries, ["amended"]):
        amendment, number = rows.get(of[row["event_id"]]), row["number"]
        if amendment is None:
            continue
        if amendment["state"] == "applied" and amendment["side"] == "staff":
            told.append(
                (row, (f"卖家修改了订单 {number}，请核对", f"The seller changed order {number}: look at it", ""))
            )
        elif amendment["state"] == "applied" and row["channel"] != _OWN:
            told.append((row, (f"订单 {number} 的变更已生效", f"Your change of order {number} was accepted", "")))
        elif amendment["state"] == "rejected" and amendment["side"] == "dealer":
            words = f"订单 {number} 的变更未被接受", f"Your change of order {number} was not accepted"
            told.append((row, (*words, amendment["decision_reason"] or "")))
    await _tell(tx, kind, told)


async def tell_dealers(tx: Tx, deliveries: Sequence[Delivery], words: Mapping[UUID, Words]) -> None:
    """Tell these words, by order, of the news of each."""
    kind, rows = deliveries[0].kind, await _read(tx, deliveries, [])
    await _tell(tx, kind, [(row, words[row["id"]]) for row in rows if row["id"] in words])


async def tell_of_proposals(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to DraftProposed: whoever places orders there is told."""
    events = {d.subject_id: d.event_id for d in deliveries}
    rows = await tx.fetch(_PROPOSALS, sorted(events))
    people = await people_of(tx, {row["customer_id"] for row in rows})
    await send(
        tx,
        [
            Note(
                group_id=events[row["id"]],
                users=people.who_may(row["customer_id"], PLACE),
                kind="proposal.new",
                title=f"{row['proposed_by_name']}为您准备了一张建议单",
                title_en=f"{row['proposed_by_name']} prepared an order for you",
                body=row["message"] or "",
                body_en=row["message"] or "",
                link=f"proposal:{row['id']}",
                customer_id=row["customer_id"],
            )
            for row in rows
        ],
    )


async def _read(tx: Tx, deliveries: Sequence[Delivery], actions: Sequence[str]) -> list[Any]:
    wanted = [{"event_id": d.event_id, "id": d.subject_id} for d in deliveries]
    return list(await tx.fetch(_ORDERS, msgspec.json.encode(wanted).decode(), list(actions)))


async def _tell(tx: Tx, kind: str, told: Sequence[tuple[Any, _Words | Words]]) -> None:
    """Whoever placed the order, asked for it or consented to it."""
    if not told:
        return
    people = await people_of(tx, {row["customer_id"] for row, _ in told})
    await send(
        tx,
        [
            Note(
                group_id=row["event_id"],
                users=people.concerned(row["customer_id"], {row["placed_by"], row["asked_by"], row["decided_by"]}),
                kind=kind,
                title=words[0],
                title_en=words[1],
                body=words[2],
                body_en=words[-1],
                link=f"order:{row['id']}",
                customer_id=row["customer_id"],
            )
            for row, words in told
        ],
    )


def _reason(changes: Any) -> str:
    said = (changes or {}).get("reason") if isinstance(changes, dict) else None
    return str(said[1]) if isinstance(said, list) and len(said) == 2 and said[1] else ""
