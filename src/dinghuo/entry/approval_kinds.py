"""Every kind of subject that policies may want approved."""

from dinghuo.accounts.limit_facts import CREDIT_CHANGE
from dinghuo.approvals.kinds import register
from dinghuo.inventory.counts.submit import STOCK_COUNT
from dinghuo.orders.amend_approval import AMENDMENT
from dinghuo.orders.approval_past import ORDER
from dinghuo.pricing.list_facts import PRICE_LIST

for kind in (ORDER, AMENDMENT, CREDIT_CHANGE, PRICE_LIST, STOCK_COUNT):
    register(kind)
