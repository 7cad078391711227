"""A text as it was sent, and the one form in which it is read; every place in it can be told in the original."""

import re
import unicodedata

import msgspec

# Numbers in circles count the lines of a list: they are not quantities.
_BULLETS = re.compile("[①-⓿❶-➓⏎•·●○■□◆▪►▶➤]")
_TIMES = re.compile("[×✕✖╳]")
_KEPT = frozenset(
    ["Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Mn"]
)


class Source(msgspec.Struct, frozen=True):
    """`clean` is what is read; `places` says of each of its characters which of the original it came from."""

    text: str
    clean: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of `clean` lies in the original, in UTF-16 code units, as browsers count."""
        if end <= start:
            return 0, 0
        first, last = self.places[start], self.places[end - 1] + 1
        before = _utf16(self.text[:first])
        return before, before + _utf16(self.text[first:last])

    def piece(self, start: int, end: int) -> str:
        """A piece of `clean` as it was written."""
        return self.text[self.places[start] : self.places[end - 1] + 1] if end > start else ""


def read_source(text: str) -> Source:
    """Half-width, small letters, no pictures."""
    clean: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for plain in _plain(char):
            clean.append(plain)
            places.append(place)
    return Source(text, "".join(clean), tuple(places))


def plain(text: str) -> str:
    """The form in which texts are compared."""
    return "".join(each for char in text for each in _plain(char))


def _plain(char: str) -> str:
    if char in "\n\r":
        return "\n"
    if _BULLETS.match(char):
        return "\n"
    if _TIMES.match(char):
        return "*"
    folded = unicodedata.normalize("NFKC", char).lower()
    return "".join(each if _is_kept(each) else " " for each in folded)


def _is_kept(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind in _KEPT or kind[0] in _KEPT


def _utf16(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)
