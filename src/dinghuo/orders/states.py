"""The life of a sales order. `on_hold` is not a state but a set of reasons (`holds`) that block release."""

from dinghuo.kit.transitions import machine

ORDER = machine(
    "draft",
    {
        "draft": ["pending_approval", "confirmed"],
        "pending_approval": ["confirmed", "rejected", "cancelled"],
        "confirmed": ["closed", "cancelled"],
    },
)
