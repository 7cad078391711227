"""Passwords: what may be one, how it is checked, and that nobody learns which logins exist."""

import asyncio
import threading

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from dinghuo.identity import passwords
from dinghuo.identity.passwords import hash_password, password_faults, verify_password


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("123456789", ["password-length"]),
        ("1234567890", []),
        ("x" * 257, ["password-length"]),
        ("ab" * 128, ["password-guessable"]),
        ("abc" * 80, []),
        ("aaaaaaaaaaaa", ["password-guessable"]),
        ("Wang.Xiaoming", ["password-guessable"]),
        ("一个很长的中文密码短语", []),
    ],
)
def test_what_may_be_a_password(password: str, expected: list[str]) -> None:
    faults = password_faults(password, field="password", known=("wang.xiaoming", "王小明"))
    assert [fault.message.code for fault in faults] == expected


async def test_the_right_password_is_known_and_no_other() -> None:
    stored = await hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert await verify_password("correct horse battery", stored) == (True, None)
    assert await verify_password("correct horse batterz", stored) == (False, None)
    assert await verify_password("x" * 257, stored) == (False, None)
    assert await verify_password("correct horse battery", "not a hash") == (False, None)


async def test_a_hash_made_with_other_parameters_is_replaced() -> None:
    weaker = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1),)).hash("correct horse battery")
    known, stronger = await verify_password("correct horse battery", weaker)
    assert known
    assert stronger is not None
    assert ",t=1,p=1$" in stronger and "m=64" in stronger
    assert await verify_password("correct horse battery", stronger) == (True, None)


async def test_an_unknown_user_costs_as_much_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Counting(Argon2Hasher):
        def verify(self, password: str | bytes, hash: str | bytes) -> bool:
            done.append(str(hash).split("$")[3])
            return super().verify(password, hash)

    monkeypatch.setattr(passwords, "_hasher", PasswordHash((Counting(time_cost=1, memory_cost=64, parallelism=1),)))
    stored = await hash_password("correct horse battery")
    assert await verify_password("wrong", stored) == (False, None)
    assert await verify_password("wrong", None) == (False, None)
    assert done == ["m=64,t=1,p=1", "m=64,t=1,p=1"]


async def test_the_loop_goes_on_while_a_password_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check waits for the loop: on the loop's own thread this would never end."""
    went_on = threading.Event()

    class Waiting(Argon2Hasher):
        def verify(self, password: str | bytes, hash: str | bytes) -> bool:
            return went_on.wait(timeout=60) and super().verify(password, hash)

    stored = await hash_password("correct horse battery")
    monkeypatch.setattr(passwords, "_hasher", PasswordHash((Waiting(time_cost=1, memory_cost=64, parallelism=1),)))
    checking = asyncio.create_task(verify_password("correct horse battery", stored))
    await asyncio.sleep(0)
    went_on.set()
    assert (await checking)[0]
