"""Publish price lists: from then on they are asked for prices, on the days they hold."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dinghuo.identity.principals import Principal
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.faults import Faults
from dinghuo.kit.revisions import check_revision
from dinghuo.kit.transitions import transition
from dinghuo.pricing.locked import LockedList, lock_lists
from dinghuo.pricing.overlap import OVERLAP, Period, overlaps, rivals_restart
from dinghuo.pricing.states import PRICE_LIST
from dinghuo.pricing.tables import price_list


async def publish(
    tx: Tx, *, codes: Sequence[str], by: Actor, seen_by: Principal | None = None, revision: int | None = None
) -> int:
    """Publish the lists with these codes, all or none; those already published stay. Returns how many were not.

    With a `revision` that was read, only while they are at it.
    """
    found = await lock_lists(tx, codes, seen_by=seen_by)
    faults = unknown(codes, found)
    faults.check()
    as_read(found, revision)
    waiting = {found[code].id: i for i, code in enumerate(codes) if found[code].state != "published"}
    lists = [item for item in found.values() if item.id in waiting]
    for id, clash in (await overlaps(tx, [period_of(item) for item in lists])).items():
        faults.add(waiting[id], "", OVERLAP, **clash)
    faults.check()
    if lists:
        with rivals_restart():
            await move(tx, lists, "published", by=by)
    return len(lists)


def as_read(found: Mapping[str, Any], revision: int | None) -> None:
    """Raise when a list, or promotion, is another than the caller read."""
    if revision is not None:
        for item in found.values():
            check_revision(item.revision, revision)


def unknown(codes: Sequence[str], found: Collection[str]) -> Faults:
    """A fault for each code whose list is not there."""
    faults = Faults("codes")
    for line, code in enumerate(codes):
        if code not in found:
            faults.add(line, "", UNKNOWN_CODE, code=code)
    return faults


def period_of(item: LockedList) -> Period:
    return Period(item.id, item.code, item.scope, item.currency, item.valid_from, item.valid_until)


async def move(tx: Tx, lists: Sequence[LockedList], to: str, *, by: Actor, agreed: str | None = None) -> None:
    """Bring locked lists into another state, with audit, and make every process forget their prices.

    `agreed` are those whose consent it took.
    """
    revision = price_list.c.revision + 1
    ids = [item.id for item in lists]
    await transition(tx, price_list, PRICE_LIST, ids, to, updated_at=tx.now, revision=revision)
    consent = {"agreed_by": [None, agreed]} if agreed else {}
    await audit.record(
        tx, [audit.Change("price_list", item.id, to, by, {"state": [item.state, to], **consent}) for item in lists]
    )
    await touch(tx, "pricing")
