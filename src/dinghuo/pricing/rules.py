"""What each kind of price list is for. The order in which lists win stands in docs/pricing.md."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

Kind = Literal["contract", "tier_region", "tier", "region", "channel", "base"]
Target = Literal["customer", "tier", "region", "channel"]

# Whom a list of each kind names, the most specific kind first.
TARGETS: Mapping[Kind, tuple[Target, ...]] = {
    "contract": ("customer",),
    "tier_region": ("tier", "region"),
    "tier": ("tier",),
    "region": ("region",),
    "channel": ("channel",),
    "base": (),
}


def scope_word(
    kind: Kind,
    *,
    customer_id: UUID | None = None,
    tier_id: UUID | None = None,
    region_id: UUID | None = None,
    channel_id: UUID | None = None,
) -> str:
    """Kind and whom it is for in one word, `tier_region:<tier>:<region>`. Two lists with one word may clash."""
    ids = {"customer": customer_id, "tier": tier_id, "region": region_id, "channel": channel_id}
    return ":".join((kind, *(str(ids[target]) for target in TARGETS[kind])))
