"""The life of a notice. Dealers see only a published one, while it holds."""

from dinghuo.kit.transitions import machine

NOTICE = machine("draft", {"draft": ["published"], "published": ["withdrawn"]})
