"""From settings to a database that is there, with its roles."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog

from dinghuo.kit.config import Settings
from dinghuo.kit.embedded import EmbeddedError, EmbeddedServer, revive, server
from dinghuo.kit.roles import Urls, database_of, password_of, prepare

EMBEDDED_DATABASE = "dinghuo"
_LOOK_SECONDS = 1.0

log = structlog.get_logger()


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Urls]:
    """The installation's database, ready to sign in to. An embedded server is held until the end, and started again
    when it dies meanwhile."""
    if settings.database_url:
        given = settings.secret or password_of(settings.database_url)
        urls = await prepare(
            settings.database_url,
            database=database_of(settings.database_url),
            secret=given,
            app_url=settings.database_app_url,
        )
        yield replace(urls, keys=(*settings.keys, *([given] if given else [])))
        return
    async with _held(server(settings.data)) as embedded:
        secret = settings.secret
        if secret is None:
            secret = await asyncio.to_thread(installation_secret, settings.data)
        urls = await prepare(embedded.admin_url(), database=EMBEDDED_DATABASE, secret=secret)
        async with _kept_alive(settings.data):
            yield replace(urls, keys=(*settings.keys, secret))


@asynccontextmanager
async def _kept_alive(data: Path) -> AsyncIterator[None]:
    """Look after the embedded server; clients find their way back to it as to any that was away."""
    done = asyncio.Event()

    async def watch() -> None:
        while not done.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), _LOOK_SECONDS)
                return
            try:
                if await asyncio.to_thread(revive, data):
                    log.error("database died and was started again", data=str(data))
            except (EmbeddedError, OSError) as error:
                log.error("database died and does not start", data=str(data), reason=str(error))

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        # Never cancelled: a server that is being started must not outlive its holder.
        done.set()
        await watching


def installation_secret(data: Path) -> str:
    """The secret of an installation that keeps its own data; made once, by whichever process is first."""
    path = data / "secret"
    if not path.exists():
        # Linked when complete: another process sees all of it or nothing.
        with NamedTemporaryFile(mode="w", dir=data, prefix=".secret-") as fresh:
            fresh.write(secrets.token_urlsafe(32))
            fresh.flush()
            os.fsync(fresh.fileno())
            with suppress(FileExistsError):
                os.link(fresh.name, path)
    return path.read_text()


@asynccontextmanager
async def _held(holding: AbstractContextManager[EmbeddedServer]) -> AsyncIterator[EmbeddedServer]:
    """Start and stop off the event loop; whoever is cancelled meanwhile still lets go of the server."""
    entering = asyncio.ensure_future(asyncio.to_thread(holding.__enter__))
    try:
        embedded = await asyncio.shield(entering)
    except asyncio.CancelledError:
        await asyncio.wait([entering])
        if entering.exception() is None:
            await asyncio.to_thread(holding.__exit__, None, None, None)
        raise
    try:
        yield embedded
    finally:
        await asyncio.shield(asyncio.to_thread(holding.__exit__, None, None, None))
