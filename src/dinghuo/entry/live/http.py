"""Live: a stream of events, and its twin for clients that have no EventSource."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get
from litestar.params import HeaderParameter
from litestar.response import Stream as Streamed

from dinghuo.entry.live.hub import Hub
from dinghuo.entry.live.messages import Message
from dinghuo.entry.live.room import Stream
from dinghuo.identity.http.access import BY_ITSELF, presented
from dinghuo.identity.permissions import SIGNED_IN
from dinghuo.identity.principals import DealerPrincipal, Principal, StaffPrincipal
from dinghuo.kit.http import needs

_LOOKING: dict[str, Any] = {**needs(SIGNED_IN), BY_ITSELF: True}
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
LastEventId = Annotated[str | None, HeaderParameter(name="Last-Event-ID")]
AnyRequest = Request[Any, Any, Any]


class Changes(msgspec.Struct, frozen=True):
    """What to fetch again. `cursor` goes back as `since`; it is the `id` of the stream too."""

    items: list[Message]
    cursor: str


async def _stream(request: AnyRequest, hub: Hub, principal: Principal, since: str | None) -> Streamed:
    kind, token, _ = presented(request)
    stream = await hub.open(principal, token, kind, since)
    return Streamed(_told(hub, stream), media_type="text/event-stream", headers=_HEADERS)


async def _told(hub: Hub, stream: Stream) -> AsyncIterator[bytes]:
    try:
        async for chunk in stream.chunks():
            yield chunk
    finally:
        hub.leave(stream)


async def _changes(hub: Hub, principal: Principal, since: str | None) -> Changes:
    followed = await hub.changes(principal, since)
    return Changes(followed.messages, followed.place.text())


# Not in the contract as OpenAPI has no words for a stream; its messages are those of `changes`.
@get("/events", opt=_LOOKING, media_type="text/event-stream", include_in_schema=False)
async def staff_events(
    request: AnyRequest, hub: Hub, staff: StaffPrincipal, since: str | None = None, last_event_id: LastEventId = None
) -> Streamed:
    """Server-sent events: what to fetch again, of what the caller may see, until the session ends."""
    return await _stream(request, hub, staff, last_event_id or since)


@get("/events", opt=_LOOKING, media_type="text/event-stream", include_in_schema=False)
async def dealer_events(
    request: AnyRequest,
    hub: Hub,
    dealer: DealerPrincipal,
    since: str | None = None,
    last_event_id: LastEventId = None,
) -> Streamed:
    """Server-sent events: what to fetch again, of all the caller's companies, until the session ends."""
    return await _stream(request, hub, dealer, last_event_id or since)


@get("/changes", opt=_LOOKING)
async def staff_changes(hub: Hub, staff: StaffPrincipal, since: str | None = None) -> Changes:
    """What to fetch again since the cursor, for clients that cannot hold a stream. Without `since`: where one is."""
    return await _changes(hub, staff, since)


@get("/changes", opt=_LOOKING)
async def dealer_changes(hub: Hub, dealer: DealerPrincipal, since: str | None = None) -> Changes:
    """What to fetch again since the cursor, of all the caller's companies. Without `since`: where one is."""
    return await _changes(hub, dealer, since)


router = Router("/", route_handlers=[staff_events, staff_changes], tags=["live"])
portal = Router("/", route_handlers=[dealer_events, dealer_changes], tags=["live"])
