"""Passwords: argon2, worked out beside the event loop, a few at a time so that guessing cannot take every core."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from dinghuo.kit.errors import MALFORMED, Fault, Message

T = TypeVar("T")

SHORTEST = 10
LONGEST = 256

PASSWORD_LENGTH = Message(
    "password-length",
    "密码至少 {shortest} 个字符，最多 {longest} 个",
    "A password has at least {shortest} and at most {longest} characters",
    MALFORMED,
)
PASSWORD_GUESSABLE = Message(
    "password-guessable",
    "密码不能与登录名或姓名相同，也不能只由一两种字符组成",
    "A password is not the login or the name, and has more than two different characters",
    MALFORMED,
)

_hasher = PasswordHash((Argon2Hasher(),))
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


def password_faults(password: str, *, field: str, known: tuple[str, ...] = ()) -> list[Fault]:
    """What is wrong with a password somebody wants; `known` is what others know of them."""
    if not SHORTEST <= len(password) <= LONGEST:
        return [PASSWORD_LENGTH(field, shortest=SHORTEST, longest=LONGEST)]
    if len(set(password)) < 3 or password.casefold() in {word.casefold() for word in known}:
        return [PASSWORD_GUESSABLE(field)]
    return []


async def hash_password(password: str) -> str:
    return await _aside(_hasher.hash, password)


async def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether it is the password, and a new hash where the stored one was made with weaker parameters.

    Where there is nothing to compare with (no such user, no password), the same work is done for nothing, so that
    the time of an answer does not tell which logins exist.
    """
    if len(password) > LONGEST:
        return False, None
    if stored is None:
        await _aside(_hasher.verify, password, await _aside(_nobodys))
        return False, None
    return await _aside(_verify, password, stored)


def _verify(password: str, stored: str) -> tuple[bool, str | None]:
    try:
        return _hasher.verify_and_update(password, stored)
    except UnknownHashError:
        return False, None


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody's password")


async def _aside(work: Callable[..., T], *arguments: str) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *arguments)
