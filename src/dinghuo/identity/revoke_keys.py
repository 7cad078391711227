"""End API keys for good."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, update

from dinghuo.identity.authenticate import changed
from dinghuo.identity.tables import api_key
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.missing import missing


async def revoke_keys(tx: Tx, *, ids: Collection[UUID], by: Actor) -> None:
    """Revoke these keys, or none when one of them is not there. Revoking again changes nothing."""
    of_keys = (api_key.c.tenant_id == tx.tenant_id) & among(api_key.c.id, ids)
    rows = await tx.rows(
        select(api_key.c.id, api_key.c.revoked_at)
        .where(of_keys)
        .order_by(api_key.c.id)
        .with_for_update(key_share=True)
    )
    absent = sorted(set(ids) - {row.id for row in rows})
    if absent:
        raise Refused([fault for id in absent for fault in missing("API key", id).faults])
    ended = [row.id for row in rows if row.revoked_at is None]
    if ended:
        await tx.execute(
            update(api_key)
            .where(api_key.c.tenant_id == tx.tenant_id, among(api_key.c.id, ended))
            .values(revoked_at=tx.now)
        )
        await record(tx, [Change("api_key", id, "revoked", by) for id in ended])
        await changed(tx)
