"""What a rule of each kind says. Pure data, checked when it is saved and used as it is when orders are decided."""

from decimal import Decimal
from typing import Literal

import msgspec

Kind = Literal["minimum", "freight", "delivery"]
Basis = Literal["flat", "amount", "quantity", "weight"]


class Minimum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an order must come to: its goods with tax, and how many sales units of them."""

    amount: Decimal | None = None
    quantity: Decimal | None = None


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """From so much on the freight is this."""

    start: Decimal
    charge: Decimal


class Freight(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What delivery costs.

    `flat`: `charge`. `amount`, `quantity`: the highest of `steps` that the goods reach (with tax; in sales units).
    `weight`: `charge` for the first `first_kg`, and `each_charge` for each `each_kg` begun beyond. Nothing from
    `free_from` on. `tax_rate` null is exempt.
    """

    basis: Basis
    charge: Decimal | None = None
    steps: tuple[Step, ...] = ()
    first_kg: Decimal | None = None
    each_kg: Decimal | None = None
    each_charge: Decimal | None = None
    free_from: Decimal | None = None
    tax_rate: Decimal | None = None
    tax_inclusive: bool = True


class DeliveryTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When orders are cut off and how many working days they take; `calendar` is a code."""

    cut_off: str | None = None
    lead_days: int = 0
    calendar: str | None = None


Terms = Minimum | Freight | DeliveryTerms
TERMS: dict[str, type[Terms]] = {"minimum": Minimum, "freight": Freight, "delivery": DeliveryTerms}
