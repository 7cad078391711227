"""What a decoder says, in Chinese."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest

from dinghuo.kit.reasons import in_chinese


class Form(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=2)] = "xx"
    count: Annotated[int, msgspec.Meta(ge=1)] = 1
    kind: Literal["a", "b"] = "a"
    id: UUID | None = None
    day: date | None = None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"name": 1}, "应为文本，而不是整数"),
        ({"name": "x"}, "长度应大于或等于 2"),
        ({"count": 0}, "应大于或等于 1"),
        ({"kind": "c"}, "不能是“c”"),
        ({"id": "x"}, "不是有效的 UUID"),
        ({"day": "x"}, "不是有效的日期"),
        ({"id": 1.5}, "应为UUID或空值，而不是数字"),
        ({"colour": 1}, "没有“colour”这个字段"),
        ({"": 1}, "没有“”这个字段"),
        ({"a\nb": 1}, "没有“a\nb”这个字段"),
        ([], "应为对象，而不是列表"),
    ],
)
def test_what_msgspec_says_is_said_in_chinese(value: Any, said: str) -> None:
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.json.decode(msgspec.json.encode(value), type=Form)
    assert in_chinese(str(error.value).partition(" - at ")[0]) == said


def test_what_has_no_translation_stays() -> None:
    assert in_chinese("The moon is full") == "The moon is full"
