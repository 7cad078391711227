"""Every kind of subject that policies may want approved."""

from dinghuo.approvals.kinds import register
from dinghuo.inventory.counts.submit import STOCK_COUNT
from dinghuo.orders.amend_approval import AMENDMENT
from dinghuo.orders.approval_past import ORDER

for kind in (ORDER, AMENDMENT, STOCK_COUNT):
    register(kind)
