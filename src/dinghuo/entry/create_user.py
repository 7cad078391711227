"""A new user with a first password, as the command line makes them: all of it or nothing."""

from uuid import UUID

from dinghuo.identity.granting import Granter
from dinghuo.identity.passwords import hash_password, password_faults
from dinghuo.identity.save_users import UserInput, normal_login, save_users
from dinghuo.identity.set_password import set_password
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused

CLI = Actor("system", "command line", "cli")

LOGIN_TAKEN = Message("login-taken", "登录名“{login}”已被使用", "The login '{login}' is taken", CONFLICT)


async def create_user(database: Database, tenant_id: int, *, item: UserInput, password: str) -> UUID:
    """Create the user; the password is good until they sign in with it."""
    faults = password_faults(password, field="password", known=(item.login, str(item.name)))
    if faults:
        raise Refused(faults)
    password_hash = await hash_password(password)

    async def create(tx: Tx) -> UUID:
        saved = await save_users(tx, items=[item], by=CLI, granter=Granter())
        if not saved.created:
            raise Refused(LOGIN_TAKEN("login", login=item.login))
        user_id = saved.ids[normal_login(item.login)]
        await set_password(tx, user_id=user_id, password_hash=password_hash, by=CLI, granter=Granter())
        return user_id

    return await database.run(tenant_id, create)
