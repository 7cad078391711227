"""Take up what was reserved: an amount goes on to the next bucket, open → shipped → billed."""

from collections.abc import Sequence

from dinghuo.accounts.draws import Draw, lock_for
from dinghuo.accounts.reserve import Entry, write_entries
from dinghuo.accounts.rules import NEXT
from dinghuo.kit.database import Tx


async def consume(tx: Tx, *, draws: Sequence[Draw]) -> None:
    """Move each amount to the bucket after its own, all or none. The exposure stays what it is."""
    await lock_for(tx, draws)
    entries = []
    for draw in draws:
        for bucket, amount in ((draw.bucket, -draw.amount), (NEXT[draw.bucket], draw.amount)):
            entries.append(Entry(draw.account_id, bucket, amount, "consume", draw.document_kind, draw.document_id))
    await write_entries(tx, entries)
