"""Publish a price list, or ask those for it whom the seller's policies name; carry out what they decide."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from dinghuo.approvals.ask import Ask, open_requests, origin_of
from dinghuo.approvals.events import Decided
from dinghuo.approvals.outcomes import Settled, outcomes
from dinghuo.approvals.policies import load_policies
from dinghuo.identity.principals import Principal
from dinghuo.kit import audit
from dinghuo.kit.actor import SYSTEM, Actor
from dinghuo.kit.bulk import among
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.outbox import Delivery
from dinghuo.notices.messages import Note, send
from dinghuo.pricing.list_facts import SUBJECT, facts_of, is_worse
from dinghuo.pricing.locked import WAITS, LockedList, lock_lists
from dinghuo.pricing.overlap import OVERLAP, overlaps, rivals_restart
from dinghuo.pricing.publish import as_read, move, period_of, unknown
from dinghuo.pricing.tables import price_list

_OVERLAPS = (
    "审批期间另一份适用对象相同的价目表已发布，有效期重叠。",
    "Another list for the same customers and days was published meanwhile.",
)
_ASKED_AGAIN = (
    "审批期间成本、最低限价或原价有变化，已按新的数据重新送审。",
    "Costs, floors or other prices moved meanwhile: it is asked about again with the new figures.",
)


async def ask_to_publish(
    tx: Tx, *, code: str, by: Actor, seen_by: Principal | None = None, revision: int | None = None
) -> bool:
    """Publish the list as it was read, or let it wait for approval: whether it is published now."""
    found = await lock_lists(tx, [code], seen_by=seen_by)
    unknown([code], found).check()
    as_read(found, revision)
    item = found[code]
    if item.state == "published":
        return True
    if item.waits:
        raise Refused(WAITS("code", code=code))
    if clash := (await overlaps(tx, [period_of(item)])).get(item.id):
        raise Refused(OVERLAP("codes[0]", line=1, **clash))
    if await _open(tx, item, by=by, origin=await origin_of(tx, by)):
        return False
    with rivals_restart():
        await move(tx, [item], "published", by=by)
    return True


async def _open(tx: Tx, item: LockedList, *, by: Actor, origin: str) -> bool:
    """Open a request when some policy wants one, and let the list wait for it."""
    policies = await load_policies(tx, SUBJECT)
    if not policies:
        return False
    facts, customer_id = await facts_of(tx, item.id, origin=origin)
    if not (matched := policies.matching(facts)):
        return False
    ask = Ask(subject_kind=SUBJECT, subject_id=item.id, title=item.code, facts=facts, by=by, customer_id=customer_id)
    await open_requests(tx, [(ask, matched)])
    await _turn(tx, item, waits=True, last_outcome=None)
    await audit.record(tx, [audit.Change("price_list", item.id, "publishing_asked", by)])
    return True


async def _turn(tx: Tx, item: LockedList, **values: Any) -> None:
    p = price_list.c
    await tx.execute(
        update(price_list)
        .where(p.tenant_id == tx.tenant_id, p.id == item.id)
        .values(revision=p.revision + 1, updated_at=tx.now, **values)
    )
    # Screens that show it hear of it by its version.
    await touch(tx, "pricing")


async def settle_price_lists(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to Decided: lists that wait are published, or wait no longer, once, however often it is told."""
    ids = sorted({d.subject_id for d in deliveries if d.read(Decided).subject_kind == SUBJECT})
    if not ids:
        return
    p = price_list.c
    codes = await tx.rows(select(p.code).where(p.tenant_id == tx.tenant_id, among(p.id, ids), p.waits))
    locked = await lock_lists(tx, [row.code for row in codes], seen_by=None)
    said = await outcomes(tx, SUBJECT, [item.id for item in locked.values()])
    for item in locked.values():  # each is a list of its own, decided for itself
        if item.waits and item.id in said and said[item.id].state != "open":
            await _settle(tx, item, said[item.id])


async def _settle(tx: Tx, item: LockedList, said: Settled) -> None:
    if said.state != "approved":
        await _end(tx, item, "rejected" if said.state == "rejected" else "withdrawn")
        return
    if await overlaps(tx, [period_of(item)]):
        await _end(tx, item, "overlaps")
        await _tell(tx, said, _OVERLAPS)
        return
    origin = str(said.facts.get("origin", "person"))
    facts, _ = await facts_of(tx, item.id, origin=origin)
    if is_worse(facts, said.facts):
        asker = Actor("staff", said.requested_by_name, "worker", said.requested_by)
        if await _open(tx, item, by=asker, origin=origin):
            await _tell(tx, said, _ASKED_AGAIN)
            return
    await _turn(tx, item, waits=False, last_outcome="approved")
    with rivals_restart():
        await move(tx, [item], "published", by=SYSTEM, agreed="、".join(said.agreed))


async def _end(tx: Tx, item: LockedList, outcome: str) -> None:
    await _turn(tx, item, waits=False, last_outcome=outcome)
    await audit.record(tx, [audit.Change("price_list", item.id, f"publishing_{outcome}", SYSTEM)])


async def _tell(tx: Tx, said: Settled, why: tuple[str, str]) -> None:
    if said.requested_by is None:
        return
    note = Note(
        group_id=said.request_id,
        users=[said.requested_by],
        kind="approval.decided",
        title=f"未生效：价目表发布 {said.title}",
        title_en=f"Not in force: price list {said.title}",
        body=why[0],
        body_en=why[1],
        link=f"approval:{said.request_id}",
    )
    await send(tx, [note])
