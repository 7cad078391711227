"""Request bytes, joined from fragments rendered once: making one costs microseconds."""

import json
import random
from collections.abc import Callable
from string import Template
from uuid import uuid4

from dinghuo.entry.bench.load.config import LoadConfig, Orders

# Makes the next request: its idempotency key and its bytes.
NextRequest = Callable[[], tuple[str, bytes]]


def requests(config: LoadConfig) -> NextRequest:
    """A maker of requests, each with a key of its own that no other run uses."""
    head = _head(config)
    body = _bodies(config.orders, config.seed) if config.orders else lambda: b""
    run, count = uuid4().hex, 0

    def following() -> tuple[str, bytes]:
        nonlocal count
        count += 1
        key, content = f"{run}-{count}", body()
        return key, b"%b%b\r\nContent-Length: %d\r\n\r\n%b" % (head, key.encode(), len(content), content)

    return following


def _head(config: LoadConfig) -> bytes:
    host = f"[{config.host}]" if ":" in config.host else config.host
    headers = {"Host": f"{host}:{config.port}", "Content-Type": "application/json"} | config.headers
    lines = [f"{config.method} {config.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join([*lines, "Idempotency-Key: "])).encode()


def _bodies(orders: Orders, seed: int | None) -> Callable[[], bytes]:
    # Which SKU is ordered is no secret.
    draw = random.Random(seed).random  # noqa: S311
    heads = [_filled(orders.head, customer=customer) for customer in orders.customers]
    parts = [
        [_filled(orders.line, sku=sku, quantity=quantity) for sku in skus]
        for quantity, skus in zip(orders.quantities, _parts(orders), strict=True)
    ]
    tail = orders.tail.encode()

    def body() -> bytes:
        lines = b",".join([part[int(draw() * len(part))] for part in parts])
        return b"%b%b%b" % (heads[int(draw() * len(heads))], lines, tail)

    return body


def _parts(orders: Orders) -> list[list[str]]:
    """The SKUs cut into one part for each line; what does not divide evenly is left over."""
    size = len(orders.skus) // len(orders.quantities)
    return [orders.skus[n * size : (n + 1) * size] for n in range(len(orders.quantities))]


def _filled(template: str, **values: str) -> bytes:
    escaped = {name: json.dumps(value, ensure_ascii=False)[1:-1] for name, value in values.items()}
    return Template(template).substitute(escaped).encode()
