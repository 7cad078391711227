"""A call of an operation, and the records it names: each can be exchanged for another one's."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import httpx
from tests.security.operations import Operation


class Ref(str):
    """An id or a code in a call: what it names is a record of `kind`."""

    kind: str

    def __new__(cls, text: object, kind: str) -> "Ref":
        made = super().__new__(cls, text)
        made.kind = kind
        return made


@dataclass(frozen=True)
class Call:
    """What an operation is called with. `filters` are optional parts of the query, to be sent one at a time."""

    path: Mapping[str, Ref] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    content: bytes | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)


Place = tuple[str | int, ...]


def places(call: Call) -> Iterator[tuple[Place, Ref]]:
    """Where the call names a record, and which."""
    for part in ("path", "query", "body"):
        yield from _refs(getattr(call, part), (part,))


def _refs(value: Any, place: Place) -> Iterator[tuple[Place, Ref]]:
    if isinstance(value, Ref):
        yield place, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _refs(each, (*place, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _refs(each, (*place, number))


def exchanged(call: Call, place: Place, value: str) -> Call:
    """The call with another value in this one place."""
    part, *rest = place
    return replace(call, **{str(part): _put(getattr(call, str(part)), rest, value)})


def _put(value: Any, place: list[str | int], new: str) -> Any:
    if not place:
        return new
    first, *rest = place
    if isinstance(value, list):
        return [_put(each, rest, new) if number == first else each for number, each in enumerate(value)]
    return {name: _put(each, rest, new) if name == first else each for name, each in value.items()}


def filtered(call: Call) -> Iterator[tuple[str, Call]]:
    """The call narrowed by each of its filters, by the filter's name."""
    for name, value in call.filters.items():
        yield name, replace(call, query={**call.query, name: value}, filters={})


async def send(
    client: httpx.AsyncClient, operation: Operation, call: Call, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    path = operation.path
    for name, value in call.path.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    together = {**call.headers, **(headers or {})}
    answer = await client.request(
        operation.method,
        path,
        params=dict(call.query),
        headers=[(name.encode(), value.encode("latin-1")) for name, value in together.items()],
        json=call.body,
        content=call.content,
    )
    return _unpacked(answer) if answer.content.startswith(b"PK") else answer


def _unpacked(answer: httpx.Response) -> httpx.Response:
    """The sheets of a workbook as the answer's text: what stands in cells is looked at like everything else."""
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        parts = [book.read(name) for name in book.namelist() if name.startswith("xl/")]
    headers = {"content-type": answer.headers["content-type"]}
    return httpx.Response(answer.status_code, headers=headers, content=b"\n".join(parts), request=answer.request)


_VOLATILE = [
    (re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)"), "<moment>"),
    (re.compile(r"\b[A-Z]{2}-[A-Z]*\d{4}-\d{6}\b"), "<number>"),
    (re.compile(r'"key":"[^"]*"'), "<secret>"),
    (re.compile(r'"password":"[^"]*"'), "<secret>"),
]


def told(answer: httpx.Response, sent: str) -> tuple[int, str]:
    """Status and text of an answer, without the value it answers to and what differs from call to call."""
    text = answer.text.replace(sent, "<it>").replace(sent.lower(), "<it>")
    for pattern, name in _VOLATILE:
        text = pattern.sub(name, text)
    return answer.status_code, text
