"""The table of what follows from what."""

import dinghuo.entry.app  # noqa: F401 - every module, so that every event is known
from dinghuo.flow.reactions import BY_KIND, PERIODS, REACTIONS
from dinghuo.kit.outbox import Event


def _events(parent: type[Event]) -> set[type[Event]]:
    below = set(parent.__subclasses__())
    return below | {event for child in below for event in _events(child)}


def test_every_event_stands_in_the_table() -> None:
    assert {event for event in _events(Event) if event.__module__.startswith("dinghuo.")} == set(REACTIONS)


def test_names_of_marks_are_stable_and_unique() -> None:
    assert len(BY_KIND) == len(REACTIONS)
    assert {kind: [name for name, _ in reactions] for kind, reactions in BY_KIND.items() if reactions} == {
        "parties.customers_saved": ["parties.find_duplicates", "orders.rank_waiting"],
        "inventory.priorities_changed": ["orders.rank_waiting"],
        "parties.customers_merged": ["rebates.accrue_all", "desk.move_stragglers"],
        "parties.duplicates_due": ["parties.find_duplicates_when_due"],
        "orders.confirmed": [
            "rebates.accrue_documents",
            "orders.file_for_search",
            "analytics.note_sales",
            "flow.tell_of_orders",
        ],
        "orders.submitted": ["orders.file_for_search", "analytics.note_sales", "flow.tell_of_orders"],
        "approvals.asked": ["flow.tell_approvers"],
        "approvals.decided": [
            "orders.settle_approvals",
            "orders.settle_amendments",
            "inventory.settle_counts",
            "accounts.settle_limits",
            "pricing.settle_price_lists",
            "flow.tell_requesters",
        ],
        "approvals.step_due": ["approvals.press_when_due"],
        "approvals.expiry_due": ["approvals.expire_when_due"],
        "orders.imported": ["rebates.accrue_documents", "orders.file_for_search", "analytics.note_sales"],
        "orders.cancelled": ["rebates.accrue_documents", "analytics.note_sales", "flow.tell_of_orders"],
        "orders.short_closed": ["rebates.accrue_documents", "analytics.note_sales", "flow.tell_of_orders"],
        "orders.closed": ["orders.consume_rebates"],
        "orders.returned": ["rebates.accrue_documents"],
        "rebates.agreement_saved": ["rebates.accrue_agreements"],
        "rebates.count_due": ["rebates.count_when_due"],
        "orders.amended": [
            "rebates.accrue_documents",
            "orders.file_for_search",
            "analytics.note_sales",
            "flow.tell_of_amendments",
        ],
        "orders.held": ["flow.tell_of_orders"],
        "orders.hold_lifted": ["flow.tell_of_orders"],
        "orders.amendment_closed": ["flow.tell_of_amendments"],
        "orders.amendment_requested": ["flow.tell_of_amendment_requests"],
        "orders.repromised": ["flow.tell_of_promises"],
        "orders.slip_decided": ["flow.tell_of_slips"],
        "orders.consent_moved": ["flow.tell_of_consents"],
        "orders.draft_proposed": ["flow.tell_of_proposals"],
        "orders.promises_due": ["orders.move_promises_when_due"],
        "inventory.changed": ["orders.move_promises"],
        "inventory.supply_changed": ["orders.move_promises"],
        "inventory.filled": ["flow.tell_of_orders", "orders.move_promises"],
        "orders.blanket_ends": ["orders.expire_blankets"],
        "orders.unpaid_due": ["orders.expire_when_due"],
        "analytics.recount_due": ["analytics.recount_when_due"],
        "audit.seal_due": ["kit.seal_when_due"],
        "outbox.purge_due": ["kit.purge_when_due"],
        "idempotency.purge_due": ["kit.purge_keys_when_due"],
        "identity.purge_due": ["identity.purge_sessions_when_due"],
        "notices.show_due": ["notices.show_when_due"],
        "inventory.fill_due": ["inventory.fill_waiting_when_due"],
        "imports.purge_due": ["integrations.purge_files_when_due"],
    }


def test_what_comes_back_is_reacted_to() -> None:
    assert all(REACTIONS[type(event)] for event, _ in PERIODS)
