"""A second factor: enrolled, in force once a code of it was given, taken away again."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, insert, select, update

from dinghuo.identity import totp
from dinghuo.identity.authenticate import changed
from dinghuo.identity.password_check import Account
from dinghuo.identity.sign_in import WRONG_CODE
from dinghuo.identity.tables import app_user, recovery_code, tenant
from dinghuo.identity.throttle import forget
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused

TOTP_IN_FORCE = Message(
    "second-factor-in-force",
    "已绑定验证器，更换前请先解除",
    "A second factor is in force: remove it before enrolling another",
    CONFLICT,
)
TOTP_NOT_ENROLLED = Message("second-factor-not-enrolled", "请先绑定验证器", "Enrol a second factor first", CONFLICT)


class Enrolment(Struct, frozen=True):
    """What the authenticator app needs; the only time it is told."""

    secret: str
    uri: str
    qr_svg: str


async def enrol_totp(tx: Tx, *, account: Account) -> Enrolment:
    """A new secret for somebody who has just given their password. It counts only once confirmed."""
    await forget(tx, account.attempt)
    if account.totp_secret is not None:
        raise Refused(TOTP_IN_FORCE())
    secret = totp.new_secret()
    await tx.execute(
        update(app_user)
        .where(
            app_user.c.tenant_id == tx.tenant_id, app_user.c.id == account.id, app_user.c.totp_confirmed_at.is_(None)
        )
        .values(totp_secret=tx.database.vault.seal(totp.purpose(account.id), secret), totp_step=None)
    )
    company = (await tx.execute(select(tenant.c.name).where(tenant.c.id == tx.tenant_id))).scalar_one()
    link = totp.uri(secret, login=account.login, company=company)
    return Enrolment(secret, link, totp.qr_svg(link))


async def confirm_totp(tx: Tx, *, user_id: UUID, code: str, by: Actor) -> list[str]:
    """Put the second factor in force by a code of it. Returns the recovery codes, told only now."""
    row = await tx.one(
        select(app_user.c.totp_secret, app_user.c.totp_confirmed_at)
        .where(app_user.c.tenant_id == tx.tenant_id, app_user.c.id == user_id)
        .with_for_update(key_share=True)
    )
    if row is None or row.totp_secret is None:
        raise Refused(TOTP_NOT_ENROLLED())
    if row.totp_confirmed_at is not None:
        raise Refused(TOTP_IN_FORCE())
    secret = tx.database.vault.open(totp.purpose(user_id), row.totp_secret)
    step = totp.matching_step(secret, code.strip(), tx.now, None)
    if step is None:
        raise Refused(WRONG_CODE("code"))
    of_user = (app_user.c.tenant_id == tx.tenant_id) & (app_user.c.id == user_id)
    await tx.execute(update(app_user).where(of_user).values(totp_confirmed_at=tx.now, totp_step=step))
    await _drop_recovery_codes(tx, user_id)
    codes = totp.new_recovery_codes()
    await tx.execute(
        insert(recovery_code).values(
            [
                {"tenant_id": tx.tenant_id, "user_id": user_id, "code_hash": totp.hash_recovery_code(code)}
                for code in codes
            ]
        )
    )
    await record(tx, [Change("app_user", user_id, "second_factor_enrolled", by)])
    await changed(tx)
    return codes


async def remove_totp(tx: Tx, *, user_id: UUID, by: Actor) -> None:
    """Take the second factor away. Whose role requires one must enrol again before anything else."""
    removed = await tx.execute(
        update(app_user)
        .where(app_user.c.tenant_id == tx.tenant_id, app_user.c.id == user_id, app_user.c.totp_secret.is_not(None))
        .values(totp_secret=None, totp_confirmed_at=None, totp_step=None)
    )
    if not removed.rowcount:
        raise Refused(TOTP_NOT_ENROLLED())
    await _drop_recovery_codes(tx, user_id)
    await record(tx, [Change("app_user", user_id, "second_factor_removed", by)])
    await changed(tx)


async def _drop_recovery_codes(tx: Tx, user_id: UUID) -> None:
    of_user = (recovery_code.c.tenant_id == tx.tenant_id) & (recovery_code.c.user_id == user_id)
    await tx.execute(delete(recovery_code).where(of_user))
