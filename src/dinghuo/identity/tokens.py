"""Credentials a program presents: `tenant.id.secret`. Of the secret, 256 random bits, only a hash is stored."""

import hashlib
import secrets
from uuid import UUID

import msgspec

# Without letters that look like digits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_LARGEST_TENANT = 2**63 - 1


class Token(msgspec.Struct, frozen=True):
    """A credential as presented. Its text is a secret: nothing may log it."""

    tenant_id: int
    id: UUID
    secret: str

    def __repr__(self) -> str:
        return f"Token({self.tenant_id}, {self.id}, …)"

    @property
    def hash(self) -> bytes:
        return hash_secret(self.secret)

    def text(self) -> str:
        return f"{self.tenant_id}.{self.id.hex}.{self.secret}"

    def csrf(self) -> str:
        """The token a browser must send beside the cookie: known only to whoever was given this credential."""
        return hashlib.sha256(b"csrf." + self.secret.encode()).hexdigest()


def new_token(tenant_id: int, id: UUID) -> Token:
    return Token(tenant_id, id, secrets.token_urlsafe(32))


def readable_secret() -> str:
    """A secret of about 59 bits that people can copy or read out: `7kxm-p2fa-9qwd`."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def hash_secret(secret: str) -> bytes:
    """SHA-256: enough for a secret that cannot be guessed, and quick enough to do for every request."""
    return hashlib.sha256(secret.encode()).digest()


def parse_token(text: str) -> Token | None:
    """None for anything that does not have the form of a credential."""
    tenant, _, rest = text.partition(".")
    id, _, secret = rest.partition(".")
    if not (tenant.isascii() and tenant.isdigit() and len(tenant) < 20 and len(id) == 32 and secret):
        return None
    if not (text.isascii() and 0 < int(tenant) <= _LARGEST_TENANT):
        return None
    try:
        return Token(int(tenant), UUID(hex=id), secret)
    except ValueError:
        return None
