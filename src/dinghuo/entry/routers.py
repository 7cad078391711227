"""Every router of the house, in the order of the modules."""

from litestar import Router

import dinghuo.entry.approval_kinds  # noqa: F401 - what can be approved is known wherever there are routes
from dinghuo.accounts.http import router as accounts
from dinghuo.analytics.http import router as analytics
from dinghuo.approvals.http import router as approvals
from dinghuo.approvals.http_policies import router as approval_policies
from dinghuo.catalogue.http import router as catalogue
from dinghuo.desk.http import router as desk
from dinghuo.desk.http_audit import router as audit
from dinghuo.desk.http_paste import router as paste_sheet
from dinghuo.entry.live import http as live
from dinghuo.flow.http import router as operations
from dinghuo.identity import http as identity
from dinghuo.integrations.exports.http import router as exports
from dinghuo.integrations.imports.http import router as imports
from dinghuo.inventory.counts.http import router as counts
from dinghuo.inventory.http import router as inventory
from dinghuo.inventory.http_promise import router as supply
from dinghuo.inventory.lots.http import router as lots
from dinghuo.inventory.transfers.http import router as transfers
from dinghuo.notices.http import router as notices
from dinghuo.notices.http_inbox import inbox_router
from dinghuo.notices.http_wecom import router as wecom
from dinghuo.notices.http_wecom_sign_in import router as wecom_sign_in
from dinghuo.orders.blankets.http import router as blankets
from dinghuo.orders.http import router as orders
from dinghuo.orders.http_amendments import router as amendments
from dinghuo.orders.http_comments import router as comments
from dinghuo.orders.http_drafts import router as drafts
from dinghuo.orders.http_life import router as orders_life
from dinghuo.orders.http_payments import router as payments
from dinghuo.orders.http_promise import router as promises
from dinghuo.orders.http_promotions import router as tried_promotions
from dinghuo.orders.http_reading import router as orders_read
from dinghuo.orders.paste.http import router as paste
from dinghuo.orders.rules.http import router as order_rules
from dinghuo.parties.http import router as parties
from dinghuo.parties.http_comments import router as customer_comments
from dinghuo.parties.http_heads import router as region_heads
from dinghuo.parties.http_visits import router as visits
from dinghuo.portal import http as portal
from dinghuo.portal.notices import router as dealers_notices
from dinghuo.pricing.http import router as pricing
from dinghuo.pricing.http_grid import router as price_grid
from dinghuo.pricing.http_promotions import router as promotions
from dinghuo.rebates.http import router as rebates

# Under /api/v1, for staff and systems.
API: list[Router] = [
    *identity.API,
    approvals,
    approval_policies,
    notices,
    inbox_router(),
    wecom,
    wecom_sign_in,
    parties,
    region_heads,
    visits,
    customer_comments,
    catalogue,
    accounts,
    pricing,
    price_grid,
    promotions,
    inventory,
    supply,
    transfers,
    lots,
    counts,
    orders,
    orders_read,
    blankets,
    paste,
    order_rules,
    promises,
    tried_promotions,
    orders_life,
    amendments,
    payments,
    comments,
    drafts,
    rebates,
    exports,
    imports,
    analytics,
    *portal.API,
    desk,
    paste_sheet,
    audit,
    operations,
    live.router,
]
# Under /portal/v1, for dealers.
PORTAL: list[Router] = [*identity.PORTAL, *portal.PORTAL, dealers_notices, inbox_router(), live.portal]
