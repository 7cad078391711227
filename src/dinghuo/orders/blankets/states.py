"""The life of a blanket order. It is called off while active, from its first through its last day."""

from dinghuo.kit.transitions import machine

BLANKET = machine(
    "draft",
    {
        "draft": ["active", "closed"],
        "active": ["closed", "expired"],
    },
)
