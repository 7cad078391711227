"""What came, or would come, of a file: counts and amounts that add up to it."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal, localcontext

import msgspec

from dinghuo.integrations.order_book import reasons as why
from dinghuo.integrations.order_book.check import planned
from dinghuo.integrations.order_book.lines import EXACT
from dinghuo.integrations.order_book.plan import Plan
from dinghuo.kit.errors import Fault
from dinghuo.kit.money import CENT, ZERO


class Reason(msgspec.Struct, frozen=True):
    """Why lines were set aside; the sentence is that of one of them."""

    reason: str
    lines: int
    amount: str
    zh: str
    en: str


class Warned(msgspec.Struct, frozen=True):
    """Something a person should look at; it stopped nothing."""

    code: str
    zh: str
    en: str


class Opening(msgspec.Struct, frozen=True):
    """The stock that must have been there before the first order, derived; quantities in base units."""

    skus: int
    quantity: str


class New(msgspec.Struct, frozen=True, kw_only=True):
    """What of the file is not in Dinghuo yet; after a run, what was written by it. All zero when it is run again."""

    orders: int
    returns: int
    customers: int
    skus: int
    prices: int
    openings: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`lines_read` = `lines_ordered` + `lines_set_aside`, and so with the amounts (exact decimals).

    Lines of orders count as ordered, and so do those that cancel a part of them or are kept as returns. Every line
    set aside counts under one reason. `checked` says that the database holds these lines and amounts.
    """

    file: str
    dry_run: bool
    lines_read: int
    lines_ordered: int
    lines_set_aside: int
    amount_read: str
    amount_ordered: str
    amount_set_aside: str
    orders: int
    open_orders: int
    cancelling_lines: int
    returned_lines: int
    customers: int
    skus: int
    opening: Opening
    new: New
    reasons: dict[str, int]
    set_aside: list[Reason]
    warnings: list[Warned]
    checked: bool = False
    seconds: float = 0.0


def report(plan: Plan, *, file: str, dry_run: bool) -> Report:
    """The report of a plan: of a dry run, and of a run before it is checked."""
    lines, orders, returns = plan.lines, plan.invoices.orders, plan.invoices.returns
    reasons = _reasons(plan)
    with localcontext(EXACT):
        read = sum(lines.amounts, ZERO)
        aside = sum((Decimal(each.amount) for each in reasons), ZERO)
    taken = [line for invoice in (*orders, *returns) for line in invoice.lines]
    ordered = _total(lines.amounts[line] for order in orders for line in order.lines)
    returned = {part.line for part in plan.parts if part.order is None}
    cancelling = {part.line for part in plan.parts if part.order is not None}
    return Report(
        file=file,
        dry_run=dry_run,
        lines_read=len(lines),
        lines_ordered=len(taken),
        lines_set_aside=len(plan.asides.reason_of),
        amount_read=money(read),
        amount_ordered=money(_total(lines.amounts[line] for line in taken)),
        amount_set_aside=money(aside),
        orders=len(orders),
        open_orders=sum(order.is_live for order in orders),
        cancelling_lines=len(cancelling - returned),
        returned_lines=len(returned),
        customers=len({invoice.customer for invoice in (*orders, *returns)}),
        skus=len(set(map(lines.skus.__getitem__, taken))),
        opening=Opening(len(plan.opening), text(_total(plan.opening.values()))),
        new=New(
            orders=sum(not order.is_known for order in orders),
            returns=sum(part.order is None and not part.is_known for part in plan.parts),
            customers=len(plan.master.customers),
            skus=len(plan.master.skus),
            prices=len(plan.master.prices),
            openings=len(plan.to_open) + len(plan.to_open_live),
        ),
        reasons={each.reason: each.lines for each in reasons},
        set_aside=reasons,
        warnings=[_warned(fault) for fault in (*plan.doubts, *_rounded(planned(plan).amount - ordered))],
    )


def _reasons(plan: Plan) -> list[Reason]:
    asides, amounts = plan.asides, plan.lines.amounts
    counts = Counter(asides.reason_of.values())
    sums: dict[str, Decimal] = {}
    with localcontext(EXACT):
        for line, reason in asides.reason_of.items():
            sums[reason] = sums.get(reason, ZERO) + amounts[line]
    return [
        Reason(
            reason,
            count,
            money(sums[reason]),
            asides.example_of[reason].sentence("zh"),
            asides.example_of[reason].sentence("en"),
        )
        for reason, count in counts.most_common()
    ]


def _rounded(difference: Decimal) -> list[Fault]:
    return [why.ROUNDED(difference=money(difference))] if difference else []


def _total(amounts: Iterable[Decimal]) -> Decimal:
    with localcontext(EXACT):
        return sum(amounts, ZERO)


def _warned(fault: Fault) -> Warned:
    return Warned(fault.message.code, fault.sentence("zh"), fault.sentence("en"))


def text(number: Decimal) -> str:
    """Exactly, without an exponent or zeros at the end."""
    return f"{number.normalize(EXACT) + ZERO:f}"


def money(amount: Decimal) -> str:
    """Exactly, with the cents at least."""
    exponent = amount.normalize(EXACT).as_tuple().exponent
    return f"{amount.quantize(CENT, context=EXACT) if exponent >= -2 else amount.normalize(EXACT):f}"  # type: ignore[operator]
