"""What an installation is told by its environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import platformdirs

from dinghuo.kit.errors import MALFORMED, Fault, Message, Refused

_SHORTEST_KEY = 16
LEVELS = ("debug", "info", "warning", "error", "critical")

NOT_A_NUMBER = Message(
    "setting-not-a-number",
    "环境变量 {name} 应为 {low} 到 {high} 的整数，不能是“{value}”",
    "The environment variable {name} must be a whole number from {low} to {high}, not '{value}'",
    MALFORMED,
)
# The value is not repeated: it may hold a password.
NOT_A_DATABASE = Message(
    "setting-not-a-database",
    "环境变量 {name} 应写成 postgresql://用户:密码@主机:端口/数据库",
    "The environment variable {name} must have the form postgresql://user:password@host:port/database",
    MALFORMED,
)
NOT_A_LEVEL = Message(
    "setting-not-a-level",
    "环境变量 {name} 应为 {known} 之一，不能是“{value}”",
    "The environment variable {name} must be one of {known}, not '{value}'",
    MALFORMED,
)
NOT_A_DIRECTORY = Message(
    "setting-not-a-directory",
    "环境变量 {name} 应为目录，而“{value}”是文件",
    "The environment variable {name} must be a directory, but '{value}' is a file",
    MALFORMED,
)
NOT_AN_ADDRESS = Message(
    "setting-not-an-address",
    "环境变量 {name} 应写成 https://主机 或 http://主机:端口，不能是“{value}”",
    "The environment variable {name} must have the form https://host or http://host:port, not '{value}'",
    MALFORMED,
)
KEY_TOO_SHORT = Message(
    "setting-key-too-short",
    "环境变量 {name} 中的每个密钥至少 {least} 个字符",
    "Each key in the environment variable {name} needs at least {least} characters",
    MALFORMED,
)
APP_WITHOUT_DATABASE = Message(
    "setting-app-without-database",
    "设置了 DATABASE_APP_URL，就必须同时设置 DATABASE_URL",
    "DATABASE_APP_URL is set, so DATABASE_URL must be set too",
    MALFORMED,
)


class Web(msgspec.Struct, frozen=True, kw_only=True):
    """How the web processes are reached, and whom they call.

    `origins` are further sites whose pages may call with a session's cookie; `url` is what links that leave the house
    begin with. `proxies` are believed about who calls through them: addresses and networks with commas between.
    """

    origins: tuple[str, ...] = ()
    url: str | None = None
    proxies: str = "127.0.0.1"
    wechat_url: str = "https://api.weixin.qq.com"
    wecom_url: str = "https://qyapi.weixin.qq.com"


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation. Without `database_url` it keeps its own PostgreSQL under `data`."""

    data: Path
    database_url: str | None = field(default=None, repr=False)
    database_app_url: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    # Before the secret, to encrypt with: the first seals, all open.
    keys: tuple[str, ...] = field(default=(), repr=False)
    web: Web = field(default_factory=Web)
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    log_level: str = "info"


def settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Read the environment; an empty variable counts as unset. Raises `Refused` with every bad one."""
    faults: list[Fault] = []
    given = {name: value.strip() for name, value in env.items() if value.strip()}

    def number(name: str, default: int, low: int, high: int) -> int:
        value = given.get(name, str(default))
        if value.isascii() and value.isdigit() and low <= int(value) <= high:
            return int(value)
        faults.append(NOT_A_NUMBER(name, name=name, low=low, high=high, value=value))
        return default

    def database(name: str, *, with_user: bool = False) -> str | None:
        value = given.get(name)
        if value is not None and not _is_database_url(value, with_user=with_user):
            faults.append(NOT_A_DATABASE(name, name=name))
        return value and re.sub("^postgres:", "postgresql:", value)

    read = Settings(
        data=_data(given, faults),
        database_url=database("DATABASE_URL"),
        database_app_url=database("DATABASE_APP_URL", with_user=True),
        secret=given.get("DINGHUO_SECRET"),
        keys=_keys(given, faults),
        web=_web(given, faults),
        host=given.get("HOST", "127.0.0.1"),
        port=number("PORT", 8000, 0, 65535),
        workers=number("WORKERS", _cores(), 1, 1024),
        log_level=_level(given, faults),
    )
    if read.database_app_url and not read.database_url:
        faults.append(APP_WITHOUT_DATABASE("DATABASE_APP_URL"))
    if faults:
        raise Refused(faults)
    return read


def _data(given: Mapping[str, str], faults: list[Fault]) -> Path:
    chosen = given.get("DINGHUO_DATA") or platformdirs.user_data_dir("dinghuo")
    path = Path(os.path.abspath(os.path.expanduser(chosen)))  # noqa: PTH100, PTH111 - never fails, links kept
    if path.exists() and not path.is_dir():
        faults.append(NOT_A_DIRECTORY("DINGHUO_DATA", name="DINGHUO_DATA", value=path))
    return path


def _listed(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part for part in (part.strip() for part in given.get(name, "").split(",")) if part)


def _keys(given: Mapping[str, str], faults: list[Fault]) -> tuple[str, ...]:
    keys = _listed(given, "DINGHUO_KEYS")
    if any(len(key) < _SHORTEST_KEY for key in keys):
        faults.append(KEY_TOO_SHORT("DINGHUO_KEYS", name="DINGHUO_KEYS", least=_SHORTEST_KEY))
    return keys


def _web(given: Mapping[str, str], faults: list[Fault]) -> Web:
    def address(name: str, value: str, *, path: bool) -> str:
        clean = value.rstrip("/")
        if not _is_address(clean, path=path):
            faults.append(NOT_AN_ADDRESS(name, name=name, value=value))
        return clean

    base = Web()
    return Web(
        origins=tuple(address("DINGHUO_ORIGINS", one, path=False) for one in _listed(given, "DINGHUO_ORIGINS")),
        url=address("DINGHUO_URL", given["DINGHUO_URL"], path=True) if "DINGHUO_URL" in given else None,
        proxies=given.get("FORWARDED_ALLOW_IPS", base.proxies),
        wechat_url=address("DINGHUO_WECHAT_URL", given.get("DINGHUO_WECHAT_URL", base.wechat_url), path=True),
        wecom_url=address("DINGHUO_WECOM_URL", given.get("DINGHUO_WECOM_URL", base.wecom_url), path=True),
    )


def _is_address(value: str, *, path: bool) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or (parts.path and not path))
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and plain


def _level(given: Mapping[str, str], faults: list[Fault]) -> str:
    level = given.get("DINGHUO_LOG", "info").lower()
    if level not in LEVELS:
        known = ", ".join(LEVELS)
        faults.append(NOT_A_LEVEL("DINGHUO_LOG", name="DINGHUO_LOG", known=known, value=level))
    return level


def _is_database_url(value: str, *, with_user: bool) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return (
        parts.scheme in {"postgresql", "postgres"} and len(parts.path) > 1 and bool(parts.username or not with_user)
    )


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # what this process may use, not what the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
