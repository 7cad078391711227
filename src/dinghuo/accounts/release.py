"""Give back what a bucket holds: an order called off, a bill paid, an advance matched."""

from collections.abc import Sequence

from dinghuo.accounts.draws import Draw, lock_for
from dinghuo.accounts.reserve import Entry, write_entries
from dinghuo.kit.database import Tx


async def release(tx: Tx, *, draws: Sequence[Draw]) -> None:
    """Take each amount out of its bucket, all or none; of `unapplied`, which is negative, toward zero."""
    await lock_for(tx, draws)
    await write_entries(
        tx,
        [
            Entry(
                draw.account_id,
                draw.bucket,
                draw.amount if draw.bucket == "unapplied" else -draw.amount,
                "release",
                draw.document_kind,
                draw.document_id,
            )
            for draw in draws
        ],
    )
