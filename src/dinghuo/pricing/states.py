"""The life of a price list. Only a published one is asked for prices."""

from dinghuo.kit.transitions import machine

PRICE_LIST = machine(
    "draft",
    {
        "draft": ["published"],
        "published": ["withdrawn"],
        "withdrawn": ["published"],
    },
)

# Only a published one is granted; what it has granted stays.
PROMOTION = machine(
    "draft",
    {
        "draft": ["published"],
        "published": ["withdrawn"],
        "withdrawn": ["published"],
    },
)
