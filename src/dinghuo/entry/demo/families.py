"""How the hand-written product tables are spelled: a family times its flavours times its sizes are its SKUs."""

from dataclasses import dataclass
from typing import Literal

SupplyPolicy = Literal["refuse", "backorder", "presell", "untracked"]
Temperature = Literal["ambient", "cool", "chilled", "frozen"]


@dataclass(frozen=True, slots=True)
class Size:
    """One pack size.

    `form` names the drawing. `units` is the base unit and then each sales unit with how many base units it
    holds, the case last: `"罐 箱=24"`, `"kg 斤=1/2 箱=10"`. `cost` is net of tax, `price` includes it,
    both for one base unit. `share` is how well the size sells beside its sisters.
    """

    code: str
    zh: str
    form: str
    units: str
    cost: str
    price: str
    share: float = 1.0
    en: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A product line. `pace` is cases a week over all its SKUs; `presell`, `minimum`, `multiple` are in cases."""

    code: str
    brand: str
    category: str
    zh: str
    en: str
    axis: str
    flavours: str
    sizes: tuple[Size, ...]
    blurb_zh: str
    blurb_en: str
    pace: int = 100
    shelf_days: int = 365
    tax: str = "0.13"
    temperature: Temperature = "ambient"
    policy: SupplyPolicy = "refuse"
    presell: int = 0
    minimum: int | None = None
    multiple: int | None = None
    premium: tuple[tuple[str, str], ...] = ()
    skip: tuple[tuple[str, str], ...] = ()
