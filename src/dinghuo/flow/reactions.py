"""What follows from what. Every kind of event stands here, also those that nobody answers yet.

A reaction is level-triggered: it looks for what is missing and does only that, so that any event may be delivered
again at any time.
"""

from collections.abc import Mapping, Sequence

from dinghuo.inventory import events as inventory
from dinghuo.kit import audit_seal, outbox_purge
from dinghuo.kit.outbox import Event
from dinghuo.kit.outbox_run import Reaction, by_kind
from dinghuo.kit.periodic import TENANT, Period
from dinghuo.orders import events as orders
from dinghuo.orders.file_for_search import file_for_search

REACTIONS: Mapping[type[Event], Sequence[Reaction]] = {
    orders.Confirmed: [file_for_search],
    orders.Imported: [file_for_search],
    orders.Cancelled: [],
    inventory.Backordered: [],
    inventory.Filled: [],
    audit_seal.SealDue: [audit_seal.seal_when_due],
    outbox_purge.PurgeDue: [outbox_purge.purge_when_due],
}

BY_KIND = by_kind(REACTIONS)

# What comes back for every tenant.
PERIODS: Sequence[Period] = [
    (audit_seal.SealDue(subject_id=TENANT), audit_seal.EVERY),
    (outbox_purge.PurgeDue(subject_id=TENANT), outbox_purge.EVERY),
]
