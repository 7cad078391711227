"""A line of text as tokens: names, numbers, quantities, sizes, codes, marks. Pure."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from dinghuo.orders.paste.numerals import ARABIC, CHINESE, ENGLISH, parse
from dinghuo.orders.paste.units import MEASURE_WORDS, PACKS, SOUNDS

Kind = Literal[
    "word", "latin", "code", "barcode", "number", "quantity", "measure", "form", "mark", "open", "close", "colon",
    "end", "phone", "price", "place",
]  # fmt: skip


class Token(msgspec.Struct, frozen=True):
    """`value` of numbers; `unit` of quantities and measures, or what a form is packed in; `rough`: 三四, 十来."""

    kind: Kind
    text: str
    start: int
    end: int
    value: Decimal | None = None
    unit: str | None = None
    rough: bool = False
    loose: bool = False


def _any(words: tuple[str, ...]) -> str:
    """Words of Latin letters end where the letters end."""
    return "|".join(
        re.escape(word) + (r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else "") for word in words
    )


_PACK, _MEASURE = _any(PACKS), _any(MEASURE_WORDS)
_ENGLISH = "|".join(sorted(ENGLISH, key=len, reverse=True))
_NUMBER = f"(?:{ARABIC}|{CHINESE})"
_SPACE = "[ \t]*"
_CJK = "[\u3400-\u4dbf\u4e00-\u9fff々〇]"
_END = f"(?=$|[\\s,;。!?、.|)(]|{ARABIC})"
_LEFT = r"(?<![\d.])"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("phone", r"(?:[\u4e00-\u9fff]{2,3}[ \t]*)?(?<!\d)1[3-9]\d{9}(?!\d)"),
        (
            "place",
            f"(?:送货?[到至]|发[到至]|(?:收货)?地址:?){_SPACE}[^\\s,;。!?、]+|{_CJK}*(?:路|街|巷|大道){_CJK}*\\d+[号弄]{_CJK}*",
        ),
        ("barcode", r"(?<![\d.])(?:\d{12,14}|\d{8})(?![\d.])"),
        (
            "price",
            f"[¥$@]{_SPACE}\\d+(?:\\.\\d+)?|(?:单价|老价|价格?|每箱){_SPACE}\\d+(?:\\.\\d+)?|{ARABIC}(?:元|块钱|块)",
        ),
        ("total", f"(?:合计|总计|一共|总共|共|小计|total):?{_SPACE}{_NUMBER}{_SPACE}(?:{_PACK})?"),
        # 24瓶装, 五连包, 5包装, 24瓶/箱: how much is packed together.
        (
            "packed",
            f"{_LEFT}(?P<n>{_NUMBER}){_SPACE}(?:连包|连装|连|联包|入装|入|(?P<u>{_PACK})(?:装|一箱|/箱|每箱))",
        ),
        (
            "times_measure",
            f"{_LEFT}(?P<m>{ARABIC}){_SPACE}(?P<u>{_MEASURE}){_SPACE}[*x]{_SPACE}(?P<n>\\d+)(?P<q>{_SPACE}(?:{_PACK}))?",
        ),
        ("measure", f"{_LEFT}(?P<n>{ARABIC}|{CHINESE}){_SPACE}(?P<u>{_MEASURE})(?P<form>装)?"),
        ("ordinal", f"第{_NUMBER}"),
        (
            "quantity",
            f"{_LEFT}(?P<n>{_NUMBER})(?P<some>来|多|几)?{_SPACE}(?P<u>{_PACK})(?P<half>半(?!{_SPACE}(?:{_PACK})))?",
        ),
        ("heard", f"{_LEFT}(?P<n>{ARABIC}|{CHINESE}){_SPACE}(?P<u>{_CJK}){_END}"),
        ("english", f"\\b(?:a )?(?P<n>{_ENGLISH}|an?)\\b{_SPACE}(?P<u>(?:{_PACK}))(?: of)?"),
        (
            "code",
            r"(?=[a-z0-9_/.-]*[a-z])(?=[a-z0-9_/.-]*\d)[a-z0-9]+(?:[-_/.][a-z0-9]+)+|[a-wyz][a-z]*\d{2,}[a-z0-9]*|[a-z]+(?:-[a-z0-9]+)+|(?=\d*[a-z]+\d)[a-z0-9]{6,}",
        ),
        ("form", "(?P<u>易拉罐|玻璃瓶|罐|听|瓶|桶|盒|袋|碗|散)装|[大小中](?P<v>瓶|罐|桶|盒|袋|支|听)装?"),
        ("mark", f"[*x]{_SPACE}(?={_NUMBER})|(?<=\\d){_SPACE}[*x](?={_SPACE}[^\\s\\d])|(?<=\\d)x(?=\\s)"),
        ("number", f"{_LEFT}(?!0{_CJK}){ARABIC}(?![a-wyz])|(?<![a-z0-9]){CHINESE}{_END}"),
        ("latin", r"[a-z]+(?:'[a-z]+)?"),
        ("open", r"[(\[【《<]"),
        ("close", r"[)\]】》>]"),
        ("colon", r"[:=]|-(?=\s*\d)"),
        ("end", r"[,;。!?、|\n~]|\.(?!\d)"),
        ("word", _CJK),
    )
)
_ENUMERATION = re.compile(
    r"(?:^|(?<=\n))[ \t]*(?:[-*+>#]+[ \t]*|\(?\d{1,2}(?:[、)]|\.(?!\d)|\.[ ])[ \t]*"
    r"|第?[一二三四五六七八九十]{1,2}[、.][ \t]*)"
)


def tokenise(text: str) -> list[Token]:
    """The tokens of a text, in order. Numbers of lists (1. 2、) are none."""
    skipped = [(match.start(), match.end()) for match in _ENUMERATION.finditer(text)]
    found: list[Token] = []
    place = 0
    while place < len(text):
        jump = next((end for start, end in skipped if start <= place < end), None)
        if jump is not None and text[place] != "\n":
            place = jump
            continue
        if text[place] in " \t":
            place += 1
            continue
        made, place = _next(text, place, found)
        found.extend(made)
    return found


def _next(text: str, place: int, before: list[Token]) -> tuple[list[Token], int]:
    for name, pattern in _PATTERNS:
        match = pattern.match(text, place)
        if match is None or match.end() == place:
            continue
        made = _MAKERS[name](match) if name in _MAKERS else [_token(name, match)]  # type: ignore[arg-type]
        if made is None:
            continue
        last = before[-1] if before else None
        if name == "word" and last is not None and last.kind == "word" and last.end == place:
            before[-1] = Token("word", last.text + match[0], last.start, match.end())
            return [], match.end()
        return made, match.end()
    return [], place + 1


def _token(kind: Kind, match: re.Match[str]) -> Token:
    return Token(kind, match[0], match.start(), match.end())


def _quantity(match: re.Match[str]) -> list[Token] | None:
    number = parse(match["n"])
    if number is None:
        return None
    value, rough = number
    if match["half"]:
        value += Decimal("0.5")
    return [_made("quantity", match, value, match["u"], rough=rough or bool(match["some"]))]


def _heard(match: re.Match[str]) -> list[Token] | None:
    """A unit misheard by voice input, told by its sound."""
    number = parse(match["n"])
    if number is None or match["n"] in ("百", "千", "万"):
        return None
    from pypinyin import lazy_pinyin  # its dictionary takes half a second: only for those who need it

    unit = SOUNDS.get(lazy_pinyin(match["u"])[0])
    return None if unit is None else [_made("quantity", match, number[0], unit, rough=number[1], loose=True)]


def _english(match: re.Match[str]) -> list[Token] | None:
    said = match["n"]
    number = (Decimal(1), False) if said in ("a", "an") else parse(said)
    return None if number is None else [_made("quantity", match, number[0], match["u"])]


def _measure(match: re.Match[str]) -> list[Token] | None:
    number = parse(match["n"])
    return None if number is None else [_made("measure", match, number[0], match["u"], loose=not match["form"])]


def _times_measure(match: re.Match[str]) -> list[Token] | None:
    """330ml*24: a size and how many are packed together; 330ml*5箱: a size and a quantity."""
    size = Token(
        "measure",
        match.string[match.start() : match.end("u")],
        match.start(),
        match.end("u"),
        Decimal(match["m"]),
        match["u"],
    )
    if match["q"]:
        return [size, _made("quantity", match, Decimal(match["n"]), match["q"].strip())]
    return [size, _made("form", match, Decimal(match["n"]))]


def _packed(match: re.Match[str]) -> list[Token] | None:
    number = parse(match["n"])
    if number is None:
        return None
    if number[0] >= 100 and match["u"]:
        # 330罐装 is a size and what it is packed in.
        return [_made("number", match, number[0]), _made("form", match, None, match["u"])]
    return [_made("form", match, number[0])]


def _number(match: re.Match[str]) -> list[Token] | None:
    number = parse(match[0])
    return None if number is None or match[0] == "零" else [_made("number", match, number[0], rough=number[1])]


_CONTAINERS = {"易拉罐": "罐", "听": "罐", "玻璃瓶": "瓶", "支": "瓶"}


def _form(match: re.Match[str]) -> list[Token] | None:
    unit = match["u"] or match["v"]
    return [_made("form", match, None, _CONTAINERS.get(unit, unit))]


def _made(
    kind: Kind,
    match: re.Match[str],
    value: Decimal | None,
    unit: str | None = None,
    *,
    rough: bool = False,
    loose: bool = False,
) -> Token:
    return Token(kind, match[0], match.start(), match.end(), value, unit, rough, loose)


_MAKERS: dict[str, Callable[[re.Match[str]], list[Token] | None]] = {
    "quantity": _quantity,
    "heard": _heard,
    "english": _english,
    "measure": _measure,
    "times_measure": _times_measure,
    "packed": _packed,
    "number": _number,
    "form": _form,
    "total": lambda match: [_token("price", match)],
    "ordinal": lambda match: [_token("price", match)],
}


def clauses(tokens: list[Token]) -> Iterator[tuple[list[Token], str]]:
    """The tokens between separators, with the separator that ends them."""
    clause: list[Token] = []
    for token in tokens:
        if token.kind == "end":
            yield clause, token.text
            clause = []
        else:
            clause.append(token)
    yield clause, "\n"
