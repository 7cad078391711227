"""A session on the server, for somebody who has shown who they are."""

from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, insert

from dinghuo.identity.authenticate import SLIDES
from dinghuo.identity.permissions import Audience
from dinghuo.identity.tables import session
from dinghuo.identity.tokens import Token, new_token
from dinghuo.kit.actor import Actor, Channel
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id

# However much it is used, a session ends.
LONGEST = timedelta(days=14)


class Visitor(Struct, frozen=True):
    """From where somebody comes, and by which program."""

    address: str
    agent: str


def channel_of(audience: Audience) -> Channel:
    return "console" if audience == "staff" else "portal"


async def open_session(tx: Tx, *, user_id: UUID, name: str, audience: Audience, visitor: Visitor) -> Token:
    """Open one; sessions of theirs that ended by themselves go."""
    token = new_token(tx.tenant_id, new_id())
    await tx.execute(
        delete(session).where(
            session.c.tenant_id == tx.tenant_id, session.c.user_id == user_id, session.c.ends_at <= tx.now
        )
    )
    await tx.execute(
        insert(session).values(
            tenant_id=tx.tenant_id,
            id=token.id,
            user_id=user_id,
            secret_hash=token.hash,
            created_at=tx.now,
            seen_at=tx.now,
            expires_at=tx.now + SLIDES,
            ends_at=tx.now + LONGEST,
            address=visitor.address,
            agent=visitor.agent[:200],
        )
    )
    by = Actor("staff" if audience == "staff" else "dealer", name, channel_of(audience), user_id)
    await record(tx, [Change("session", token.id, "created", by, {"address": [None, visitor.address]})])
    return token
