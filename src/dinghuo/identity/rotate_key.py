"""A new secret for an API key; the one before works for a while, so that nothing has to stop."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from dinghuo.identity.authenticate import changed
from dinghuo.identity.granting import BEYOND_OWN, Granter
from dinghuo.identity.tables import api_key
from dinghuo.identity.tokens import Token, new_token
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message, Refused
from dinghuo.kit.missing import missing

LONGEST_OVERLAP = timedelta(days=30)

OVERLAP_LENGTH = Message(
    "overlap-length",
    "新旧密钥并用的时间为 0 到 {days} 天",
    "The old secret may work on for 0 to {days} days",
    MALFORMED,
)
KEY_ENDED = Message(
    "key-ended",
    "密钥已撤销或到期，请新建一个",
    "The key was revoked or has expired: make a new one",
    CONFLICT,
)


async def rotate_key(tx: Tx, *, key_id: UUID, overlap: timedelta, by: Actor, granter: Granter) -> Token:
    """Give the key a new secret and return it."""
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Refused(OVERLAP_LENGTH("overlap_seconds", days=LONGEST_OVERLAP.days))
    of_key = (api_key.c.tenant_id == tx.tenant_id) & (api_key.c.id == key_id)
    row = await tx.one(select(api_key).where(of_key).with_for_update(key_share=True))
    if row is None:
        raise missing("API key", key_id)
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= tx.now):
        raise Refused(KEY_ENDED())
    beyond = granter.beyond(row.permissions)
    if beyond:
        raise Refused([BEYOND_OWN("", permission=permission) for permission in beyond])
    token = new_token(tx.tenant_id, key_id)
    await tx.execute(
        update(api_key)
        .where(of_key)
        .values(secret_hash=token.hash, previous_hash=row.secret_hash, previous_until=tx.now + overlap)
    )
    await record(tx, [Change("api_key", key_id, "rotated", by, {"previous_until": [None, tx.now + overlap]})])
    await changed(tx)
    return token
