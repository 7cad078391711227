"""Bodies: what fits is decoded exactly, and of what does not fit every place is told, in both languages."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest

from dinghuo.kit.bodies import Items
from dinghuo.kit.errors import Refused
from dinghuo.kit.json_body import check_content_type, decode_body


class Line(msgspec.Struct, forbid_unknown_fields=True):
    sku: str
    quantity: Decimal
    when: date | None = None
    kind: Literal["sale", "gift"] = "sale"


class Note(msgspec.Struct):
    text: Annotated[str, msgspec.Meta(max_length=3)]


class Order(msgspec.Struct, forbid_unknown_fields=True):
    customer: str
    lines: Annotated[list[Line], msgspec.Meta(min_length=1)]
    note: Note | None = None
    extra: dict[str, Any] = {}


def refusal(body: bytes, wanted: Any = Order) -> Refused:
    with pytest.raises(Refused) as refused:
        decode_body(body, wanted)
    return refused.value


def places(body: bytes, wanted: Any = Order) -> list[tuple[str, int | None, str]]:
    return [(fault.field, fault.line, fault.sentence("zh")) for fault in refusal(body, wanted).faults]


def test_what_fits_is_decoded_with_every_digit() -> None:
    body = b'{"customer": "K", "lines": [{"sku": "A", "quantity": 0.10000000000000000001}], "extra": {"a": [1.5]}}'
    order = decode_body(body, Order)
    assert order == Order("K", [Line("A", Decimal("0.10000000000000000001"))], None, {"a": [1.5]})


def test_every_place_is_told_at_once() -> None:
    body = b"""{"colour": "red", "lines": [{"sku": 1, "quantity": "many"}, 7, {"sku": "A", "quantity": 1e400},
        {"quantity": {}, "when": "2026-13-01", "kind": "loan", "size": 1}], "note": {"text": "long"}}"""
    assert places(body) == [
        ("colour", None, "没有“colour”这个字段"),
        ("customer", None, "缺少“customer”"),
        ("lines[0].sku", 1, "应为文本，而不是整数"),
        ("lines[0].quantity", 1, "不是有效的小数"),
        ("lines[1]", 2, "应为对象，而不是整数"),
        ("lines[3].size", 4, "没有“size”这个字段"),
        ("lines[3].sku", 4, "缺少“sku”"),
        ("lines[3].quantity", 4, "应为小数，而不是对象"),
        ("lines[3].when", 4, "不是有效的日期"),
        ("lines[3].kind", 4, "不能是“loan”"),
        ("note.text", None, "长度应小于或等于 3"),
    ]


def test_a_list_in_a_list_is_known_by_the_outer_line() -> None:
    body = b'{"items": [{"customer": "K", "lines": []}, {"customer": "K", "lines": [{"sku": "A"}]}]}'
    assert [(field, line) for field, line, _ in places(body, Items[Order])] == [
        ("items[0].lines", 1),
        ("items[1].lines[0].quantity", 2),
    ]


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        (b"[]", "", "应为对象，而不是列表"),
        (
            b'{"customer": [], "lines": [{"sku": "A", "quantity": %s}]}' % (b"9" * 5000),
            "customer",
            "应为文本，而不是列表",
        ),
    ],
)
def test_one_place(body: bytes, field: str, said: str) -> None:
    assert places(body) == [(field, None, said)]


@pytest.mark.parametrize(
    ("body", "en", "zh"),
    [
        (b'{"customer": "K"', "Input data was truncated", "内容不完整"),
        (b'{"customer": NaN}', "JSON is malformed: invalid character (byte 13)", "第 13 个字节处有误"),
        (b'{"customer": "\xff"}', "Invalid UTF-8", "不是 UTF-8 编码"),
        (b'{"extra": %s' % (b'{"a":' * 100_000), "Nested too deeply", "嵌套层数过多"),
        (b'{"what": %s' % (b"[" * 100_000), "Nested too deeply", "嵌套层数过多"),
    ],
)
def test_what_is_no_json(body: bytes, en: str, zh: str) -> None:
    refused = refusal(body)
    assert (refused.status, [fault.message.code for fault in refused.faults]) == (400, ["not-json"])
    assert refused.faults[0].sentence("en").endswith(f": {en}")
    assert refused.faults[0].sentence("zh").endswith(f"：{zh}")


@pytest.mark.parametrize(
    "sent", [None, "", "application/json", "Application/JSON; charset=utf-8", "application/a+json"]
)
def test_what_is_said_to_be_json(sent: str | None) -> None:
    check_content_type(sent)


@pytest.mark.parametrize("sent", ["text/xml", "application/x-www-form-urlencoded", "application/jsonlines", "json"])
def test_what_is_said_to_be_something_else(sent: str) -> None:
    with pytest.raises(Refused) as refused:
        check_content_type(sent)
    assert (refused.value.status, refused.value.faults[0].params) == (415, {"found": sent})
