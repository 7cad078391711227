"""What a decoder says is wrong with a value, in Chinese as well."""

import re
from collections.abc import Callable

_TYPES = {
    "str": "文本",
    "int": "整数",
    "float": "数字",
    "decimal": "小数",
    "bool": "true 或 false",
    "object": "对象",
    "array": "列表",
    "null": "空值",
    "datetime": "日期时间",
    "date": "日期",
    "time": "时间",
    "uuid": "UUID",
}
_COMPARED = {">=": "大于或等于", "<=": "小于或等于", ">": "大于", "<": "小于"}
_REASONS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    (re.compile(r"Expected `(.+)`, got `(.+)`"), lambda m: f"应为{_types(m[1])}，而不是{_types(m[2])}"),
    (re.compile(r"Object missing required field `(.+)`"), lambda m: f"缺少“{m[1]}”"),
    # Of the caller's own choosing: empty, or with line breaks.
    (re.compile(r"Object contains unknown field `(.*)`", re.S), lambda m: f"没有“{m[1]}”这个字段"),
    (re.compile(r"Invalid enum value '?(.*?)'?", re.S), lambda m: f"不能是“{m[1]}”"),
    (
        re.compile(r"Expected `(.+)` of length (>=|<=) (\d+)"),
        lambda m: f"长度应{_COMPARED[m[2]]} {m[3]}",
    ),
    (re.compile(r"Expected `.+` (>=|<=|>|<) (.+)"), lambda m: f"应{_COMPARED[m[1]]} {m[2]}"),
    (re.compile(r"Invalid UUID"), lambda _: "不是有效的 UUID"),
    (re.compile(r"Invalid decimal string"), lambda _: "不是有效的小数"),
    (re.compile(r"Invalid RFC3339 encoded (datetime|date|time)"), lambda m: f"不是有效的{_TYPES[m[1]]}"),
    (re.compile(r"JSON is malformed: .* \(byte (\d+)\)"), lambda m: f"第 {m[1]} 个字节处有误"),
    (re.compile(r"Input data was truncated"), lambda _: "内容不完整"),
    (re.compile(r"Invalid UTF-8"), lambda _: "不是 UTF-8 编码"),
    (re.compile(r"Nested too deeply"), lambda _: "嵌套层数过多"),
    (re.compile(r"(?:Integer value|Number) out of range"), lambda _: "数字过大"),
    (re.compile(r"Missing required (?:\w+ )?parameter '(.+)'.*"), lambda m: f"缺少参数“{m[1]}”"),
]


def in_chinese(reason: str) -> str:
    """The reason in Chinese; as it is where it has no translation."""
    for pattern, say in _REASONS:
        if match := pattern.fullmatch(reason):
            return say(match)
    return reason


def _types(names: str) -> str:
    return "或".join(_TYPES.get(name.strip(), name.strip()) for name in names.split("|"))
