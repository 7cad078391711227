"""What an import goes through: looked at, checked (which writes nothing), run."""

from typing import Literal

from dinghuo.kit.transitions import machine

State = Literal["looking", "ready", "checking", "checked", "running", "done", "failed", "cancelled"]
Action = Literal["look", "check", "run", "cancel"]

IMPORT = machine(
    "looking",
    {
        "looking": ["ready", "failed", "cancelled"],
        "ready": ["looking", "checking", "cancelled"],
        "checking": ["checked", "ready", "failed"],
        "checked": ["looking", "checking", "running", "cancelled"],
        "running": ["done", "failed", "cancelled"],
        # What was begun can be finished; what could not be read can be tried another way.
        "failed": ["looking", "checking", "running"],
        "cancelled": ["running"],
    },
)

# The states in which a worker has it, or will.
WORKING: tuple[State, ...] = ("looking", "checking", "running")
# Where each action leads. Cancelling leads elsewhere: see `cancel`.
LEADS_TO: dict[Action, State] = {"look": "looking", "check": "checking", "run": "running"}


def actions(state: str, *, has_look: bool, is_checked: bool, is_cancelling: bool) -> list[Action]:
    """What may be done with an import now. A run needs a check before it, a check a look."""
    possible: list[Action] = [action for action, to in LEADS_TO.items() if (state, to) in IMPORT.moves]
    if not has_look and "check" in possible:
        possible.remove("check")
    if not is_checked and "run" in possible:
        possible.remove("run")
    if state in (*WORKING, "ready", "checked") and not is_cancelling:
        possible.append("cancel")
    return possible
