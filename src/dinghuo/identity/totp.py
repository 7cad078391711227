"""One-time codes of an authenticator app (RFC 6238) and the codes that stand in for a lost one."""

import hmac
from datetime import datetime
from uuid import UUID

import pyotp
import segno

from dinghuo.identity.tokens import hash_secret, readable_secret

STEP_SECONDS = 30
# A clock may be off by half a minute.
_DRIFT = 1
RECOVERY_CODES = 10


def new_secret() -> str:
    return pyotp.random_base32(32)


def purpose(user_id: UUID) -> str:
    """What a secret is sealed for: it opens as this user's, and as no other's."""
    return f"totp {user_id}"


def uri(secret: str, *, login: str, company: str) -> str:
    """What an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=f"Dinghuo {company}")


def qr_svg(text: str) -> str:
    """A QR code as an SVG drawing."""
    return segno.make(text, micro=False).svg_inline(scale=4)


def matching_step(secret: str, code: str, now: datetime, last: int | None) -> int | None:
    """The time step whose code this is, later than `last`; None when it is none: no code works twice."""
    present = int(now.timestamp()) // STEP_SECONDS
    otp = pyotp.TOTP(secret)
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        same = hmac.compare_digest(otp.generate_otp(step).encode(), code.encode())
        if same and (last is None or step > last):
            return step
    return None


def is_code(text: str) -> bool:
    return len(text) == 6 and text.isascii() and text.isdigit()


def new_recovery_codes() -> list[str]:
    """Ten codes, each good for one sign-in."""
    return [readable_secret() for _ in range(RECOVERY_CODES)]


def hash_recovery_code(code: str) -> bytes:
    """However it was typed: spaces, hyphens and capitals make no difference."""
    return hash_secret("".join(letter for letter in code.lower() if letter.isalnum()))
