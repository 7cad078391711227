"""What follows from what. Every kind of event stands here, also those that nobody answers yet.

A reaction is level-triggered: it looks for what is missing and does only that, so that any event may be delivered
again at any time.
"""

from collections.abc import Mapping, Sequence

from dinghuo.accounts import events as accounts
from dinghuo.accounts.settle_limits import settle_limits
from dinghuo.analytics import recount
from dinghuo.analytics.recount import note_sales
from dinghuo.approvals import events as approvals
from dinghuo.approvals.overdue import press_when_due
from dinghuo.approvals.withdraw import expire_when_due
from dinghuo.desk.merge_customers import move_stragglers
from dinghuo.flow.approval_news import tell_approvers, tell_requesters
from dinghuo.flow.consent_news import tell_of_amendment_requests, tell_of_consents
from dinghuo.flow.dealer_news import tell_of_amendments, tell_of_orders, tell_of_proposals, tell_of_slips
from dinghuo.flow.promise_news import tell_of_promises
from dinghuo.identity import purge
from dinghuo.integrations.imports import events as imports
from dinghuo.integrations.imports import purge as imports_purge
from dinghuo.inventory import events as inventory
from dinghuo.inventory import fill_waiting
from dinghuo.inventory.counts.submit import settle_counts
from dinghuo.kit import audit_seal, idempotency_purge, outbox_purge
from dinghuo.kit.outbox import Event
from dinghuo.kit.outbox_run import Reaction, by_kind
from dinghuo.kit.periodic import TENANT, Period
from dinghuo.notices import events as notices
from dinghuo.notices.show import show_when_due
from dinghuo.orders import events as orders
from dinghuo.orders import expire_unpaid
from dinghuo.orders.blankets.activate import expire_blankets
from dinghuo.orders.blankets.events import BlanketEnds
from dinghuo.orders.file_for_search import file_for_search
from dinghuo.orders.fit_rebates import consume_rebates
from dinghuo.orders.promise_again import EVERY as PROMISES_EVERY
from dinghuo.orders.promise_again import move_promises, move_promises_when_due
from dinghuo.orders.rank_waiting import rank_waiting
from dinghuo.orders.settle_amendment import settle_amendments
from dinghuo.orders.settle_approval import settle_approvals
from dinghuo.parties import events as parties
from dinghuo.parties import find_duplicates
from dinghuo.pricing.ask_publishing import settle_price_lists
from dinghuo.rebates import events as rebates
from dinghuo.rebates.accrue import EVERY as REBATES_EVERY
from dinghuo.rebates.accrue import accrue_agreements, accrue_all, accrue_documents, count_when_due

REACTIONS: Mapping[type[Event], Sequence[Reaction]] = {
    parties.CustomersSaved: [find_duplicates.find_duplicates, rank_waiting],
    parties.CustomersMerged: [accrue_all, move_stragglers],
    parties.Visited: [],
    parties.Commented: [],
    orders.Confirmed: [accrue_documents, file_for_search, note_sales, tell_of_orders],
    orders.Submitted: [file_for_search, note_sales, tell_of_orders],
    orders.Imported: [accrue_documents, file_for_search, note_sales],
    accounts.LimitMoved: [],
    approvals.Asked: [tell_approvers],
    approvals.Moved: [],
    approvals.Decided: [
        settle_approvals,
        settle_amendments,
        settle_counts,
        settle_limits,
        settle_price_lists,
        tell_requesters,
    ],
    approvals.StepDue: [press_when_due],
    approvals.ExpiryDue: [expire_when_due],
    orders.Cancelled: [accrue_documents, note_sales, tell_of_orders],
    orders.Held: [tell_of_orders],
    orders.HoldLifted: [tell_of_orders],
    orders.ShortClosed: [accrue_documents, note_sales, tell_of_orders],
    orders.Closed: [consume_rebates],
    orders.Returned: [accrue_documents],
    orders.AmendmentRequested: [tell_of_amendment_requests],
    orders.Amended: [accrue_documents, file_for_search, note_sales, tell_of_amendments],
    orders.AmendmentClosed: [tell_of_amendments],
    orders.SlipSubmitted: [],
    orders.SlipDecided: [tell_of_slips],
    orders.Repromised: [tell_of_promises],
    orders.PromisesDue: [move_promises_when_due],
    orders.Paid: [],
    expire_unpaid.UnpaidDue: [expire_unpaid.expire_when_due],
    orders.Commented: [],
    orders.DraftProposed: [tell_of_proposals],
    BlanketEnds: [expire_blankets],
    orders.DraftWithdrawn: [],
    orders.DraftDeclined: [],
    orders.DraftChanged: [],
    orders.ConsentMoved: [tell_of_consents],
    rebates.AgreementSaved: [accrue_agreements],
    rebates.Settled: [],
    rebates.CountDue: [count_when_due],
    inventory.Changed: [move_promises],
    inventory.SupplyChanged: [move_promises],
    inventory.Backordered: [],
    inventory.Filled: [tell_of_orders, move_promises],
    inventory.PrioritiesChanged: [rank_waiting],
    notices.Published: [],
    notices.Changed: [],
    notices.Withdrawn: [],
    # Carried to chats by the worker, which knows where they are (`notices.wecom_errand`).
    notices.Messaged: [],
    notices.ShowDue: [show_when_due],
    fill_waiting.FillDue: [fill_waiting.fill_waiting_when_due],
    # Taken up by the worker itself, which has hands for it (`imports.runner`).
    imports.Due: [],
    imports.Progressed: [],
    imports_purge.FilePurgeDue: [imports_purge.purge_files_when_due],
    recount.RecountDue: [recount.recount_when_due],
    find_duplicates.DuplicatesDue: [find_duplicates.find_duplicates_when_due],
    audit_seal.SealDue: [audit_seal.seal_when_due],
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
    (recount.RecountDue(subject_id=TENANT), recount.EVERY),
    (expire_unpaid.UnpaidDue(subject_id=TENANT), expire_unpaid.EVERY),
    (orders.PromisesDue(subject_id=TENANT), PROMISES_EVERY),
    (rebates.CountDue(subject_id=TENANT), REBATES_EVERY),
    (find_duplicates.DuplicatesDue(subject_id=TENANT), find_duplicates.EVERY),
    (imports_purge.FilePurgeDue(subject_id=TENANT), imports_purge.EVERY),
]
