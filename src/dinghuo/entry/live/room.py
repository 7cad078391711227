"""What a process knows of one tenant's news while somebody looks, and those who look."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from dinghuo.entry.live.messages import HELLO, REFRESH, Message, Viewer, collapsed
from dinghuo.entry.live.place import OVERLAP, Place, earlier, first_id
from dinghuo.entry.live.reading import Followed, changed_versions, follow
from dinghuo.flow.live import EVERYONE, Item, merged_stock
from dinghuo.flow.stock_news import Word
from dinghuo.identity.principals import Credential, DealerPrincipal
from dinghuo.identity.tokens import Token

# A client that lets so many chunks wait is too slow: it is let go, and resumes when it can.
_MOST_WAITING = 256
_TAKEN_WITHIN = 60.0
# What is remembered for those who ask now and then, or come back.
_REMEMBERED = timedelta(seconds=120)
_MOST_REMEMBERED = 2_000
# Stock changes all the time: it is told no oftener.
STOCK_EVERY = 1.0

_encode = msgspec.json.Encoder().encode


class Stream:
    """One client. Its chunks wait in a queue until the network takes them."""

    def __init__(self, viewer: Viewer, token: Token, credential: Credential) -> None:
        self.viewer = viewer
        self.token = token
        self.credential: Credential = credential
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue(_MOST_WAITING)
        self._first = b""
        self._opened = time.monotonic()
        self._is_taken = False
        self.has_ended = False

    def push(self, chunk: bytes) -> None:
        if self.has_ended:
            return
        if self._waiting.full():
            self.end()
        else:
            self._waiting.put_nowait(chunk)

    def greet(self, place: Place, missed: Iterable[Message]) -> None:
        """What it hears before anything else: where it is, and what it has missed."""
        at = place.text()
        self._first = b"retry: 2000\n" + b"".join(_chunk(at, message) for message in (HELLO, *missed))

    def say(self, place: str, messages: Iterable[Message]) -> None:
        """`place` is where the client is once it has heard all of this."""
        chunk = b"".join(_chunk(place, message) for message in messages)
        if chunk:
            self.push(chunk)

    def end(self) -> None:
        """What waits is dropped: the client knows where it was."""
        self.has_ended = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    @property
    def is_lost(self) -> bool:
        """Nobody will ever take it: it ended, or its client went before the answer began."""
        return self.has_ended or (not self._is_taken and time.monotonic() - self._opened > _TAKEN_WITHIN)

    async def chunks(self) -> AsyncIterator[bytes]:
        self._is_taken = True
        yield self._first
        while (chunk := await self._waiting.get()) is not None:
            yield chunk


class Room:
    """`seen` holds the events of the last half minute that were told, or were nothing to tell."""

    def __init__(self, tenant_id: int, now: datetime) -> None:
        self.tenant_id = tenant_id
        self._opened = first_id(now)
        self.streams: set[Stream] = set()
        self._staff: set[Stream] = set()
        self._by_word: dict[Word, set[Stream]] = {}
        self._tail: deque[Item] = deque()
        self._tail_from: UUID | None = None
        self.seen: set[UUID] = set()
        self.versions: Mapping[str, int] = {}
        self._knows_versions = False
        self.newest = UUID(int=0)
        # What was rung and is to be read.
        self.rung: set[UUID] = set()
        self.must_look = True
        self.must_read_versions = True
        self.looked_at: datetime | None = None
        self.wanted_at = time.monotonic()
        self._stock: list[Item] = []
        self._stock_told = 0.0

    def enter(self, stream: Stream) -> None:
        self.streams.add(stream)
        if isinstance(stream.viewer.principal, DealerPrincipal):
            for company in stream.viewer.companies:
                for word in company.words:
                    self._by_word.setdefault(word, set()).add(stream)
            self._by_word.setdefault(EVERYONE, set()).add(stream)
        else:
            self._staff.add(stream)

    def leave(self, stream: Stream) -> None:
        self.streams.discard(stream)
        self._staff.discard(stream)
        for word in {EVERYONE, *(word for company in stream.viewer.companies for word in company.words)}:
            there = self._by_word.get(word)
            if there is not None:
                there.discard(stream)
                if not there:
                    del self._by_word[word]
        self.wanted_at = time.monotonic()

    def renew(self, stream: Stream, viewer: Viewer) -> None:
        """The same client, who may see something else now."""
        self.leave(stream)
        stream.viewer = viewer
        self.enter(stream)

    def looks_from(self, now: datetime) -> UUID:
        """From which event on a look must see everything."""
        return earlier(first_id(self.looked_at or now), OVERLAP)

    def looked(self, since: UUID, now: datetime) -> None:
        """Everything from there on was seen."""
        self._tail_from = since if self._tail_from is None else self._tail_from
        self.looked_at = now
        self.must_look = False
        oldest = self.looks_from(now)
        self.seen = {id for id in self.seen if id >= oldest}

    def take_in(self, items: Sequence[Item], rung: Collection[UUID], now: datetime) -> None:
        """Remember it, and tell what is new: not what was over when the first client came."""
        self._remember(items, now)
        new = [item for item in items if item.event_id >= self._opened or item.event_id in rung]
        self._stock += [item for item in new if item.stock is not None]
        self.tell([item for item in new if item.stock is None], now)

    def forget(self, now: datetime) -> None:
        """So much happened that everybody starts afresh."""
        self._tail.clear()
        self._tail_from = first_id(now)
        place = Place(first_id(now), self.versions, 0)
        for stream in list(self.streams):
            stream.say(_at(place, stream), [REFRESH])

    def _remember(self, items: Sequence[Item], now: datetime) -> None:
        """For those who come back."""
        self._tail.extend(items)
        self.newest = max([self.newest, *(item.event_id for item in items)])
        oldest = first_id(now - _REMEMBERED)
        while self._tail and (len(self._tail) > _MOST_REMEMBERED or self._tail[0].event_id < oldest):
            gone = self._tail.popleft()
            if self._tail_from is not None:
                self._tail_from = max(self._tail_from, gone.event_id)

    def tell(self, items: Iterable[Item], now: datetime) -> None:
        told: dict[Stream, list[Message]] = {}
        for item in items:
            for stream in self._listeners(item):
                message = stream.viewer.told(item)
                if message is not None:
                    told.setdefault(stream, []).append(message)
        place = Place(max(self.newest, first_id(now)), self.versions, 0)
        for stream, messages in told.items():
            stream.say(_at(place, stream), collapsed(messages))

    def tell_stock(self, now: datetime) -> None:
        """Tell what changed since it was told last, unless that was a moment ago."""
        if self._stock and time.monotonic() - self._stock_told >= STOCK_EVERY:
            waiting, self._stock = self._stock, []
            self._stock_told = time.monotonic()
            self.tell([merged_stock(waiting)], now)

    @property
    def has_stock_waiting(self) -> bool:
        return bool(self._stock)

    def take_versions(self, versions: Mapping[str, int], now: datetime) -> None:
        """Tell of master data that has another version."""
        old, self.versions = self.versions, dict(versions)
        knew, self._knows_versions = self._knows_versions, True
        self.must_read_versions = False
        if knew and old != self.versions:
            place = Place(max(self.newest, first_id(now)), self.versions, 0)
            for stream in list(self.streams):
                stream.say(_at(place, stream), changed_versions(stream.viewer, old, self.versions))

    def since(self, viewer: Viewer, place: Place, versions: Mapping[str, int], now: datetime) -> Followed | None:
        """What this viewer has missed; None when it is not remembered here."""
        self.wanted_at = time.monotonic()
        if self.looked_at is None or self._tail_from is None or place.looks_from < self._tail_from:
            return None
        begin = place.looks_from
        items = [item for item in self._tail if item.event_id >= begin]
        return follow(items, viewer, place, versions=versions, now=now)

    def _listeners(self, item: Item) -> set[Stream]:
        found = set(self._staff) if item.staff is not None else set()
        if item.dealer is not None:
            words = [EVERYONE] if item.stock is not None else item.subject.words or ()
            for word in words:
                found |= self._by_word.get(word, set())
        return found


def _at(place: Place, stream: Stream) -> str:
    return msgspec.structs.replace(place, mark=stream.viewer.mark).text()


def _chunk(place: str, message: Message) -> bytes:
    return b"id: %b\ndata: %b\n\n" % (place.encode(), _encode(message))
