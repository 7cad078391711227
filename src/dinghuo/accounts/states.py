"""The life of a change of a credit limit that waits for approval."""

from dinghuo.kit.transitions import machine

# `superseded`: the limit became another one meanwhile, so that what was asked about is no longer there.
LIMIT_CHANGE = machine("waiting", {"waiting": ["set", "rejected", "withdrawn", "superseded"]})
