"""Who does something, as documents and the audit remember it."""

from typing import Literal
from uuid import UUID

import msgspec

Channel = Literal["portal", "console", "api", "import", "worker", "cli"]


class Actor(msgspec.Struct, frozen=True):
    """`kind` is staff, dealer, key or system; `id` is the user's or key's; `name` as people know it."""

    kind: Literal["staff", "dealer", "key", "system"]
    name: str
    channel: Channel
    id: UUID | None = None


SYSTEM = Actor("system", "system", "worker")
