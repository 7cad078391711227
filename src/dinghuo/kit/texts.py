"""What a text must be to be stored: not too long, not empty where it is needed, nothing unprintable."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from dinghuo.kit.errors import MALFORMED, Fault, Message
from dinghuo.kit.faults import Faults

EMPTY = Message("empty-text", "不能为空", "This cannot be empty", MALFORMED)
TOO_LONG = Message("text-too-long", "最长 {most} 个字符", "At most {most} characters", MALFORMED)
UNPRINTABLE = Message(
    "text-unprintable", "含有无法保存的控制字符", "This holds control characters that cannot be stored", MALFORMED
)
CODE_FORM = Message(
    "code-form",
    "编码最长 64 个字符，首尾不能有空格，不能换行",
    "A code has at most 64 characters on one line, without spaces at its ends",
    MALFORMED,
)
ATTRIBUTES_TOO_LARGE = Message(
    "attributes-too-large", "自定义属性最多 {most} 字节", "Attributes take at most {most} bytes", MALFORMED
)
ATTRIBUTES_TOO_DEEP = Message(
    "attributes-too-deep", "自定义属性最多嵌套 {most} 层", "Attributes are nested at most {most} deep", MALFORMED
)

_CODE_LENGTH = 64
_ATTRIBUTE_BYTES = 16_384
_ATTRIBUTE_DEPTH = 16
_NEEDED = frozenset({"name", "product_name", "recipient", "street"})
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BAD_IN_CODE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]|^\s|\s$")


def storable(texts: Iterable[str]) -> list[str]:
    """Those that PostgreSQL can take at all, if only to find nothing; each once, in order."""
    return sorted({text for text in texts if not _UNSTORABLE.search(text)})


def is_code(text: str) -> bool:
    return 0 < len(text) <= _CODE_LENGTH and not _BAD_IN_CODE.search(text)


def text_faults(field: str, text: str | None, most: int, *, line: int | None = None) -> Iterator[Fault]:
    """What is wrong with one text, if there is one."""
    if text is not None and len(text) > most:
        yield TOO_LONG(field, line=line, most=most)
    if text is not None and _BAD.search(text):
        yield UNPRINTABLE(field, line=line)


def check_texts(faults: Faults, line: int, item: msgspec.Struct, longest: Mapping[str, int], place: str = "") -> None:
    """Fault the item's `code`, its texts by their longest length, and its `attributes`."""
    code = getattr(item, "code", None)
    if isinstance(code, str) and not is_code(code):
        faults.add(line, f"{place}code", CODE_FORM)
    for name, most in longest.items():
        value = getattr(item, name)
        if not isinstance(value, str):
            continue
        if name in _NEEDED and not value.strip():
            faults.add(line, place + name, EMPTY)
        if len(value) > most:
            faults.add(line, place + name, TOO_LONG, most=most)
        if _BAD.search(value):
            faults.add(line, place + name, UNPRINTABLE)
    attributes = getattr(item, "attributes", None)
    if isinstance(attributes, dict):
        _check_attributes(faults, line, f"{place}attributes", attributes)


def _check_attributes(faults: Faults, line: int, field: str, attributes: dict[str, Any]) -> None:
    if _is_deeper(attributes, _ATTRIBUTE_DEPTH):
        faults.add(line, field, ATTRIBUTES_TOO_DEEP, most=_ATTRIBUTE_DEPTH)
        return
    size = len(msgspec.json.encode(attributes))
    if size > _ATTRIBUTE_BYTES:
        faults.add(line, field, ATTRIBUTES_TOO_LARGE, most=_ATTRIBUTE_BYTES)
    if any(_BAD.search(text) for text in _texts(attributes)):
        faults.add(line, field, UNPRINTABLE)


def _is_deeper(value: Any, most: int) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return parts is not None and (most == 0 or any(_is_deeper(part, most - 1) for part in parts))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return []
