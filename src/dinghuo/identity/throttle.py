"""How often somebody may try to sign in: a sliding window for each account and each address, across processes."""

import ipaddress
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.kit.errors import TOO_MANY, Message, Refused

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
# An office shares one address; a guesser of many accounts has one too.
PER_ADDRESS = 60

TOO_MANY_ATTEMPTS = Message(
    "too-many-attempts",
    "登录尝试过于频繁，请在 {seconds} 秒后重试",
    "Too many attempts to sign in: try again in {seconds} seconds",
    TOO_MANY,
)


class Attempt(msgspec.Struct, frozen=True):
    """One attempt as it was counted; `limits` are how many each subject may have."""

    limits: Mapping[str, int]
    at: datetime


def subjects(login: str, address: str) -> dict[str, int]:
    return {f"account {login}": PER_ACCOUNT, f"address {_network(address)}": PER_ADDRESS}


def _network(address: str) -> str:
    """Whoever has one IPv6 address has all of its /64."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


def wait(moments: Sequence[datetime], limit: int, now: datetime) -> timedelta | None:
    """How long until another attempt is allowed; None: now."""
    recent = sorted(moment for moment in moments if moment > now - WINDOW)
    return None if len(recent) < limit else recent[-limit] + WINDOW - now


_ENSURE = """
insert into sign_in_window (tenant_id, subject, moments, last_at)
select $1, subject, '{}', $3 from unnest($2::text[]) as s(subject) order by subject
on conflict (tenant_id, subject) do nothing
"""
_LOCK = """
select subject, moments from sign_in_window where tenant_id = $1 and subject = any($2::text[])
order by subject for no key update
"""
_COUNT = """
update sign_in_window
set moments = array(select m from unnest(moments) m where m > $3::timestamptz - $4::interval) || $3::timestamptz,
    last_at = $3
where tenant_id = $1 and subject = any($2::text[])
"""
_FORGET = """
update sign_in_window set moments = case when subject = $2 then '{}' else array_remove(moments, $3::timestamptz) end
where tenant_id = $1 and subject = any($4::text[])
"""


async def attempt(tx: Tx, login: str, address: str) -> Attempt:
    """Count an attempt to sign in. Refused when there were too many."""
    return await count(tx, subjects(login, address))


async def count_address(tx: Tx, address: str) -> Attempt:
    """Count an attempt that names no account: with a link, or a code of somebody else's."""
    return await count(tx, {f"address {_network(address)}": PER_ADDRESS})


async def count(tx: Tx, limits: Mapping[str, int]) -> Attempt:
    """Count an attempt before it is made: a hundred at once are a hundred."""
    await tx.write(_ENSURE, list(limits), tx.now)
    rows = await tx.fetch(_LOCK, list(limits))
    waits = [wait(row["moments"], limits[row["subject"]], tx.now) for row in rows]
    longest = max((needed for needed in waits if needed is not None), default=None)
    if longest is not None:
        seconds = max(1, ceil(longest.total_seconds()))
        raise Refused(TOO_MANY_ATTEMPTS("login", seconds=seconds), retry_after=seconds)
    await tx.write(_COUNT, list(limits), tx.now, WINDOW)
    return Attempt(limits, tx.now)


async def forget(tx: Tx, made: Attempt) -> None:
    """The attempt succeeded: the account starts afresh, the address has this attempt less."""
    account = next((subject for subject in made.limits if subject.startswith("account ")), "")
    await tx.write(_FORGET, account, made.at, list(made.limits))
