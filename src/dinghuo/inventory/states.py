"""What becomes of transfers and of stock counts."""

from dinghuo.kit.transitions import machine

TRANSFER = machine("draft", {"draft": ["shipped", "cancelled"], "shipped": ["received"]})
COUNT = machine(
    "open",
    {"open": ["pending_approval", "booked", "cancelled"], "pending_approval": ["booked", "open"]},
)
