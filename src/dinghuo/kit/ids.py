"""Identifiers: UUIDv7, made here and never by the database, so that they sort by time and can be known early."""

from datetime import datetime
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A UUIDv7 of now. Increasing within this process."""
    return UUID(int=uuid_utils.uuid7().int)


def new_id_at(at: datetime) -> UUID:
    """A UUIDv7 of a given moment: documents sort by when they happened, imported history included."""
    seconds = int(at.timestamp())
    return UUID(int=uuid_utils.uuid7(timestamp=seconds, nanos=at.microsecond * 1000).int)
