"""A user's own new password, by whoever knows the old one."""

from uuid import UUID

from sqlalchemy import update

from dinghuo.identity.authenticate import changed
from dinghuo.identity.password_check import Account
from dinghuo.identity.passwords import hash_password, password_faults
from dinghuo.identity.revoke_sessions import revoke_sessions
from dinghuo.identity.sign_in import PASSWORD_JUST_CHANGED
from dinghuo.identity.tables import app_user
from dinghuo.identity.throttle import forget
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused

PASSWORD_UNCHANGED = Message(
    "password-unchanged", "新密码不能与旧密码相同", "The new password is the old one", MALFORMED
)


async def change_password(
    database: Database, tenant_id: int, *, account: Account, old: str, new: str, session_id: UUID, by: Actor
) -> None:
    """Set the password and end every other session of this user."""
    faults = password_faults(new, field="new", known=(account.login, account.name))
    if new == old:
        faults.append(PASSWORD_UNCHANGED("new"))
    if faults:
        await database.run(tenant_id, lambda tx: forget(tx, account.attempt))
        raise Refused(faults)
    hashed = await hash_password(new)

    async def write(tx: Tx) -> None:
        changed_rows = await tx.execute(
            update(app_user)
            .where(
                app_user.c.tenant_id == tx.tenant_id,
                app_user.c.id == account.id,
                app_user.c.password_hash == account.password_hash,
            )
            .values(password_hash=hashed, must_change_password=False, updated_at=tx.now)
        )
        if not changed_rows.rowcount:
            raise Refused(PASSWORD_JUST_CHANGED("old"))
        await forget(tx, account.attempt)
        await record(tx, [Change("app_user", account.id, "password_changed", by)])
        await revoke_sessions(tx, user_id=account.id, by=by, but=session_id)
        await changed(tx)

    await database.run(tenant_id, write)
