"""Calls that nobody should send: valid ones spoilt here and there, and ones made up from the contract."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from tests.security.calls import Call, Ref
from tests.security.company import Company
from tests.security.operations import Operation, Schema
from tests.security.recipes import calls

TEXTS = (
    "", " ", "0", "-1", "x", "名称", "\x00",
    "a\x00b", "\ud800", "\udfff\ud800", "a\nb", "\t", "\x7f", "\u202e", "\ufeff",
    "🧧" * 40, "名" * 300, "x" * 5000, "'; drop table sku; --", "%", "_", "\\", "{code}", "{0}", "$1", "%s", "null",
    "../../etc/passwd", "<script>alert(1)</script>", "١٢", "２", "true", "a,b", "a b", "é", "ﬀ", "İ",
)  # fmt: skip
DECIMALS = (
    "0", "1", "-1", "-0", "0.1", "0.000001", "0.0000001", "1e-400", "1e400", "1E+20", "999999999999", "9" * 40, "NaN",
    "sNaN", "Infinity", "-Infinity", "", " 1", "1_000", "1,5", "0x10", "٣",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2, 200, 201, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 2**64, 10**30, -(2**63) - 1, 0.1, 1e308, -0.0)
DATES = (
    "0001-01-01", "9999-12-31", "2024-02-29", "2024-02-30", "2024-13-01", "24-1-1", "", "2024-06-01T00:00:00Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2024-06-01T00:00:00", "2024-06-01T00:00:00+23:59", "now",
)  # fmt: skip
IDS = ("0" * 32, "00000000-0000-0000-0000-000000000000", "f" * 32, "not-an-id", "", "{01-2}", "0" * 40)
WHOLES: tuple[Any, ...] = (None, True, [], {}, [[]], [None], {"x": 1}, [[[[[[[[]]]]]]]])
BODIES = (
    b"", b"{", b"[]", b"null", b"0", b'"x"', b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"items": NaN}', b"[" * 3000,
    b'{"a":' * 3000, b'{"items": [{"code": "\\ud800"}]}', b'{"items": 1e999999}', b'{"x": 1, "x": 2}', b"<xml/>",
)  # fmt: skip
HEADERS = {
    "if-match": ("1", '"1"', 'W/"1"', "*", "", "0", "-1", '"x"', "9" * 30, "\xb9"),
    "idempotency-key": ("k", "", " ", "x" * 200, "x" * 201, "\xe9"),
    "accept-language": ("", "en", "EN-gb;q=0.1", "fr", "*", ",,,", "zh;q=x"),
    "content-type": ("text/plain", "application/xml", "application/json; charset=utf-16", "multipart/form-data", "x"),
    "if-none-match": ('"x"', "*", "\xff"),
    "x-customer": ("", "x", "0" * 32),
}


class Fuzzer:
    """Makes calls of one operation; the same seed makes the same ones."""

    def __init__(self, operation: Operation, company: Company, seed: int) -> None:
        self._operation = operation
        self._company = company
        self._random = Random(f"{operation.name} {seed}")
        self._known = sorted(company.refs.values())

    def call(self) -> Call:
        """A valid call with something of it spoilt."""
        random = self._random
        call = random.choice(calls(self._operation, self._company))
        if random.random() < 0.25 and call.path:
            name = random.choice(sorted(call.path))
            call = replace(call, path={**call.path, name: Ref(self._path_value(), "")})
        if self._operation.parameters_in("query") and random.random() < 0.9:
            call = replace(call, query={**call.query, **self._query()})
        headers = {name: random.choice(HEADERS[name]) for name in HEADERS if random.random() < 0.07}
        return self._with_body(replace(call, headers={**call.headers, **headers}))

    def _path_value(self) -> str:
        value = self._random.choice((*IDS, *TEXTS, *self._known))
        # A client cannot even write the others into an address.
        return value.encode("utf-8", "replace").decode() or "0"

    def _query(self) -> dict[str, Any]:
        parameters = self._operation.parameters_in("query")
        chosen = self._random.sample(parameters, min(len(parameters), self._random.randint(1, 3)))
        return {one.name: self._query_value(one.name, one.schema) for one in chosen}

    def _query_value(self, name: str, schema: Schema) -> Any:
        value = self._cursor() if name == "cursor" else self.value(schema)
        value = value if isinstance(value, list) else [value]
        texts = [text if isinstance(text, str) else json.dumps(text) for text in value]
        return [text.encode("utf-8", "replace").decode() for text in texts]

    def _cursor(self) -> str:
        """What looks like one, with a key of anything inside."""
        width = self._random.randint(0, 4)
        key = [self._random.choice((*self._known, *TEXTS, *NUMBERS, *DECIMALS, *WHOLES)) for _ in range(width)]
        return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")

    def _with_body(self, call: Call) -> Call:
        random = self._random
        if self._operation.body is None or random.random() < 0.1:
            if self._operation.is_read or (call.content is not None and random.random() < 0.3):
                return call
            return replace(call, body=None, content=random.choice(BODIES))
        body = self.value(self._operation.body) if random.random() < 0.3 else call.body
        for _ in range(random.randint(0, 3)):
            body = self._spoilt(body)
        # Escapes, so that what is no text at all gets through too.
        headers = {"content-type": "application/json", **call.headers}
        return replace(call, body=None, content=json.dumps(body).encode(), headers=headers)

    def _spoilt(self, value: Any) -> Any:
        """The value with one thing in it taken away, doubled or exchanged."""
        random = self._random
        if random.random() < 0.93 and isinstance(value, dict) and value:
            name = random.choice(sorted(value))
            if random.random() < 0.15:
                return {other: each for other, each in value.items() if other != name}
            added = {random.choice(TEXTS): 1} if random.random() < 0.05 else {}
            return {**value, name: self._spoilt(value[name]), **added}
        if random.random() < 0.93 and isinstance(value, list) and value:
            place = random.randrange(len(value))
            fresh = [self._spoilt(value[place])] * random.choice((1, 1, 1, 2, 3))
            return [*value[:place], *fresh, *value[place + 1 :]]
        return random.choice(self._anything(value))

    def _anything(self, like: Any) -> Sequence[Any]:
        """Mostly of the same kind as what was there."""
        kinds: list[Sequence[Any]] = [TEXTS, NUMBERS, DECIMALS, DATES, IDS, WHOLES, self._known]
        if isinstance(like, str) and self._random.random() < 0.8:
            kinds = [TEXTS, DECIMALS, DATES, IDS, self._known]
        return self._random.choice(kinds)

    def value(self, schema: Schema, depth: int = 0) -> Any:
        """A value that the schema allows, or nearly."""
        _, schema = self._operation.plain(schema)
        random = self._random
        if random.random() < 0.05:
            return random.choice(WHOLES)
        match schema.get("type"):
            case "object" if "properties" in schema:
                required = set(schema.get("required", ()))
                return {
                    name: self.value(part, depth + 1)
                    for name, part in schema["properties"].items()
                    if (name in required and random.random() < 0.95) or random.random() < 0.5
                }
            case "array":
                return [self.value(schema["items"], depth + 1) for _ in range(random.choice((0, 1, 1, 2, 5)))]
            case "integer" | "number":
                return random.choice(NUMBERS)
            case "boolean":
                return random.choice((True, False))
            case "string":
                return self._text(schema)
        return random.choice(WHOLES)

    def _text(self, schema: Schema) -> str:
        random = self._random
        if "enum" in schema:
            return str(random.choice((*schema["enum"], "x")))
        if schema.get("format") in ("date", "date-time"):
            return random.choice(DATES)
        if schema.get("format") == "uuid":
            return random.choice((*IDS, *self._known))
        if "pattern" in schema:
            return random.choice(DECIMALS)
        return random.choice((*TEXTS, *self._known, *self._known))
