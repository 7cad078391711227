"""The pieces: places, bursts, slow clients."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from dinghuo.entry.live import room
from dinghuo.entry.live.messages import Message, Viewer, collapsed
from dinghuo.entry.live.place import Place, earlier, first_id, had_since, mark_of, read_place
from dinghuo.entry.live.room import Stream
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.tokens import new_token
from dinghuo.kit.ids import new_id
from dinghuo.kit.wake import Ring, heard

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_a_place_is_read_as_it_was_written() -> None:
    ids = [new_id() for _ in range(3)]
    place = Place(ids[0], {"pricing": 17, "catalogue": 4, "parties": 0}, 0xABC, frozenset(map(mark_of, ids)))
    assert read_place(place.text()) == place
    bare = Place(ids[0], {"pricing": 0, "catalogue": 0, "parties": 0}, 1)
    assert read_place(bare.text()) == bare


@pytest.mark.parametrize("text", ["", "x", "0" * 32, f"{'0' * 32}-1-2-3", f"{'g' * 32}-1-2-3-00000000"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert read_place(text) is None


def test_only_the_last_half_minute_is_remembered_as_told() -> None:
    newest = first_id(NOW)
    old, fresh = first_id(NOW - timedelta(seconds=31)), first_id(NOW - timedelta(seconds=29))
    assert had_since([old, fresh], newest) == frozenset([mark_of(fresh)])
    assert earlier(newest, timedelta(seconds=1)) == first_id(NOW - timedelta(seconds=1))
    assert earlier(UUID(int=0), timedelta(seconds=1)) == UUID(int=0)


def test_of_one_thing_the_last_counts_and_of_many_only_that_there_are_many() -> None:
    one = new_id()
    twice = [Message(kind="order.changed", id=one, revision=revision) for revision in (1, 2)]
    assert collapsed(twice) == [twice[1]]
    many = [Message(kind="order.placed", id=new_id()) for _ in range(21)]
    assert collapsed([*many, twice[0]]) == [Message(kind="order.placed", id=None), twice[0]]


def _stream() -> Stream:
    staff = StaffPrincipal(id=new_id(), tenant_id=1, name="x")
    return Stream(Viewer(staff, (), 0), new_token(1, new_id()), "session")


async def test_a_client_that_takes_nothing_is_let_go() -> None:
    patient, slow = _stream(), _stream()
    for stream, chunks in ((patient, 256), (slow, 257)):
        for _ in range(chunks):
            stream.push(b"x")
    assert (patient.has_ended, slow.has_ended) == (False, True)
    assert [chunk async for chunk in slow.chunks()] == [b""]


async def test_what_waits_is_heard_before_the_end() -> None:
    stream = _stream()
    stream.push(b"a")
    chunks = stream.chunks()
    assert [await anext(chunks), await anext(chunks)] == [b"", b"a"]
    stream.end()
    stream.push(b"b")
    with pytest.raises(StopAsyncIteration):
        await anext(chunks)


def test_a_ring_of_a_newer_version_is_no_ring() -> None:
    assert heard('[5,["a"],["pricing"]]') == Ring(5, ["a"], ["pricing"])
    assert heard("[5,null]") == Ring(5, None, [])
    assert heard("") is None and heard('{"tenant": 5}') is None


async def test_a_client_that_went_before_the_answer_began_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, there = _stream(), _stream()
    await anext(there.chunks())
    assert not gone.is_lost
    monkeypatch.setattr(room, "_TAKEN_WITHIN", 0.0)
    assert (gone.is_lost, there.is_lost) == (True, False)
    there.end()
    assert there.is_lost
