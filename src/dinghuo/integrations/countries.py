"""Countries as spreadsheets write them."""

from functools import cache

from babel import Locale

_LANGUAGES = ("en", "zh", "zh_Hant")
# What people write and no standard says.
_ALIASES = {
    "america": "US",
    "czech republic": "CZ",
    "eire": "IE",
    "england": "GB",
    "great britain": "GB",
    "holland": "NL",
    "hong kong": "HK",
    "korea": "KR",
    "macau": "MO",
    "rsa": "ZA",
    "russian federation": "RU",
    "scotland": "GB",
    "uae": "AE",
    "uk": "GB",
    "usa": "US",
    "viet nam": "VN",
    "香港": "HK",
    "澳门": "MO",
}


def country_code(name: str | None) -> str | None:
    """ISO 3166 code of a country by its code or its name, in English or Chinese; None when it is none of them."""
    return _countries().get(" ".join(name.split()).casefold()) if name else None


@cache
def _countries() -> dict[str, str]:
    named = [(code, name) for language in _LANGUAGES for code, name in Locale.parse(language).territories.items()]
    countries = [(code, name) for code, name in named if len(code) == 2 and code.isalpha()]
    return {
        **{code.casefold(): code for code, _ in countries},
        **{name.casefold(): code for code, name in countries},
        **_ALIASES,
    }
