"""Editing one record without undoing somebody else's edit: the revision read goes back as If-Match."""

import re

from dinghuo.kit.errors import MALFORMED, Message, Refused

IF_MATCH_NEEDED = Message(
    "if-match-needed",
    "修改时须带 If-Match 请求头，内容为所读到的 revision",
    "An edit needs the header If-Match with the revision that was read",
    MALFORMED,
)
STALE = Message(
    "stale-revision",
    "这条记录已被他人修改（现为第 {now} 版，您看到的是第 {read} 版），请刷新后重试",
    "Somebody changed this meanwhile (it is at revision {now}, you read {read}): reload and try again",
    412,
)

_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


def etag(revision: int) -> str:
    return f'"{revision}"'


def expected_revision(if_match: str | None) -> int:
    """The revision an If-Match header names, as an ETag or plain."""
    found = _ETAG.fullmatch(if_match.strip()) if if_match else None
    if found is None:
        raise Refused(IF_MATCH_NEEDED("If-Match"))
    return int(found[1])


def check_revision(now: int, read: int) -> None:
    if now != read:
        raise Refused(STALE("If-Match", now=now, read=read))
