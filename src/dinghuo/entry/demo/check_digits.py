"""Check digits that make invented numbers well-formed: EAN-13 barcodes and Chinese unified social credit codes."""

from typing import Final

CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015 leaves out I, O, S, V and Z."""

_CREDIT_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


def ean13(body: str) -> str:
    """The 12 digits with their EAN-13 check digit."""
    if len(body) != 12 or not body.isdecimal():
        raise ValueError(f"EAN-13 needs 12 digits before the check digit, got {body!r}")
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def organisation_code(body: str) -> str:
    """The 8 characters with their GB 11714 check character: digits nine to seventeen of a credit code."""
    total = sum(
        _ORGANISATION_ALPHABET.index(sign) * weight for sign, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    check = -total % 11
    return body + ("X" if check == 10 else str(check))


def credit_code(*, district: str, organisation: str) -> str:
    """An 18-character unified social credit code of a company (91) registered in a 6-digit district."""
    body = f"91{district}{organisation_code(organisation)}"
    total = sum(CREDIT_ALPHABET.index(sign) * weight for sign, weight in zip(body, _CREDIT_WEIGHTS, strict=True))
    return body + CREDIT_ALPHABET[-total % 31]
