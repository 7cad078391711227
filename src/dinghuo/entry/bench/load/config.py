"""What to send, where and for how long."""

import ipaddress
from typing import Self

import msgspec

SPREAD_QUANTITIES = ("3", "12", "1", "2", "120")
HOT_QUANTITIES = ("1",)


class Orders(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Order bodies: a random customer, and one line a quantity.

    The SKUs are cut into as many equal parts as there are quantities and each line draws from its own, so no
    order names a SKU twice. `head`, `line` and `tail` are the JSON around `$customer`, `$sku`, `$quantity`.
    """

    customers: list[str]
    skus: list[str]
    quantities: tuple[str, ...]
    head: str = '{"customer":"$customer","lines":['
    line: str = '{"sku":"$sku","quantity":"$quantity"}'
    tail: str = "]}"

    @classmethod
    def spread(cls, *, customers: list[str], skus: list[str]) -> Self:
        """Five lines over all SKUs, as spread.pgbench draws them."""
        return cls(customers=customers, skus=skus, quantities=SPREAD_QUANTITIES)

    @classmethod
    def hot(cls, *, customers: list[str], sku: str) -> Self:
        """One line of one SKU, as in hot.pgbench."""
        return cls(customers=customers, skus=[sku], quantities=HOT_QUANTITIES)

    def __post_init__(self) -> None:
        if not self.customers or not self.quantities or len(self.skus) < len(self.quantities):
            raise ValueError("orders need a customer, a line and a SKU for each line")


class LoadConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run. Either `seconds` (after `warm_up_seconds` that do not count) or exactly `requests`.

    `rate` spreads that many requests a second over the connections; without it each sends as soon as its
    last answer is in. Latency then counts from when a request was due, so that a stall is not hidden.
    """

    port: int
    path: str
    host: str = "127.0.0.1"
    method: str = "POST"
    headers: dict[str, str] = {}
    orders: Orders | None = None
    connections: int = 64
    seconds: float | None = None
    requests: int | None = None
    warm_up_seconds: float = 0.0
    rate: float | None = None
    seed: int | None = None
    journal: str | None = None
    # The top-level field of an answer that the journal keeps beside the key.
    journal_field: str = "id"

    def __post_init__(self) -> None:
        if not ipaddress.ip_address(self.host).is_loopback:
            raise ValueError("the generator only calls this machine: host must be a loopback address")
        if (self.seconds is None) == (self.requests is None):
            raise ValueError("give either seconds or requests")
        if self.requests is not None and self.warm_up_seconds:
            raise ValueError("warm_up_seconds goes with seconds, not with requests")
        if self.connections < 1 or (self.rate is not None and self.rate <= 0):
            raise ValueError("connections and rate must be positive")
        if any("\r" in text or "\n" in text for pair in self.headers.items() for text in pair):
            raise ValueError("a header cannot contain a line break")
