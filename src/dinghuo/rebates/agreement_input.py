"""An agreement about rebates as people write it, by codes."""

from datetime import date
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.rebates.periods import PeriodKind
from dinghuo.rebates.tiers import Measure, Method, Tier


class RebateMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom an agreement is with: of each kind that is named one. A region means all below it too, a customer its
    branches."""

    kind: Literal["customer", "tier", "region", "channel"]
    code: str


class RebateGoods(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Goods that count, or that are `excluded`; a category means all below it too."""

    kind: Literal["sku", "product", "category", "brand"]
    code: str
    excluded: bool = False


class AgreementFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agreement says of itself; what is left out stays as it is.

    `steps` are its tiers, rising: percent of what was bought without tax (`net`) or with it (`gross`), or an amount
    for each base unit (`quantity`). Without `audience` it is with everyone, without `items` about all goods; both,
    when given, are all there are. `with_branches` counts branches with the company at the top of theirs. With
    `over_last_year` only what is more than in the same period of last year counts, for tiers and for what is earned.
    """

    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    organisation: str | UnsetType | None = UNSET
    currency: str | UnsetType = UNSET
    measure: Measure | UnsetType = UNSET
    method: Method | UnsetType = UNSET
    period: PeriodKind | UnsetType = UNSET
    steps: list[Tier] | UnsetType = UNSET
    settle_as: Literal["credit", "goods"] | UnsetType = UNSET
    with_branches: bool | UnsetType = UNSET
    over_last_year: bool | UnsetType = UNSET
    valid_from: date | UnsetType = UNSET
    valid_until: date | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET
    audience: list[RebateMember] | UnsetType = UNSET
    items: list[RebateGoods] | UnsetType = UNSET


class AgreementInput(AgreementFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agreement by its code. A new one needs `name`, `measure`, `period`, `steps` and `valid_from`."""

    code: str
