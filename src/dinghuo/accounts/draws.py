"""What is taken from buckets of locked accounts, checked against what they hold."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.accounts.rules import Bucket
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, NOT_FOUND, Fault, Message, Refused
from dinghuo.kit.money import MAX_MONEY, ZERO, fits

NO_ACCOUNT = Message("account-unknown", "找不到该信用账户", "There is no such account", NOT_FOUND)
BAD_AMOUNT = Message(
    "account-amount",
    "金额 {amount} 应大于 0、不超过 {most}，小数不超过 2 位",
    "The amount {amount} must be above 0, at most {most}, with at most 2 decimals",
    MALFORMED,
)
BUCKET_SHORT = Message(
    "account-bucket-short",
    "账户“{bucket}”只有 {held}，不能减少 {wanted}",
    "The account's bucket '{bucket}' holds {held}: {wanted} cannot be taken from it",
    CONFLICT,
)


class Draw(msgspec.Struct, frozen=True):
    """An amount above zero that leaves a bucket because of a document."""

    account_id: UUID
    bucket: Bucket
    amount: Decimal
    document_kind: str
    document_id: UUID


_LOCK = """
select a.id, a.open, a.shipped, a.billed, a.unapplied from account a
where a.tenant_id = $1 and a.id = any($2::uuid[])
order by a.id for no key update
"""


async def lock_for(tx: Tx, draws: Sequence[Draw]) -> None:
    """Lock the accounts in key order; refused, with everything wrong, unless each bucket holds what it is to give.

    `unapplied` is a debt of ours: what it holds is its negative.
    """
    ids = {draw.account_id for draw in draws}
    rows = {row["id"]: row for row in await tx.fetch(_LOCK, list(ids))}
    held = {
        (id, bucket): -row[bucket] if bucket == "unapplied" else row[bucket]
        for id, row in rows.items()
        for bucket in ("open", "shipped", "billed", "unapplied")
    }
    faults: list[Fault] = []
    for i, draw in enumerate(draws):
        place = (draw.account_id, draw.bucket)
        if draw.account_id not in rows:
            faults.append(NO_ACCOUNT(f"draws[{i}].account_id", line=i + 1))
        elif not fits(draw.amount, most=MAX_MONEY, places=2) or draw.amount <= ZERO:
            faults.append(BAD_AMOUNT(f"draws[{i}].amount", line=i + 1, amount=draw.amount, most=MAX_MONEY))
        elif held[place] < draw.amount:
            params = {"bucket": draw.bucket, "held": held[place], "wanted": draw.amount}
            faults.append(BUCKET_SHORT(f"draws[{i}].amount", line=i + 1, **params))
        else:
            held[place] -= draw.amount
    if faults:
        raise Refused(faults)
