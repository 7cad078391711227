"""Withdraw price lists: they are no longer asked for prices. Orders keep what they were placed at."""

from collections.abc import Sequence

from dinghuo.identity.principals import Principal
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message
from dinghuo.pricing.locked import lock_lists
from dinghuo.pricing.publish import as_read, move, unknown

NEVER_PUBLISHED = Message(
    "price-list-never-published",
    "价目表 {code} 尚未发布，无需撤回",
    "Price list {code} was never published: there is nothing to withdraw",
    CONFLICT,
)


async def withdraw(
    tx: Tx, *, codes: Sequence[str], by: Actor, seen_by: Principal | None = None, revision: int | None = None
) -> int:
    """Withdraw the lists with these codes, all or none; those already withdrawn stay. Returns how many were not.

    With a `revision` that was read, only while they are at it.
    """
    found = await lock_lists(tx, codes, seen_by=seen_by)
    faults = unknown(codes, found)
    for line, code in enumerate(codes):
        if code in found and found[code].state == "draft":
            faults.add(line, "", NEVER_PUBLISHED, code=code)
    faults.check()
    as_read(found, revision)
    published = [item for item in found.values() if item.state == "published"]
    if published:
        await move(tx, published, "withdrawn", by=by)
    return len(published)
