"""What follows from what. Every kind of event stands here, also those that nobody answers yet.

A reaction is level-triggered: it looks for what is missing and does only that, so that any event may be delivered
again at any time.
"""

from collections.abc import Mapping, Sequence

from dinghuo.identity import purge
from dinghuo.inventory import events as inventory
from dinghuo.inventory import fill_waiting
from dinghuo.kit import audit_seal, idempotency_purge, outbox_purge
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
    fill_waiting.FillDue: [fill_waiting.fill_waiting_when_due],
    audit_seal.SealDue: [audit_seal.seal_when_due],
    orders.DraftProposed: [],
    orders.DraftWithdrawn: [],
    orders.DraftDeclined: [],
    orders.DraftChanged: [],
    inventory.Changed: [],
    outbox_purge.PurgeDue: [outbox_purge.purge_when_due],
    idempotency_purge.KeyPurgeDue: [idempotency_purge.purge_keys_when_due],
    purge.SessionPurgeDue: [purge.purge_sessions_when_due],
}

BY_KIND = by_kind(REACTIONS)

# What comes back for every tenant.
PERIODS: Sequence[Period] = [
    (audit_seal.SealDue(subject_id=TENANT), audit_seal.EVERY),
    (outbox_purge.PurgeDue(subject_id=TENANT), outbox_purge.EVERY),
    (idempotency_purge.KeyPurgeDue(subject_id=TENANT), idempotency_purge.EVERY),
    (purge.SessionPurgeDue(subject_id=TENANT), purge.EVERY),
    (fill_waiting.FillDue(subject_id=TENANT), fill_waiting.EVERY),
]
