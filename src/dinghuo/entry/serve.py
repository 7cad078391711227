"""`dinghuo serve`: the database, the newest schema, the web processes and the background work, in this order."""

import asyncio
import signal
from collections.abc import Callable

from dinghuo.entry.crew import Crew
from dinghuo.entry.job import Job
from dinghuo.entry.listening import bind, url_of
from dinghuo.entry.migrate import migrate
from dinghuo.kit.config import Settings
from dinghuo.kit.connect import database

_MOST_CONNECTIONS = 10
# Of what the embedded server lets in, some are left to the worker, to numbers and wake-ups, and to people.
_ALL_CONNECTIONS = 60


async def serve(settings: Settings, *, worker: bool, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. `ready` is told the address; an embedded database is stopped last.

    Raises `CannotListen` before anything is started.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    sockets = bind(settings.host, settings.port, settings.workers)
    try:
        async with database(settings) as urls:
            await migrate(urls.owner)
            connections = max(2, min(_MOST_CONNECTIONS, _ALL_CONNECTIONS // settings.workers))
            jobs = [
                Job(
                    "web",
                    urls,
                    settings.log_level,
                    sockets[number % len(sockets)].fileno(),
                    connections,
                    settings.web,
                )
                for number in range(settings.workers)
            ]
            if worker:
                jobs.append(Job("worker", urls, settings.log_level, web=settings.web))
            await Crew(jobs).run(stop, lambda: ready(url_of(sockets[0])))
    finally:
        for bound in sockets:
            bound.close()
