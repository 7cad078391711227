"""`dinghuo doctor`: is everything as it has to be? Read only, and safe beside live work."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from dinghuo.entry.doctor_walls import examine_walls
from dinghuo.entry.findings import Finding, listed
from dinghuo.entry.invariants import broken_invariants
from dinghuo.entry.migrate import revisions
from dinghuo.entry.worker import tenant_ids, watch
from dinghuo.kit import audit_seal
from dinghuo.kit.config import Settings
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Message
from dinghuo.kit.outbox_watch import Lag
from dinghuo.kit.roles import Urls

EMBEDDED = Message("doctor-embedded", "自带 PostgreSQL，数据目录 {data}", "A PostgreSQL of its own, data in {data}")
EXTERNAL = Message("doctor-external", "使用数据库 {address}", "The database at {address}")
DATABASE_FINE = Message(
    "doctor-database-fine", "PostgreSQL {version}，设置正确", "PostgreSQL {version}, settings as they should be"
)
DATABASE_SETTINGS = Message(
    "doctor-database-settings", "PostgreSQL {version}，请检查这些设置：{settings}",
    "PostgreSQL {version}; look at these settings: {settings}",
)  # fmt: skip
SCHEMA_NEWEST = Message(
    "doctor-schema-newest", "数据库结构为最新版本 {found}", "The schema is at the newest, {found}"
)
SCHEMA_OLD = Message(
    "doctor-schema-old", "数据库结构为 {found}，最新为 {wanted}：请运行 dinghuo migrate",
    "The schema is at {found}, the newest is {wanted}: run dinghuo migrate",
)  # fmt: skip
BOOKS_TRUE = Message(
    "doctor-books-true", "{tenants} 家企业的账目全部相符", "The books of {tenants} tenants agree with their entries"
)
BOOKS_FALSE = Message("doctor-books-false", "账目不符：{broken}", "The books do not agree: {broken}")
AUDIT_WHOLE = Message(
    "doctor-audit-whole", "操作日志的 {seals} 个封印完整", "The audit's chains are whole, {seals} seals"
)
AUDIT_BROKEN = Message("doctor-audit-broken", "操作日志被改动：{broken}", "The audit was tampered with: {broken}")
AUDIT_BEHIND = Message(
    "doctor-audit-behind", "企业 {tenants} 的操作日志超过一小时未封印：后台进程在运行吗？",
    "The audit of tenants {tenants} has waited over an hour for its seal: is a worker running?",
)  # fmt: skip
OUTBOX_FLOWS = Message("doctor-outbox-flows", "后台任务没有积压", "Background work is not behind")
OUTBOX_LATE = Message(
    "doctor-outbox-late", "{due} 个后台任务已到期，最早的晚了 {seconds} 秒：后台进程在运行吗？",
    "{due} events are due, the oldest {seconds} seconds ago: is a worker running?",
)  # fmt: skip
OUTBOX_PARKED = Message(
    "doctor-outbox-parked", "{parked} 个后台任务多次失败后被搁置，请查看并重试：{kinds}",
    "{parked} reactions are parked after failing again and again; look at them and replay them: {kinds}",
)  # fmt: skip

_LATE = timedelta(minutes=5)
# What the application's sessions should have. `None`: anything but off or zero.
_WANTED: dict[str, str | None] = {
    "fsync": "on",
    "full_page_writes": "on",
    "jit": "off",
    "TimeZone": "UTC",
    "statement_timeout": None,
    "lock_timeout": None,
    "idle_in_transaction_session_timeout": None,
}


async def examine(settings: Settings, urls: Urls, database: Database) -> AsyncIterator[Finding]:
    """Every check, one after the other. When the schema is not the newest, what stands on it is left out."""
    yield _configuration(settings)
    yield await _database(urls)
    schema = await _schema(urls)
    yield schema
    if schema.state != "ok":
        return
    for finding in await examine_walls(urls):
        yield finding
    tenants = list(await tenant_ids(database))
    yield await _books(database, tenants)
    for finding in await _audit(database, tenants):
        yield finding
    for finding in await _outbox(urls, database):
        yield finding


def _configuration(settings: Settings) -> Finding:
    told = {"workers": settings.workers, "host": settings.host, "port": settings.port, "log": settings.log_level}
    if settings.database_url is None:
        return Finding("configuration", "ok", EMBEDDED, {"data": str(settings.data), **told})
    parts = urlsplit(settings.database_url)
    address = parts.netloc.rpartition("@")[2] + parts.path  # no login, no password
    return Finding("configuration", "ok", EXTERNAL, {"address": address, **told})


async def _database(urls: Urls) -> Finding:
    connection: Any = await asyncpg.connect(urls.app)
    try:
        version = await connection.fetchval("show server_version")
        names = list(_WANTED)
        values = await connection.fetch("select current_setting(n) from unnest($1::text[]) n", names)
    finally:
        await connection.close()
    found = {name: value for name, (value,) in zip(names, values, strict=True)}
    wrong = [f"{name} = {value}" for name, value in found.items() if not _is_wanted(value, _WANTED[name])]
    if wrong:
        return Finding("database", "warning", DATABASE_SETTINGS, {"version": version, "settings": listed(wrong)})
    return Finding("database", "ok", DATABASE_FINE, {"version": version})


def _is_wanted(value: str, wanted: str | None) -> bool:
    return value not in ("0", "off") if wanted is None else value == wanted


async def _schema(urls: Urls) -> Finding:
    found, wanted = await revisions(urls.owner)
    if found != wanted:
        return Finding("schema", "failed", SCHEMA_OLD, {"found": found or "-", "wanted": wanted})
    return Finding("schema", "ok", SCHEMA_NEWEST, {"found": found})


async def _books(database: Database, tenants: list[int]) -> Finding:
    broken: list[str] = []
    for tenant_id in tenants:
        async with database.transaction(tenant_id) as tx:
            broken += [f"tenant {tenant_id}: {what}" for what in await broken_invariants(tx, tenant_id)]
    if broken:
        return Finding("books", "failed", BOOKS_FALSE, {"broken": listed(broken), "count": len(broken)})
    return Finding("books", "ok", BOOKS_TRUE, {"tenants": len(tenants)})


async def _audit(database: Database, tenants: list[int]) -> list[Finding]:
    """The heads are told, so that they can be kept somewhere else: they prove everything up to them."""
    broken: list[str] = []
    behind: list[str] = []
    heads: dict[str, str] = {}
    seals = 0
    for tenant_id in tenants:
        async with database.transaction(tenant_id) as tx:
            broken += [f"tenant {tenant_id}: {what}" for what in await audit_seal.verify(tx)]
            head = await audit_seal.head(tx)
            if await audit_seal.is_behind(tx):
                behind.append(str(tenant_id))
        if head is not None:
            seals += head.number
            heads[str(tenant_id)] = f"{head.number}:{head.hash.hex()}"
    if broken:
        told = {"broken": listed(broken), "count": len(broken), "heads": heads}
        found = [Finding("audit", "failed", AUDIT_BROKEN, told)]
    else:
        found = [Finding("audit", "ok", AUDIT_WHOLE, {"seals": seals, "heads": heads})]
    if behind:
        found.append(Finding("audit-behind", "warning", AUDIT_BEHIND, {"tenants": listed(behind)}))
    return found


async def _outbox(urls: Urls, database: Database) -> list[Finding]:
    looking, now = watch(urls, database), database.clock()
    try:
        lags = await looking.lag(now)
    finally:
        await looking.close()
    late = [lag for lag in lags if lag.oldest_due_at and now - lag.oldest_due_at > _LATE]
    parked = [lag for lag in lags if lag.parked]
    found: list[Finding] = []
    if late:
        oldest = max(now - lag.oldest_due_at for lag in late if lag.oldest_due_at)
        told = {"due": sum(lag.due for lag in late), "seconds": int(oldest.total_seconds())}
        found.append(Finding("outbox", "warning", OUTBOX_LATE, told))
    if parked:
        total = sum(lag.parked for lag in parked)
        found.append(Finding("outbox-parked", "warning", OUTBOX_PARKED, {"parked": total, "kinds": _kinds(parked)}))
    return found or [Finding("outbox", "ok", OUTBOX_FLOWS, {"due": sum(lag.due for lag in lags)})]


def _kinds(lags: list[Lag]) -> str:
    return listed([f"{lag.kind} ({lag.parked})" for lag in lags])
