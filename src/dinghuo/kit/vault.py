"""What must be readable again, but not by whoever has only the database: encrypted with keys that are not in it.

Second factors' secrets, a mini-program's app secret, tickets that are good for minutes.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_SEALED = "f1:"


class VaultShut(Exception):
    """This process was given no keys, or none that fits: what is sealed cannot be read."""


class Vault:
    """Seals with the first of its keys and opens with any. A key is any secret text.

    Everything is sealed for a purpose and opens for no other: a value copied to another column is of no use.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = tuple(keys)
        self._made: MultiFernet | None = None

    def seal(self, purpose: str, text: str) -> str:
        return _SEALED + self._fernet().encrypt(_with_purpose(purpose, text)).decode()

    def open(self, purpose: str, sealed: str) -> str:
        """What was sealed. A text from before there was a vault is given back as it is."""
        if not is_sealed(sealed):
            return sealed
        text = self._read(purpose, sealed)
        if text is None:
            raise VaultShut(
                "none of the keys opens this: is DINGHUO_KEYS, or the installation's secret, another one?"
            )
        return text

    def ticket(self, purpose: str, text: str, *, at: datetime) -> str:
        """Something to hand out and take back within minutes: `redeem` says whether it is ours and fresh."""
        return self._fernet().encrypt_at_time(_with_purpose(purpose, text), int(at.timestamp())).decode()

    def redeem(self, purpose: str, ticket: str, *, at: datetime, within: timedelta) -> str | None:
        from cryptography.fernet import InvalidToken

        try:
            ttl, now = int(within.total_seconds()), int(at.timestamp())
            return _text(purpose, self._fernet().decrypt_at_time(ticket.encode(), ttl, now))
        except (InvalidToken, UnicodeError):
            return None

    def _read(self, purpose: str, sealed: str) -> str | None:
        from cryptography.fernet import InvalidToken

        try:
            return _text(purpose, self._fernet().decrypt(sealed.removeprefix(_SEALED).encode()))
        except InvalidToken:
            return None

    def _fernet(self) -> "MultiFernet":
        if self._made is None:
            if not self._keys:
                raise VaultShut("this process was given no keys")
            from cryptography.fernet import Fernet, MultiFernet  # a library to load: only for those who need it

            self._made = MultiFernet([Fernet(_key(secret)) for secret in self._keys])
        return self._made


def is_sealed(text: str) -> bool:
    return text.startswith(_SEALED)


def _with_purpose(purpose: str, text: str) -> bytes:
    return msgspec.json.encode((purpose, text))


def _text(purpose: str, raw: bytes) -> str | None:
    found, text = msgspec.json.decode(raw, type=tuple[str, str])
    return text if found == purpose else None


def _key(secret: str) -> bytes:
    """A Fernet key of a secret of any form, which serves other purposes too."""
    return base64.urlsafe_b64encode(hmac.new(secret.encode(), b"dinghuo vault 1", hashlib.sha256).digest())
