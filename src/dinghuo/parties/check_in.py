"""Check in at a customer's: when, where, and what there was to see."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from sqlalchemy import select

from dinghuo.identity.principals import StaffPrincipal, person_of
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE, among, put
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Fault, Message, Refused
from dinghuo.kit.files import stored_file
from dinghuo.kit.ids import new_id_at
from dinghuo.kit.money import fits
from dinghuo.kit.texts import storable, text_faults
from dinghuo.parties.events import Visited
from dinghuo.parties.queries import find_customer_id
from dinghuo.parties.tables import visit, visit_photo
from dinghuo.parties.visits import VisitView, get_visit

_LONGEST = 2000
_MOST_PHOTOS = 6
_LATEST_ENTRY = timedelta(days=2)
# Clocks of telephones are a little fast at times.
_AHEAD = timedelta(minutes=5)
_FARTHEST = {"latitude": 90, "longitude": 180}

HALF_A_PLACE = Message(
    "visit-half-a-place", "经度和纬度须同时提供", "Latitude and longitude come together", MALFORMED
)
BAD_PLACE = Message(
    "visit-bad-place",
    "应在 -{most} 到 {most} 之间，小数不超过 6 位",
    "This lies between -{most} and {most}, with at most 6 decimals",
    MALFORMED,
)
BAD_ACCURACY = Message(
    "visit-bad-accuracy", "精度应为 0 到 {most} 米", "An accuracy is 0 to {most} metres", MALFORMED
)
BAD_MOMENT = Message(
    "visit-bad-moment",
    "拜访时间应在最近 {days} 天内，且不能在将来",
    "A visit is noted within {days} days, and not before it happened",
    MALFORMED,
)
TOO_MANY_PHOTOS = Message("visit-too-many-photos", "最多 {most} 张照片", "At most {most} photos", MALFORMED)
_LEAST_EXACT = 100_000


class VisitRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A visit to a customer, by its code: now, unless it is noted a little later. `photos` were uploaded before."""

    customer: str
    note: str | None = None
    at: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy_m: int | None = None
    photos: list[str] = []


async def check_in(tx: Tx, *, request: VisitRequest, staff: StaffPrincipal, by: Actor) -> VisitView:
    """Note the visit of the person who asks, at a customer they may see."""
    customer_id = await find_customer_id(tx, request.customer, seen_by=staff)
    known = await _files(tx, request.photos)
    faults = [*_faults(tx, request)]
    if customer_id is None:
        faults.append(UNKNOWN_CODE("customer", code=request.customer))
    for place, sha256 in enumerate(request.photos):
        if sha256 not in known:
            faults.append(UNKNOWN_CODE(f"photos[{place}]", line=place + 1, code=sha256))
    if faults:
        raise Refused(faults)
    at = request.at or tx.now
    visit_id = new_id_at(at)
    row = {
        "id": visit_id,
        "customer_id": customer_id,
        "visitor_id": person_of(staff),
        "visitor_name": staff.name,
        "at": at,
        "note": request.note or None,
        "latitude": request.latitude,
        "longitude": request.longitude,
        "accuracy_m": request.accuracy_m,
        "created_at": tx.now,
    }
    await put(tx, visit, [row])
    photos = dict.fromkeys(request.photos)
    await put(
        tx,
        visit_photo,
        [{"visit_id": visit_id, "position": place, "sha256": sha256} for place, sha256 in enumerate(photos)],
    )
    await outbox.emit(tx, [Visited(subject_id=visit_id)])
    await audit.record(
        tx, [audit.Change("visit", visit_id, "checked_in", by, {"customer": [None, request.customer]})]
    )
    return await get_visit(tx, visit_id=visit_id, seen_by=staff)


def _faults(tx: Tx, request: VisitRequest) -> Iterator[Fault]:
    yield from text_faults("note", request.note, _LONGEST)
    if (request.latitude is None) != (request.longitude is None):
        yield HALF_A_PLACE("latitude" if request.latitude is None else "longitude")
    for name, most in _FARTHEST.items():
        degrees: Decimal | None = getattr(request, name)
        if degrees is not None and not fits(degrees, most=Decimal(most), places=6):
            yield BAD_PLACE(name, most=most)
    if request.accuracy_m is not None and not 0 <= request.accuracy_m <= _LEAST_EXACT:
        yield BAD_ACCURACY("accuracy_m", most=_LEAST_EXACT)
    if request.at is not None and not _is_recent(request.at, tx.now):
        yield BAD_MOMENT("at", days=_LATEST_ENTRY.days)
    if len(request.photos) > _MOST_PHOTOS:
        yield TOO_MANY_PHOTOS("photos", most=_MOST_PHOTOS)


def _is_recent(at: datetime, now: datetime) -> bool:
    return at.tzinfo is not None and now - _LATEST_ENTRY <= at <= now + _AHEAD


async def _files(tx: Tx, hashes: list[str]) -> set[str]:
    f = stored_file.c
    rows = await tx.rows(select(f.sha256).where(f.tenant_id == tx.tenant_id, among(f.sha256, storable(hashes))))
    return {row.sha256 for row in rows}
