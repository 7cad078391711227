"""A wire between the application and PostgreSQL that can be cut at the worst moment: around a COMMIT."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal
from urllib.parse import urlsplit

from dinghuo.kit.embedded import EmbeddedServer

# Whether the server hears the COMMIT before the wire is cut; its answer is heard by nobody.
Moment = Literal["before", "after"]

_SSL_REQUEST = 80877103


class Wire:
    """Cuts every connection whose transaction spoke of `word` when it commits, `times` times in all."""

    def __init__(self) -> None:
        self.word = b""
        self.times = 0
        self.cuts = 0
        self.moment: Moment = "after"

    def arm(self, word: str, moment: Moment, *, times: int) -> None:
        self.word, self.moment, self.times, self.cuts = word.encode(), moment, times, 0

    async def carry(
        self,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
    ) -> None:
        """Both ways, until either end hangs up or the wire is cut."""
        back = asyncio.create_task(_pour(server, to_client))
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._carry_there(client, to_server, back)
        finally:
            back.cancel()
            to_client.transport.abort()
            to_server.close()

    async def _carry_there(
        self, client: asyncio.StreamReader, to_server: asyncio.StreamWriter, back: "asyncio.Task[None]"
    ) -> None:
        await _greet(client, to_server)
        heard = False
        while True:
            kind = await client.readexactly(1)
            size = await client.readexactly(4)
            body = await client.readexactly(struct.unpack("!I", size)[0] - 4)
            heard = heard or (bool(self.word) and self.word in body)
            ends = kind == b"Q" and body.upper().startswith((b"COMMIT", b"ROLLBACK"))
            if heard and ends and body.upper().startswith(b"COMMIT") and self.cuts < self.times:
                self.cuts += 1
                if self.moment == "after":
                    back.cancel()
                    to_server.write(kind + size + body)
                    await to_server.drain()
                return
            heard = heard and not ends
            to_server.write(kind + size + body)
            await to_server.drain()


async def _greet(client: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
    """The messages without a type that a connection begins with."""
    code = _SSL_REQUEST
    while code == _SSL_REQUEST:
        size = await client.readexactly(4)
        body = await client.readexactly(struct.unpack("!I", size)[0] - 4)
        code = struct.unpack("!I", body[:4])[0]
        to_server.write(size + body)
    await to_server.drain()


async def _pour(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65536):
            to.write(data)
            await to.drain()
    to.close()


@asynccontextmanager
async def wired(postgres: EmbeddedServer, url: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to this server, and the URL that leads through it."""
    wire = Wire()
    path = str(postgres.socket_directory / f".s.PGSQL.{postgres.port}")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_unix_connection(path)
        await wire.carry(reader, writer, server, to_server)

    listener = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    try:
        yield wire, f"postgresql://{login}@127.0.0.1:{port}{parts.path}"
    finally:
        listener.close()
