"""The JSON body of a request, decoded straight into what its route takes; all that does not fit is told at once."""

import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from itertools import islice
from typing import Any

import msgspec
from litestar import Request

from dinghuo.kit.errors import MALFORMED, Fault, Language, Message, Refused
from dinghuo.kit.misfits import Misfit, misfits, placed
from dinghuo.kit.reasons import in_chinese


class _Reason(Message):
    """The decoder's words, in Chinese too."""

    def sentence(self, language: Language, params: dict[str, Any]) -> str:
        reason = str(params["reason"])
        return super().sentence(language, {"reason": in_chinese(reason) if language == "zh" else reason})


INVALID = _Reason("invalid-value", "{reason}", "{reason}", MALFORMED)
NOT_JSON = _Reason(
    "not-json", "请求内容不是有效的 JSON：{reason}", "The body of the request is not JSON: {reason}", 400
)
NOT_SENT_AS_JSON = Message(
    "not-sent-as-json",
    "请求内容声明为 {found}，应以 application/json 发送",
    "The body of the request is declared as {found}: send it as application/json",
    415,
)

_JSON = re.compile(r"\s*application/(?:[a-z0-9.-]+\+)?json\s*(?:;.*)?", re.I)
_LINE = re.compile(r"\[(\d+)\]")
# As many as the longest lists have items: an answer must not be far larger than the nonsense it answers.
_MOST = 10_000
# Numbers keep every digit, and may be larger than any float.
_decode_anything = msgspec.json.Decoder(float_hook=Decimal).decode


class JsonRequest(Request[Any, Any, Any]):
    """A request whose JSON is read as the type of its route's `data`."""

    __slots__ = ()

    async def json(self) -> Any:
        check_content_type(self.headers.get("content-type"))
        data = self.route_handler.parsed_data_field
        return decode_body(await self.body(), data.annotation if data else Any)


def check_content_type(sent: str | None) -> None:
    """Raise unless the body is said to be JSON, or nothing is said of it."""
    if not is_json(sent):
        raise Refused(NOT_SENT_AS_JSON("Content-Type", found=sent))


def is_json(content_type: str | None) -> bool:
    return not content_type or _JSON.fullmatch(content_type) is not None


def decode_body(body: bytes, wanted: Any) -> Any:
    """The body as this type; refused with every place that does not fit it."""
    try:
        try:
            return msgspec.json.decode(body, type=wanted)
        except msgspec.ValidationError as error:
            found = list(islice(_all(body, wanted), _MOST))
            raise Refused(misfit(*each) for each in found or [placed(error)]) from error
    except msgspec.DecodeError as error:
        raise Refused(NOT_JSON("", reason=str(error))) from error
    except UnicodeDecodeError as error:
        raise Refused(NOT_JSON("", reason="Invalid UTF-8")) from error
    except RecursionError as error:
        raise Refused(NOT_JSON("", reason="Nested too deeply")) from error


def _all(body: bytes, wanted: Any) -> Iterator[Misfit]:
    """None at all when it holds a number beyond any."""
    with suppress(msgspec.ValidationError):
        yield from misfits(_decode_anything(body), wanted)


def misfit(field: str, reason: str) -> Fault:
    """A value that does not fit; within a list its line is the place in the outermost one."""
    line = _LINE.search(field)
    return INVALID(field, line=int(line[1]) + 1 if line else None, reason=reason)
