"""The audit's hash chain, built behind the commit: changing, removing or slipping in an entry shows.

A seal covers some entries in the order of their ids. Each entry has a digest of all its columns; the seal's hash
covers these and the hash of the seal before. Whoever keeps one hash (`head`) outside the database can prove every
entry up to it.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.outbox import Delivery, Event
from dinghuo.kit.periodic import TENANT, schedule
from dinghuo.kit.tables import moment, tenant_table

audit_seal = tenant_table(
    "audit_seal",
    Column("number", BigInteger, nullable=False),
    Column("previous_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    moment("first_at"),
    moment("last_at"),
    Column("entries", Integer, nullable=False),
    # The ids of the entries and their digests, 32 bytes each, so that a broken entry can be named.
    Column("ids", ARRAY(Uuid), nullable=False),
    Column("digests", LargeBinary, nullable=False),
    moment("sealed_at"),
    CheckConstraint("number > 0 and entries > 0", name="seals_something"),
    key=("number",),
)

MOST_ENTRIES = 1000
_SEALS_A_RUN = 10
EVERY = timedelta(minutes=1)
_SEALS_READ = 20
_NOTHING_BEFORE = bytes(32)


class SealDue(Event, frozen=True, kw_only=True, tag="audit.seal_due"):
    """It is time to seal what was recorded since."""


class Seal(msgspec.Struct, frozen=True):
    """The end of the chain; `entries` counts those of this seal alone."""

    number: int
    hash: bytes
    entries: int


class Broken(msgspec.Struct, frozen=True):
    """What does not fit the chain. `entry_id` names the first entry of the seal that shows it, where one does."""

    seal: int
    what: str
    entry_id: UUID | None = None

    def __str__(self) -> str:
        return f"audit seal {self.seal}: {self.what}" + (f" ({self.entry_id})" if self.entry_id else "")


async def seal(tx: Tx, *, most: int = MOST_ENTRIES) -> Seal | None:
    """Seal the oldest entries that are not sealed yet; None when there are none."""
    entries = await tx.fetch(_UNSEALED, most)
    if not entries:
        return None
    before = await head(tx)
    number, previous_hash = (before.number + 1, before.hash) if before else (1, _NOTHING_BEFORE)
    ids = [entry["id"] for entry in entries]
    digests = b"".join(_digest(tx.tenant_id, entry) for entry in entries)
    sealed = _hash(previous_hash, tx.tenant_id, number, ids, digests, tx.now)
    first_at, last_at = min(entry["at"] for entry in entries), max(entry["at"] for entry in entries)
    written = await tx.write(_WRITE, number, previous_hash, sealed, first_at, last_at, len(ids), ids, digests, tx.now)
    if not written:
        raise RetryTransaction("another sealer was quicker")
    marked = await tx.write(_MARK, ids, number)
    if marked != len(ids):
        raise AssertionError(f"{len(ids)} audit entries were locked and {marked} could be sealed")
    return Seal(number, sealed, len(ids))


async def seal_when_due(tx: Tx, _deliveries: Sequence[Delivery]) -> None:
    """The worker's part: seal what there is, up to a bound, and come back later, or at once when there is more."""
    last: Seal | None = None
    for _ in range(_SEALS_A_RUN):
        last = await seal(tx)
        if last is None or last.entries < MOST_ENTRIES:
            break
    await schedule(tx, SealDue(subject_id=TENANT), EVERY)


async def head(tx: Tx) -> Seal | None:
    """The newest seal: what an outsider keeps to prove the chain later."""
    rows = await tx.fetch(_HEAD)
    return Seal(rows[0]["number"], rows[0]["hash"], rows[0]["entries"]) if rows else None


async def is_behind(tx: Tx, *, by: timedelta = timedelta(hours=1)) -> bool:
    """Whether an entry has waited longer than this for its seal: then nobody seals."""
    rows = await tx.fetch(_OLDEST_UNSEALED)
    return bool(rows) and tx.now - rows[0]["at"] > by


async def verify(tx: Tx) -> list[Broken]:
    """Walk the whole chain; everything that does not fit, seal by seal."""
    broken: list[Broken] = []
    number, previous_hash = 0, _NOTHING_BEFORE
    while True:
        seals = await tx.fetch(_SEALS, number, _SEALS_READ)
        if not seals:
            break
        entries = await tx.fetch(_SEALED, number, seals[-1]["number"])
        for row in seals:
            if row["number"] != number + 1:
                broken.append(Broken(number + 1, "the seal is missing"))
            elif row["previous_hash"] != previous_hash:
                broken.append(Broken(row["number"], "the seal does not continue the one before"))
            number, previous_hash = row["number"], row["hash"]
            broken += _check(tx.tenant_id, row, [entry for entry in entries if entry["seal"] == number])
    beyond = await tx.fetch(_BEYOND, number)
    broken += [Broken(row["seal"], "the seal is missing", row["id"]) for row in beyond]
    return broken


def _check(tenant_id: int, row: Any, entries: Sequence[Any]) -> list[Broken]:
    """What is wrong with one seal or, first of all, with an entry under it."""
    number, ids, digests = row["number"], row["ids"], row["digests"]
    whole = _hash(row["previous_hash"], tenant_id, number, ids, digests, row["sealed_at"])
    if whole != row["hash"] or len(digests) != 32 * len(ids) or row["entries"] != len(ids):
        return [Broken(number, "the seal itself was changed")]
    found = {entry["id"]: _digest(tenant_id, entry) for entry in entries}
    for position, entry_id in enumerate(ids):
        digest = found.pop(entry_id, None)
        if digest is None:
            return [Broken(number, "an entry is missing", entry_id)]
        if digest != digests[32 * position : 32 * position + 32]:
            return [Broken(number, "an entry was changed", entry_id)]
    return [Broken(number, "an entry was slipped in", entry_id) for entry_id in sorted(found)[:1]]


def _digest(tenant_id: int, entry: Any) -> bytes:
    """SHA-256 over every column of an entry, `changes` as the text it is stored as."""
    values = [tenant_id, *(_plain(entry[name]) for name in _SEALED_COLUMNS)]
    return hashlib.sha256(msgspec.json.encode(values)).digest()


def _hash(
    previous: bytes, tenant_id: int, number: int, ids: Sequence[UUID], digests: bytes, sealed_at: datetime
) -> bytes:
    head = [previous.hex(), tenant_id, number, _plain(sealed_at), [str(entry_id) for entry_id in ids]]
    return hashlib.sha256(msgspec.json.encode(head) + digests).digest()


def _plain(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return None if value is None else str(value)


_SEALED_COLUMNS = (
    "id", "at", "subject_kind", "subject_id", "action", "actor_kind", "actor_id", "actor_name", "channel", "changes",
)  # fmt: skip
_COLUMNS = "id, at, subject_kind, subject_id, action, actor_kind, actor_id, actor_name, channel, changes::text"

_UNSEALED = f"""
select {_COLUMNS} from audit_entry
where tenant_id = $1 and seal is null
order by id limit $2
for no key update skip locked
"""  # noqa: S608 - a constant of this file

_WRITE = """
insert into audit_seal
  (tenant_id, number, previous_hash, hash, first_at, last_at, entries, ids, digests, sealed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict do nothing
"""

_MARK = """
update audit_entry set seal = $3 where tenant_id = $1 and id = any($2::uuid[]) and seal is null
"""

_HEAD = """
select number, hash, entries from audit_seal where tenant_id = $1 order by number desc limit 1
"""

_OLDEST_UNSEALED = """
select at from audit_entry where tenant_id = $1 and seal is null order by id limit 1
"""

_SEALS = """
select number, previous_hash, hash, entries, ids, digests, sealed_at from audit_seal
where tenant_id = $1 and number > $2 order by number limit $3
"""

_SEALED = f"""
select seal, {_COLUMNS} from audit_entry
where tenant_id = $1 and seal > $2 and seal <= $3
"""  # noqa: S608 - a constant of this file

# A seal made while the chain is walked is not missing.
_BEYOND = """
select e.seal, min(e.id::text)::uuid as id from audit_entry e
where e.tenant_id = $1 and e.seal > $2
  and not exists (select from audit_seal s where s.tenant_id = $1 and s.number = e.seal)
group by e.seal order by e.seal limit 10
"""
