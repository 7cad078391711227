"""What one line of an order says before it is known which goods it means. Pure."""

from collections.abc import Container
from decimal import Decimal
from typing import Literal

import msgspec

from dinghuo.orders.paste.tokens import Token

# What becomes of it: a line of its own; more of, or instead of, a line before it; a line before it taken back.
Deed = Literal["new", "add", "set", "drop"]


class Said(msgspec.Struct, frozen=True):
    """A quantity as it was said; no unit is what the goods are usually ordered by."""

    value: Decimal
    unit: str | None
    rough: bool = False
    loose: bool = False


class Item(msgspec.Struct):
    """`words` may name goods, `context` what stood above them. `numbers` may be a size or a quantity."""

    start: int
    end: int
    words: list[str] = []
    context: list[str] = []
    codes: list[str] = []
    barcodes: list[str] = []
    measures: list[Token] = []
    numbers: list[Token] = []
    quantities: list[Said] = []
    packs: list[Decimal] = []
    containers: list[str] = []
    marked: list[Decimal] = []
    bigness: str = ""
    each: bool = False
    deed: Deed = "new"

    @property
    def is_named(self) -> bool:
        return bool(self.words or self.codes or self.barcodes)

    @property
    def is_sized(self) -> bool:
        return bool(self.measures or self.numbers or self.packs or self.containers)

    @property
    def is_counted(self) -> bool:
        return bool(self.quantities or self.marked)

    @property
    def phrase(self) -> str:
        """What names the goods, sizes among it: what is learned."""
        sizes = [token.text for token in sorted([*self.measures, *self.size_numbers], key=lambda token: token.start)]
        return " ".join([*self.barcodes, *self.codes, *self.words, *sizes])

    @property
    def size_numbers(self) -> list[Token]:
        """Bare numbers that are no quantity, as one follows them or they are too large or broken to be one."""
        if self.is_counted:
            return self.numbers
        first, last = self.numbers[:-1], self.numbers[-1:]
        return [*first, *(token for token in last if token.value is not None and not is_countable(token.value))]

    @property
    def spellings(self) -> list[str]:
        """What may be a code, as it stands."""
        words = [word for word in self.words if word.isascii() and len(word) > 2]
        return [*self.codes, *words, *(token.text for token in self.numbers if len(token.text) > 3)]

    def know_codes(self, codes: Container[str]) -> None:
        """Numbers that are codes of goods are neither sizes nor quantities."""
        known = [token for token in self.numbers if len(token.text) > 3 and token.text in codes]
        if known:
            self.numbers = [token for token in self.numbers if token not in known]
            self.codes = [*self.codes, *(token.text for token in known)]

    @property
    def key(self) -> str:
        return " ".join([*self.barcodes, *self.codes, *self.words])

    def take(self, token: Token) -> None:
        """A token that describes goods without naming them."""
        if token.kind == "measure":
            self.measures = [*self.measures, token]
        elif token.kind == "number":
            self.numbers = [*self.numbers, token]
        elif token.kind == "form" and token.value is not None:
            self.packs = [*self.packs, token.value]
        elif token.kind == "form" and token.unit is not None:
            self.containers = [*self.containers, token.unit]
            self.bigness = token.text[0] if token.text[0] in "大小中" else self.bigness
        self.stretch(token)

    def stretch(self, token: Token) -> None:
        self.start, self.end = min(self.start, token.start), max(self.end, token.end)

    def said(self) -> Said | None:
        """The quantity, where one is certain; several units are told apart by who knows the goods."""
        if self.quantities:
            return self.quantities[0]
        return Said(self.marked[-1], None) if self.marked else None

    def settle(self) -> None:
        """Of 330ml x 3 the last is a quantity when there is no other."""
        if not self.is_counted and self.packs and not self.numbers and self.measures:
            self.marked, self.packs = [self.packs[-1]], self.packs[:-1]
        elif self.quantities and self.marked:
            self.packs, self.marked = [*self.packs, *self.marked], []


def is_countable(value: Decimal) -> bool:
    """Whether a bare number by itself is rather a quantity than a size."""
    return value < 100 and value == value.to_integral_value()
