"""A dealer whose larger orders a colleague approves, with one that waits for it."""

from decimal import Decimal
from typing import Final

from dinghuo.entry.demo.people import DEALER_USERS
from dinghuo.entry.demo.seed_portal import basket_of, principal_of
from dinghuo.entry.demo.steps import NOTHING, Outcome
from dinghuo.kit.database import Tx
from dinghuo.portal.change_lines import add_lines
from dinghuo.portal.consent_rules import ConsentRule, save_rule
from dinghuo.portal.consents import ask
from dinghuo.portal.park import park

_DEALER: Final = "D004"
_ABOVE, _LINES = Decimal(2000), 6


async def consents(tx: Tx) -> Outcome:
    """Above 2,000 the administrator wants to see what is ordered."""
    admin, buyer = [
        await principal_of(tx, user)
        for role in ("dealer_admin", "dealer_buyer")
        for user in DEALER_USERS
        if (user.dealer, user.role) == (_DEALER, role)
    ]
    await save_rule(tx, rule=ConsentRule(active=True, above=_ABOVE), revision=1, dealer=admin)
    basket = await basket_of(tx, buyer)
    if basket:
        await add_lines(tx, lines=basket[-_LINES:], dealer=buyer)
        wanted = await park(tx, name="周末备货", dealer=buyer)
        await ask(
            tx, draft_id=wanted.id, revision=None, expected_gross=None, message="周末要用，请审批", dealer=buyer
        )
    return NOTHING
