"""The logins of one installation on a PostgreSQL server, and its database.

Nobody works as a superuser: row-level security does not bind one, and what it breaks would show only elsewhere.

    {prefix}_owner    owns the tables; migrations
    {prefix}_app      reads and writes rows; what serves requests
    {prefix}_worker   reads only what a migration grants it by name
    {prefix}_backup   reads everything, for dumps
"""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import asyncpg

from dinghuo.kit.errors import MALFORMED, Message, Refused

OLDEST_VERSION = 16
KINDS = ("owner", "app", "worker", "backup")

TOO_OLD = Message(
    "database-too-old",
    "数据库是 PostgreSQL {found}，至少需要 {needed}",
    "The database is PostgreSQL {found}; at least {needed} is needed",
    MALFORMED,
)
SECRET_MISSING = Message(
    "database-secret-missing",
    "DATABASE_URL 中没有密码，请设置 DINGHUO_SECRET，用于生成各数据库角色的密码",
    "DATABASE_URL holds no password: set DINGHUO_SECRET, from which the passwords of the database roles are made",
    MALFORMED,
)
APP_URL_MISSING = Message(
    "database-app-url-missing",
    "角色“{role}”不能创建角色，将作为所有者使用；请用 DATABASE_APP_URL 指定应用程序自己的登录",
    "The role '{role}' may not create roles and is taken as the owner: set DATABASE_APP_URL, the application's login",
    MALFORMED,
)
DATABASE_MISSING = Message(
    "database-missing",
    "数据库“{database}”不存在，角色“{role}”也不能创建它",
    "The database '{database}' does not exist and the role '{role}' may not create it",
    MALFORMED,
)
OWNER_TOO_WEAK = Message(
    "database-owner-too-weak",
    "角色“{role}”不能在数据库“{database}”的 public 模式中建表",
    "The role '{role}' may not create tables in the schema public of the database '{database}'",
    MALFORMED,
)
ROLE_TOO_STRONG = Message(
    "database-role-too-strong",
    "行级安全对角色“{role}”无效：它是超级用户、拥有 BYPASSRLS 或属于这样的角色",
    "Row-level security does not bind the role '{role}': it is a superuser, has BYPASSRLS or belongs to such a role",
    MALFORMED,
)
APP_OWNS_SCHEMA = Message(
    "database-app-owns-schema",
    "应用程序的角色“{role}”是模式或表的所有者，可以关闭行级安全；请为 DATABASE_APP_URL 换一个角色",
    "The application's role '{role}' owns the schema or its tables and could switch row-level security off: "
    "give DATABASE_APP_URL another role",
    MALFORMED,
)


APP_ELSEWHERE = Message(
    "database-app-elsewhere",
    "DATABASE_APP_URL 指向数据库“{found}”，而 DATABASE_URL 指向“{database}”",
    "DATABASE_APP_URL leads to the database '{found}', DATABASE_URL to '{database}'",
    MALFORMED,
)

_COMMON = {"jit": "off", "timezone": "UTC"}
_WATCHED = {**_COMMON, "lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s"}
# Of the role, since poolers drop what a client asks for when it connects.
_SETTINGS = {
    "owner": {**_WATCHED, "statement_timeout": "0"},
    "app": {**_WATCHED, "statement_timeout": "60s"},
    "worker": {**_WATCHED, "statement_timeout": "60s"},
    "backup": _COMMON,
}

# Two locks, because the administrator may already stand in the database the owner enters.
_ADMIN_LOCK, _DATABASE_LOCK = 0x44494E47_0001, 0x44494E47_0002

_POWERS = """
select rolname as role, rolsuper as superuser,
       rolsuper or rolcreaterole as creates_roles,
       rolsuper or rolcreatedb as creates_databases,
       rolsuper or rolbypassrls as bypasses,
       rolsuper or pg_has_role(oid, 'pg_read_all_data', 'MEMBER WITH ADMIN OPTION') as gives_read_all,
       exists (select from pg_database where datname = $1) as exists,
       current_setting('server_version_num')::int / 10000 as version
from pg_roles where rolname = current_user
"""

# A role counts as what it could become by SET ROLE.
_STANDING = """
with role (name) as (values (current_user), ($1::name)),
standing as (
    select name,
           exists (select from pg_roles
                   where (rolsuper or rolbypassrls) and pg_has_role(name, oid, 'MEMBER')) as unbound,
           exists (select from pg_namespace
                   where nspname !~ '^pg_' and nspname <> 'information_schema'
                     and (pg_has_role(name, nspowner, 'MEMBER')
                          or exists (select from pg_class
                                     where relnamespace = pg_namespace.oid and relkind in ('r', 'p')
                                       and pg_has_role(name, relowner, 'MEMBER')))) as owns
    from role
)
select owner.name as owner, owner.unbound as owner_unbound,
       has_schema_privilege('public', 'CREATE') as owner_creates,
       app.unbound as app_unbound, app.owns as app_owns
from standing owner, standing app
where owner.name = current_user and app.name = $1
"""
_OWNS_DATABASE = "select pg_get_userbyid(datdba) = current_user from pg_database where datname = current_database()"


@dataclass(frozen=True, slots=True)
class Urls:
    """Logins as `postgresql://` URLs. Where no roles may be made, `admin` is the owner, `worker` the app."""

    admin: str = field(repr=False)
    owner: str = field(repr=False)
    app: str = field(repr=False)
    worker: str = field(repr=False)
    # What `kit.vault` seals with: the first; it opens with any.
    keys: tuple[str, ...] = field(default=(), repr=False)


def user_of(url: str) -> str:
    """The role a URL signs in as."""
    parts = urlsplit(url)
    return unquote(parts.username or "") or dict(parse_qsl(parts.query)).get("user", "")


def password_of(url: str) -> str:
    parts = urlsplit(url)
    return unquote(parts.password or "") or dict(parse_qsl(parts.query)).get("password", "")


def database_of(url: str) -> str:
    return unquote(urlsplit(url).path[1:])


def role_password(secret: str, role: str) -> str:
    """Every process of the installation can work it out, so none has to store it."""
    return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()


def login_url(url: str, *, role: str, database: str, secret: str) -> str:
    """The same server as `url`, seen by another role."""
    return _readdressed(url, f"{quote(role, safe='')}:{role_password(secret, role)}", database)


def _readdressed(url: str, login: str, database: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] not in {"user", "password", "dbname", "database"}]
    query = f"?{urlencode(kept, quote_via=quote, safe='/')}" if kept else ""
    return f"postgresql://{login}@{host}/{quote(database, safe='')}{query}"


async def prepare(
    admin_url: str, *, database: str, secret: str, prefix: str = "dinghuo", app_url: str | None = None
) -> Urls:
    """Make roles and database where they are missing, put their settings right, and say how to sign in.

    Safe to repeat and to run in several processes at once. An `admin_url` that may not create roles is the owner
    itself; then `app_url` is needed. Raises `Refused` where row-level security would not hold.
    """
    if app_url is not None and (found := database_of(app_url)) != database:
        raise Refused(APP_ELSEWHERE("DATABASE_APP_URL", found=found, database=database))
    async with _alone(_ADMIN_LOCK, admin_url, spare_database="postgres") as admin:
        powers = await _powers(admin, database)
        if powers["creates_roles"]:
            if not secret:
                raise Refused(SECRET_MISSING("DATABASE_URL"))
            urls = _derived(admin_url, database, secret, prefix, app_url)
            await _make_roles(admin, powers, prefix, secret)
        else:
            if app_url is None:
                raise Refused(APP_URL_MISSING("DATABASE_URL", role=powers["role"]))
            urls = Urls(admin=admin_url, owner=_at(admin_url, database), app=app_url, worker=app_url)
        if not powers["exists"]:
            await _make_database(admin, powers, database, user_of(urls.owner))
        elif powers["creates_roles"]:
            await _share_database(admin, urls, database, prefix)
        async with _alone(_DATABASE_LOCK, urls.owner) as owner:
            await _check(owner, user_of(urls.app), database)
            roles = {f"{prefix}_{kind}" for kind in KINDS} if powers["creates_roles"] else set()
            await _grant(owner, urls, database, private=roles, administrator=powers["role"])
            await _sign_in(urls.app, set_up=app_url is not None)
    return urls


def _derived(admin_url: str, database: str, secret: str, prefix: str, app_url: str | None) -> Urls:
    def login(kind: str) -> str:
        return login_url(admin_url, role=f"{prefix}_{kind}", database=database, secret=secret)

    return Urls(admin=admin_url, owner=login("owner"), app=app_url or login("app"), worker=login("worker"))


def _at(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{quote(database, safe='')}").geturl()


@asynccontextmanager
async def _alone(lock: int, url: str, *, spare_database: str | None = None) -> AsyncIterator[Any]:
    """A connection while no other process prepares the same database."""
    try:
        connection: Any = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        if spare_database is None:
            raise
        connection = await asyncpg.connect(url, database=spare_database)
    try:
        await connection.execute("select pg_advisory_lock($1)", lock)
        yield connection
    finally:
        await connection.close()


async def _powers(admin: Any, database: str) -> Any:
    powers = await admin.fetchrow(_POWERS, database)
    if powers["version"] < OLDEST_VERSION:
        raise Refused(TOO_OLD("DATABASE_URL", found=powers["version"], needed=OLDEST_VERSION))
    if not powers["exists"] and not powers["creates_databases"]:
        raise Refused(DATABASE_MISSING("DATABASE_URL", database=database, role=powers["role"]))
    return powers


async def _make_roles(admin: Any, powers: Any, prefix: str, secret: str) -> None:
    roles = {kind: f"{prefix}_{kind}" for kind in KINDS}
    found = await admin.fetch("select rolname from pg_roles where rolname = any($1)", list(roles.values()))
    existing = {row["rolname"] for row in found}
    script = []
    for kind, role in roles.items():
        script.append(
            f"{'alter' if role in existing else 'create'} role {_name(role)} login "
            f"password '{_verifier(role, role_password(secret, role))}' {_attributes(kind, powers)}"
        )
        script += _set_up(_name(role), kind)
    if powers["gives_read_all"]:
        script.append(f"grant pg_read_all_data to {_name(roles['backup'])}")
    if not powers["superuser"]:  # to make a database in the owner's name
        script.append(f"grant {_name(roles['owner'])} to current_user with inherit false, set true")
    await admin.execute(";\n".join(script))


def _attributes(kind: str, powers: Any) -> str:
    """Only one who has an attribute may name it, even to deny it."""
    bypass = ("bypassrls" if kind == "backup" else "nobypassrls") if powers["bypasses"] else ""
    plain = "nosuperuser nocreatedb nocreaterole noreplication" if powers["superuser"] else ""
    return f"{plain} {bypass}"


async def _make_database(admin: Any, powers: Any, database: str, owner: str) -> None:
    provider = "locale_provider builtin builtin_locale 'C.UTF-8'" if powers["version"] >= 17 else ""
    await admin.execute(
        f"create database {_name(database)} owner {_name(owner)} template template0 encoding 'UTF8' "
        f"locale 'C' {provider}"
    )


async def _share_database(admin: Any, urls: Urls, database: str, prefix: str) -> None:
    """Let our roles into a database that is another's and stays so."""
    query = "select pg_get_userbyid(datdba) from pg_database where datname = $1"
    if await admin.fetchval(query, database) == user_of(urls.owner):
        return
    owner, others = _name(user_of(urls.owner)), _names(f"{prefix}_{kind}" for kind in KINDS if kind != "owner")
    connection: Any = await asyncpg.connect(_at(urls.admin, database))
    try:
        await connection.execute(
            f"grant all on database {_name(database)} to {owner}; grant all on schema public to {owner}; "
            f"grant connect on database {_name(database)} to {others}; grant usage on schema public to {others}"
        )
    finally:
        await connection.close()


async def _check(owner: Any, app: str, database: str) -> None:
    """Before anything is granted: nobody who works with the tables may be above row-level security."""
    standing = await owner.fetchrow(_STANDING, app)
    if standing["owner_unbound"]:
        raise Refused(ROLE_TOO_STRONG("DATABASE_URL", role=standing["owner"]))
    if not standing["owner_creates"]:
        raise Refused(OWNER_TOO_WEAK("DATABASE_URL", role=standing["owner"], database=database))
    if standing["app_unbound"]:
        raise Refused(ROLE_TOO_STRONG("DATABASE_APP_URL", role=app))
    if standing["app_owns"]:
        raise Refused(APP_OWNS_SCHEMA("DATABASE_APP_URL", role=app))


async def _grant(owner: Any, urls: Urls, database: str, *, private: set[str], administrator: str) -> None:
    """What the application and the worker may do. `private`: our roles, if the database is for them alone."""
    app, workers = user_of(urls.app), {user_of(urls.app), user_of(urls.worker)}
    script = [
        f"alter default privileges grant select, insert, update, delete on tables to {_name(app)}",
        f"alter default privileges grant usage on sequences to {_name(app)}",
        f"grant usage on schema public to {_names(workers)}",
    ]
    if await owner.fetchval(_OWNS_DATABASE):
        if private:
            script.append(f"revoke all on database {_name(database)} from public")
        # The administrator must find back in.
        logins = _names(private | workers | {administrator})
        script.append(f"grant connect on database {_name(database)} to {logins}")
    await owner.execute(";\n".join(script))


async def _sign_in(url: str, *, set_up: bool) -> None:
    """Prove that the login works; one that was given to us also gets the settings ours have."""
    connection: Any = await asyncpg.connect(url)
    try:
        if set_up:
            await connection.execute(";\n".join(_set_up("current_user", "app")))
    finally:
        await connection.close()


def _set_up(role: str, kind: str) -> list[str]:
    return [f"alter role {role} set {key} = '{value}'" for key, value in _SETTINGS[kind].items()]


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _names(names: Iterable[str]) -> str:
    return ", ".join(_name(name) for name in sorted(names))


def _verifier(role: str, password: str) -> str:
    """What PostgreSQL stores of a password (RFC 5802), so that the password itself reaches no server log."""
    rounds = 4096
    salt = hashlib.sha256(f"{role}:{password}".encode()).digest()[:16]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    client = hmac.digest(salted, b"Client Key", "sha256")
    parts = [salt, hashlib.sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")]
    shown = [base64.b64encode(part).decode() for part in parts]
    return f"SCRAM-SHA-256${rounds}:{shown[0]}${shown[1]}:{shown[2]}"
