"""What the parent tells a process of `dinghuo serve`."""

from typing import Literal

import msgspec

from dinghuo.kit.config import Web
from dinghuo.kit.roles import Urls


class Job(msgspec.Struct, frozen=True):
    """What one process does, and where. `socket` is the number of a bound socket it was given."""

    kind: Literal["web", "worker"]
    urls: Urls
    log_level: str
    socket: int = -1
    connections: int = 10
    web: Web = Web()
