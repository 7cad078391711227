"""Who may buy what at the demo company; all else is for everybody."""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Rule:
    """`audience` and `items` are (kind, code), as an assortment's own members are."""

    code: str
    name: str
    mode: Literal["allow", "deny"]
    audience: tuple[tuple[Literal["customer", "region", "channel"], str], ...]
    items: tuple[tuple[Literal["category", "brand"], str], ...]


RULES: Final = (
    Rule("alcohol-offline", "酒类不供电商（控价）", "deny", (("channel", "ecommerce"),), (("category", "alcohol"),)),
    Rule(
        "hetingchun-east",
        "鹤汀春仅限华东",
        "deny",
        tuple(("region", code) for code in ("south", "north", "central", "southwest", "northwest")),
        (("brand", "HT"),),
    ),
    Rule("cold-chain", "冷链不到西北", "deny", (("region", "northwest"),), (("category", "frozen"), ("brand", "PY"))),
    Rule(
        "community-store",
        "社区店可售范围：饮料、乳品、速食、零食",
        "allow",
        (("customer", "D057"),),
        tuple(("category", code) for code in ("drinks", "dairy-products", "instant", "snacks")),
    ),
)
