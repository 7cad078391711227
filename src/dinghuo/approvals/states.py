"""The life of a request and of its steps."""

from dinghuo.kit.transitions import machine

REQUEST = machine("open", {"open": ["approved", "rejected", "withdrawn"]})
# A step that is returned to is asked again, and those after it wait for it.
STEP = machine(
    "waiting",
    {
        "waiting": ["open"],
        "open": ["done", "rejected", "waiting", "closed"],
        "done": ["waiting"],
    },
)
TASK = machine("open", {"open": ["approved", "rejected", "handed_over", "closed"]})
