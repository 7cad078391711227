"""Finding records by what people type: codes, words, Chinese, pinyin and its initials, barcodes.

Under row-level security only leak-proof operators may use an index, which leaves out LIKE, trigrams and full text.
So every record is filed under its tokens, and a query asks for ranges of tokens: "starts with", by plain comparison.
"""

import asyncio
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    case,
    func,
    intersect,
    literal,
    literal_column,
    select,
)

from dinghuo.kit.bulk import within
from dinghuo.kit.database import Tx
from dinghuo.kit.tables import index, tenant_table, text

search_token = tenant_table(
    "search_token",
    text("kind"),
    Column("token", Text(collation="C"), nullable=False),
    Column("subject_id", Uuid, nullable=False),
    key=("kind", "token", "subject_id"),
)
index("ix_search_token_subject", search_token.c.kind, search_token.c.subject_id)

# Longer tokens are cut, in the index and in queries alike.
_LONGEST = 32
# More say nothing new, and bound the work of a query and the room of a record.
_MOST_TERMS = 8
_MOST_TOKENS = 200
_AFTER_EVERYTHING = "\U0010ffff"

_IDEOGRAPHS = "㐀-䶿一-鿿豈-﫿\U00020000-\U0003134f々〇"
_OTHER_CJK = "぀-ヿ가-힣"
_RUNS = re.compile(f"([{_IDEOGRAPHS}{_OTHER_CJK}]+)|([^{_IDEOGRAPHS}{_OTHER_CJK}\\s]+)")
_IDEOGRAPH_RUN = re.compile(f"[{_IDEOGRAPHS}]+")
_PART = re.compile(r"\w+")


def normalise(raw: str) -> str:
    """One form for what looks alike: full-width and compatibility forms, case, spaces, unprintable characters."""
    folded = unicodedata.normalize("NFKC", raw).casefold()
    return " ".join("".join(c if c.isprintable() else " " for c in folded).split())


def tokens(texts: Iterable[str | None]) -> frozenset[str]:
    """What a record is filed under: codes, names, barcodes, whatever people may look for it by."""
    found: dict[str, None] = {}
    for given in texts:
        if given:
            found.update(dict.fromkeys(token[:_LONGEST] for token in _tokens(normalise(given))))
    ordered = sorted(list(found)[:_MOST_TOKENS])
    # What begins another token is found by it.
    return frozenset(token for token, following in pairwise([*ordered, ""]) if not following.startswith(token))


def _tokens(clean: str) -> Iterator[str]:
    for cjk, other in _RUNS.findall(clean):
        if cjk:
            # A range from one character finds the pairs it begins; only the last begins none.
            yield from (cjk[place : place + 2] for place in range(len(cjk)))
        elif word := _stripped(other):
            yield word
            parts = _PART.findall(word)
            if len(parts) > 1:
                yield "".join(parts)
                yield from parts
    for run in _IDEOGRAPH_RUN.findall(clean):
        yield from _pinyin(run)


def _pinyin(run: str) -> Iterator[str]:
    """From each character to the end, spelt out and by initials; the initial alone begins the spelling."""
    from pypinyin import lazy_pinyin  # its dictionary takes half a second: only for those who file something

    syllables = lazy_pinyin(run)
    for place in range(len(syllables)):
        rest = syllables[place:]
        yield "".join(rest)
        if len(rest) > 1:
            yield "".join(syllable[0] for syllable in rest)


def _stripped(word: str) -> str:
    parts = list(_PART.finditer(word))
    return word[parts[0].start() : parts[-1].end()] if parts else ""


@lru_cache(maxsize=1024)
def terms(query: str) -> tuple[str, ...]:
    """The beginnings of tokens that a record must have, all of them. Empty when nothing can be looked for."""
    found: dict[str, None] = {}
    for cjk, other in _RUNS.findall(normalise(query[:200])):
        if len(cjk) > 1:
            found.update(dict.fromkeys(cjk[place : place + 2] for place in range(len(cjk) - 1)))
        elif word := cjk or _stripped(other):
            found[word[:_LONGEST]] = None
    return tuple(found)[:_MOST_TERMS]


def matches(tenant_id: int, kind: str, subject_id: ColumnElement[UUID], query: str) -> list[ColumnElement[bool]]:
    """The conditions that leave the subjects a query finds: those with all of its terms."""
    hits = [_range(tenant_id, kind, term) for term in terms(query)]
    if not hits:
        # Not `false()`: that would swallow all other conditions of the statement, the tenant's too.
        return [literal_column("false", Boolean)]
    return [within(subject_id, intersect(*hits) if len(hits) > 1 else hits[0])]


def _range(tenant_id: int, kind: str, term: str) -> Select[tuple[UUID]]:
    token = search_token.c
    return select(token.subject_id).where(
        token.tenant_id == tenant_id,
        token.kind == kind,
        token.token >= term,
        token.token < term + _AFTER_EVERYTHING,
    )


def rank(code: ColumnElement[str], query: str) -> ColumnElement[int]:
    """How well a record was hit, best first: 0 its code exactly, 1 the beginning of its code, 2 anything else."""
    wanted = normalise(query)
    return case(
        (func.lower(code) == wanted, literal(0, Integer)),
        (func.starts_with(func.lower(code), wanted), literal(1, Integer)),
        else_=literal(2, Integer),
    )


_FILED = """
select subject_id, array_agg(token) as tokens from search_token
where tenant_id = $1 and kind = $2 and subject_id = any($3::uuid[]) group by subject_id
"""
_FORGET = """
delete from search_token t
using unnest($3::uuid[], $4::text[]) as w(subject_id, tokens), string_to_table(w.tokens, E'\\n') as gone
where t.tenant_id = $1 and t.kind = $2 and t.token = gone collate "C" and t.subject_id = w.subject_id
"""
# In the order of the key: pages of the index are filled one after the other.
_FILE = """
insert into search_token (tenant_id, kind, token, subject_id)
select $1, $2, token, w.subject_id
from unnest($3::uuid[], $4::text[]) as w(subject_id, tokens), string_to_table(w.tokens, E'\\n') as token
order by token collate "C", w.subject_id
on conflict do nothing
"""


async def file(tx: Tx, kind: str, subjects: Mapping[UUID, Iterable[str | None]]) -> None:
    """File each subject under the tokens of its texts, and no others."""
    if not subjects:
        return
    # Pinyin takes a tenth of a millisecond a name: off the loop, so that ten thousand hold nobody up.
    wanted = await asyncio.to_thread(_all_tokens, subjects)
    filed = {row["subject_id"]: frozenset(row["tokens"]) for row in await tx.fetch(_FILED, kind, list(wanted))}
    gone = {id: tokens - wanted[id] for id, tokens in filed.items()}
    fresh = {id: tokens - filed.get(id, frozenset()) for id, tokens in wanted.items()}
    for statement, change in ((_FORGET, gone), (_FILE, fresh)):
        joined = {id: "\n".join(tokens) for id, tokens in change.items() if tokens}
        if joined:
            await tx.write(statement, kind, list(joined), list(joined.values()))


def _all_tokens(subjects: Mapping[UUID, Iterable[str | None]]) -> dict[UUID, frozenset[str]]:
    return {subject_id: tokens(texts) for subject_id, texts in subjects.items()}
