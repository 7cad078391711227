"""What the demo's dealers have in their portal: lists of what they usually buy, carts begun, proposals that wait."""

from decimal import Decimal
from typing import Final

from dinghuo.entry.demo.dealers import DEALER_BY_CODE
from dinghuo.entry.demo.people import DEALER_USERS, STAFF, DealerUser
from dinghuo.entry.demo.seed_company import people
from dinghuo.entry.demo.steps import NOTHING, Outcome
from dinghuo.identity.permissions import permissions_of
from dinghuo.identity.principals import EVERYTHING, DealerPrincipal, StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.orders.draft_lines import as_draft_line
from dinghuo.orders.propose import propose
from dinghuo.orders.requests import LineRequest
from dinghuo.orders.save_draft import DraftRequest, begin_draft
from dinghuo.parties.facts import load_customers
from dinghuo.portal.change_lines import add_lines
from dinghuo.portal.home import usual_lines
from dinghuo.portal.park import park
from dinghuo.portal.shelf import open_shelf
from dinghuo.portal.shopping_lists import ListContent, ListLine, make_list

_WEEKLY, _PROMOTION, _CART, _PROPOSED = 12, 6, 5, 8
_MESSAGE: Final = "按贵司近期用量整理的补货建议，请确认"


async def lists(tx: Tx) -> Outcome:
    """Every dealer who has an administrator keeps two shopping lists."""
    for user in _of_role("dealer_admin"):
        dealer = await principal_of(tx, user)
        basket = await basket_of(tx, dealer)
        for name, lines in (("每周补货", basket[:_WEEKLY]), ("活动备货", basket[-_PROMOTION:])):
            if lines:
                content = ListContent(name, [ListLine(line.sku, line.quantity, line.unit) for line in lines])
                await make_list(tx, content=content, dealer=dealer)
    return NOTHING


async def carts(tx: Tx) -> Outcome:
    """Buyers set one cart aside and began another."""
    for user in _of_role("dealer_buyer"):
        dealer = await principal_of(tx, user)
        basket = await basket_of(tx, dealer)
        if len(basket) > _CART:
            await add_lines(tx, lines=basket[_CART : 2 * _CART], dealer=dealer)
            await park(tx, name="月底备货", dealer=dealer)
        if basket:
            await add_lines(tx, lines=basket[:_CART], dealer=dealer)
    return NOTHING


async def proposals(tx: Tx) -> Outcome:
    """Sales people propose what their dealers usually buy."""
    known = await people(tx)
    for user in _of_role("dealer_admin"):
        basket = await basket_of(tx, await principal_of(tx, user))
        if basket:
            owner = next(person for person in STAFF if person.login == DEALER_BY_CODE[user.dealer].owner)
            staff = StaffPrincipal(
                id=known[owner.login],
                tenant_id=tx.tenant_id,
                name=owner.zh,
                user_id=known[owner.login],
                permissions=permissions_of("staff"),
                scope=EVERYTHING,
                sees_price=True,
            )
            lines = [as_draft_line(line) for line in basket[:_PROPOSED]]
            request = DraftRequest(customer=user.dealer, lines=lines, name="补货建议")
            draft = await begin_draft(tx, request=request, principal=staff, by=staff.actor())
            await propose(tx, draft_id=draft.id, message=_MESSAGE, principal=staff, by=staff.actor())
    return NOTHING


def _of_role(role: str) -> list[DealerUser]:
    return [user for user in DEALER_USERS if user.role == role]


async def principal_of(tx: Tx, user: DealerUser) -> DealerPrincipal:
    known = await people(tx)
    customer = (await load_customers(tx, [user.dealer]))[user.dealer]
    return DealerPrincipal(
        id=known[user.login],
        tenant_id=tx.tenant_id,
        user_id=known[user.login],
        name=user.zh,
        customer_id=customer.id,
        customer_ids=frozenset({customer.id}),
        permissions=permissions_of("dealer"),
        sees_price=True,
    )


async def basket_of(tx: Tx, dealer: DealerPrincipal) -> list[LineRequest]:
    """What the dealer usually buys, as it may be ordered now."""
    shelf = await open_shelf(tx, dealer)
    found = await usual_lines(tx, shelf, most=2 * _WEEKLY)
    lines = []
    for each in found:
        offer = next(unit for unit in each.sku.units if unit.unit == each.unit)
        whole = max(offer.minimum, (each.quantity // offer.step) * offer.step)
        if each.sku.availability.state != "none":
            lines.append(LineRequest(each.sku.code, Decimal(whole), each.unit))
    return lines
