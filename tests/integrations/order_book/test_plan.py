"""What becomes of every line: orders, cancellations, returns, and what is set aside and why."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tests.integrations.order_book.files import (
    MAPPING,
    cancelled,
    ordered,
    plan_of,
    set_aside,
    taken_back,
)

from dinghuo.integrations.order_book.known import Known
from dinghuo.integrations.order_book.report import report
from dinghuo.integrations.sheets import SheetError


def test_lines_of_one_number_are_one_order_wherever_they_stand() -> None:
    plan = plan_of(
        "2,2026-01-02 09:00,K1,B,Beer,1,2.00",
        "1,2026-01-01 10:30,K1,A,Ale,2,1.50",
        "2,2026-01-02 08:59,K1,A,Ale,3,1.50",
    )
    assert ordered(plan) == {"1": ["A"], "2": ["B", "A"]}
    assert [order.at for order in plan.invoices.orders] == [
        datetime(2026, 1, 1, 10, 30, tzinfo=UTC),
        datetime(2026, 1, 2, 8, 59, tzinfo=UTC),
    ]
    assert set_aside(plan) == {}


def test_the_times_are_those_of_the_files_zone() -> None:
    london = msgspec.structs.replace(MAPPING, time_zone="Europe/London")
    rows = ("1,2026-06-01 09:00,K1,A,Ale,2,1.50", "2,2026-01-01 09:00,K1,A,Ale,2,1.50")
    plan = plan_of(*rows, mapping=london, known=Known(zone=ZoneInfo("Asia/Shanghai")))
    assert [order.at.hour for order in plan.invoices.orders] == [9, 8]
    plan = plan_of(*rows, known=Known(zone=ZoneInfo("Asia/Shanghai")))
    assert [order.at.hour for order in plan.invoices.orders] == [1, 1]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,2026-01-01,,A,Ale,1,1", "no-customer"),
        ("1,2026-01-01,K1,POST,Postage,1,1", "carriage"),
        ("1,2026-01-01,K1,A,Ale,0,1", "no-quantity"),
        ("1,2026-01-01,K1,A,Ale,-1,1", "negative-quantity"),
        ("C1,2026-01-01,K1,A,Ale,1,1", "positive-cancellation"),
        ("C1,2026-01-01,K1,A,Ale,0,1", "positive-cancellation"),
        ("1,2026-01-01,K1,A,Ale,1,0", "no-price"),
        ("1,2026-01-01,K1,A,Ale,1,-1", "negative-price"),
        ("1,2026-07-03,K1,A,Ale,1,1", "in-the-future"),
        ("1,2026-01-01,K1,A,Ale,999999999999,99999999", "amount-too-large"),
        ("1,someday,K1,A,Ale,1,1", "cell-not-a-date"),
        ("1,2026-01-01,K1,,Ale,1,1", "cell-empty"),
        ("1,2026-01-01,K1,A,Ale,many,1", "cell-not-a-number"),
        (f"{'1' * 65},2026-01-01,K1,A,Ale,1,1", "cell-text-too-long"),
    ],
)
def test_a_line_that_is_no_order_is_set_aside_with_its_reason(row: str, reason: str) -> None:
    plan = plan_of(row, "9,2026-01-01,K1,A,Ale,1,1")
    assert set_aside(plan) == {2: reason}
    assert ordered(plan) == {"9": ["A"]}
    told = report(plan, file="book.csv", dry_run=True)
    assert told.reasons == {reason: 1}
    assert all(each.zh and each.en for each in told.set_aside)


def test_every_fault_of_a_line_is_marked_and_the_first_counts() -> None:
    plan = plan_of("1,2026-01-01,,POST,Postage,-1,0")
    assert set_aside(plan) == {2: "carriage"}
    assert [(mark.row, mark.column) for mark in plan.asides.marks] == [(2, 3), (2, 2), (2, 5)]


def test_one_order_has_one_customer_and_one_currency() -> None:
    mapping = msgspec.structs.replace(MAPPING, columns=MAPPING.columns | {"currency": "currency"}, constants={})
    plan = plan_of(
        "1,2026-01-01,K1,A,Ale,1,1,GBP",
        "1,2026-01-01,K2,A,Ale,1,1,GBP",
        "1,2026-01-01,K1,B,Beer,1,1,USD",
        "2,2026-01-01,K1,B,Beer,1,1,XXX",
        "3,2026-01-01,K1,B,Beer,1,1,",
        header="number,date,customer,sku,name,quantity,price,currency",
        mapping=mapping,
    )
    assert set_aside(plan) == {3: "other-customer", 4: "other-currency", 5: "currency"}
    assert {order.number: order.currency for order in plan.invoices.orders} == {"1": "GBP", "3": "CNY"}


def test_lines_without_a_customer_go_to_the_one_named_for_them() -> None:
    mapping = MAPPING.with_options(["customer_code:=WALK-IN", "customer_name:=Counter sales"])
    plan = plan_of("1,2026-01-01,,A,Ale,1,1", "2,2026-01-01,K1,A,Ale,1,1", mapping=mapping)
    assert set_aside(plan) == {}
    assert [(new.code, new.name) for new in plan.master.customers] == [("K1", "K1"), ("WALK-IN", "Counter sales")]


def test_what_was_paid_counts_when_price_and_amount_disagree() -> None:
    mapping = msgspec.structs.replace(MAPPING, columns=MAPPING.columns | {"amount": "amount"})
    plan = plan_of(
        "1,2026-01-01,K1,A,Ale,3,10.00,30.00",
        "1,2026-01-01,K1,A,Ale,3,10.00,27.00",
        "1,2026-01-01,K1,A,Ale,3,,10.00",
        "1,2026-01-01,K1,A,Ale,3,2.00,",
        "1,2026-01-01,K1,A,Ale,60000000,,100.00",
        header="number,date,customer,sku,name,quantity,price,amount",
        mapping=mapping,
    )
    assert plan.lines.prices[:4] == [Decimal(10), Decimal(9), Decimal("3.333333"), Decimal(2)]
    assert set_aside(plan) == {6: "inexact-price"}
    told = report(plan, file="book.csv", dry_run=True)
    assert (told.amount_read, told.amount_ordered, told.amount_set_aside) == ("173.00", "73.00", "100.00")


def test_the_report_adds_up_with_amounts_finer_than_a_cent() -> None:
    plan = plan_of("1,2026-01-01,K1,A,Ale,1,0.005", "2,2026-01-01,,A,Ale,1,0.0001", "3,2026-01-01,K1,A,Ale,x,1")
    told = report(plan, file="book.csv", dry_run=True)
    assert (told.lines_read, told.lines_ordered, told.lines_set_aside) == (3, 1, 2)
    assert (told.amount_read, told.amount_ordered, told.amount_set_aside) == ("0.0051", "0.005", "0.0001")
    assert [warned.code for warned in told.warnings] == ["order-book-no-amount", "order-book-rounded"]
    assert "0.005" in told.warnings[1].en


def test_a_file_without_a_needed_column_is_refused_whole() -> None:
    with pytest.raises(SheetError) as refusal:
        plan_of("1,2026-01-01,K1,A,1", header="number,date,customer,sku,quantity")
    assert [fault.message.code for fault in refusal.value.faults] == ["mapping-column-missing"] * 2
    with pytest.raises(SheetError) as refusal:
        plan_of("1,2026-01-01,K1,A,Ale,1,1", mapping=MAPPING.with_options(["tax_mode:=sometimes"]))
    assert [fault.message.code for fault in refusal.value.faults] == ["order-book-tax-mode"]


class TestCancelling:
    """What lines of C… numbers take back."""

    def test_the_latest_line_of_the_same_price_is_cancelled_first(self) -> None:
        plan = plan_of(
            "1,2026-01-01,K1,A,Ale,10,1.00",
            "2,2026-01-02,K1,A,Ale,10,2.00",
            "3,2026-01-03,K1,A,Ale,10,1.00",
            "4,2026-01-04,K1,A,Ale,10,3.00",
            "C5,2026-01-05,K1,A,Ale,-14,1.00",
        )
        assert cancelled(plan) == {"3": {0: Decimal(10)}, "1": {0: Decimal(4)}}

    def test_other_prices_come_after(self) -> None:
        plan = plan_of(
            "1,2026-01-01,K1,A,Ale,10,1.00", "2,2026-01-02,K1,A,Ale,10,2.00", "C5,2026-01-05,K1,A,Ale,-14,1.00"
        )
        assert cancelled(plan) == {"1": {0: Decimal(10)}, "2": {0: Decimal(4)}}

    def test_nothing_is_cancelled_twice_and_the_rest_is_a_return(self) -> None:
        plan = plan_of(
            "1,2026-01-01,K1,A,Ale,10,1.00",
            "C2,2026-01-02,K1,A,Ale,-6,1.00",
            "C3,2026-01-03,K1,A,Ale,-6,1.00",
        )
        assert cancelled(plan) == {"1": {0: Decimal(10)}}
        assert taken_back(plan) == [
            ("C2", 1, Decimal(6), "1"),
            ("C3", 1, Decimal(4), "1"),
            ("C3", 1, Decimal(2), None),
        ]
        told = report(plan, file="book.csv", dry_run=True)
        assert (told.cancelling_lines, told.returned_lines, told.lines_ordered) == (1, 1, 3)

    @pytest.mark.parametrize(
        "row",
        [
            "C9,2026-01-05,K2,A,Ale,-1,1.00",
            "C9,2026-01-05,K1,B,Beer,-1,1.00",
            "C9,2025-12-31,K1,A,Ale,-1,1.00",
        ],
    )
    def test_only_an_earlier_line_of_the_same_customer_and_sku_is_cancelled(self, row: str) -> None:
        plan = plan_of("1,2026-01-01,K1,A,Ale,10,1.00", row)
        assert cancelled(plan) == {}
        assert taken_back(plan) == [("C9", 1, Decimal(1), None)]

    def test_an_order_imported_before_is_not_changed_by_a_return_that_was_not(self) -> None:
        rows = ("1,2026-01-01,K1,A,Ale,10,1.00", "C2,2026-01-02,K1,A,Ale,-4,1.00")
        digests = {each.number: each.digest for each in plan_of(*rows).invoices.orders}
        plan = plan_of(*rows, known=Known(digests=digests))
        assert taken_back(plan) == [("C2", 1, Decimal(4), None)]

    def test_what_stands_as_a_return_stays_one(self) -> None:
        rows = ("1,2026-01-01,K1,A,Ale,10,1.00", "C2,2026-01-02,K1,A,Ale,-4,1.00")
        digests = {each.number: each.digest for each in plan_of(*rows).invoices.returns}
        plan = plan_of(*rows, known=Known(digests=digests, returned={("C2", 1): Decimal(4)}))
        assert (taken_back(plan), cancelled(plan)) == ([("C2", 1, Decimal(4), None)], {})
        # Interrupted between the return and the order that it cancels, it goes on as it was planned.
        plan = plan_of(*rows, known=Known(digests=digests))
        assert (taken_back(plan), cancelled(plan)) == ([("C2", 1, Decimal(4), "1")], {"1": {0: Decimal(4)}})


class TestOpening:
    """The stock that must have been there."""

    def test_it_is_the_least_with_which_nothing_goes_below_zero(self) -> None:
        plan = plan_of(
            "1,2026-01-01,K1,A,Ale,10,1.00",
            "C2,2026-01-02,K2,A,Ale,-4,1.00",
            "3,2026-01-03,K1,A,Ale,3,1.00",
            "4,2026-01-04,K1,A,Ale,3,1.00",
            "4,2026-01-04,K1,B,Beer,5,1.00",
            "C5,2026-01-05,K1,B,Beer,-2,1.00",
        )
        assert plan.opening == {"A": Decimal(12), "B": Decimal(3)}
        assert report(plan, file="", dry_run=True).opening.quantity == "15"

    def test_open_orders_need_what_is_not_there(self) -> None:
        rows = (
            "1,2026-01-01,K1,A,Ale,10,1.00",
            "2,2026-01-02,K1,A,Ale,8,1.00",
            "3,2026-01-03,K1,A,Ale,5,1.00",
            "C4,2026-01-04,K1,A,Ale,-5,1.00",
        )
        known = Known(available={"A": Decimal(3)})
        plan = plan_of(*rows, known=known, live_from=date(2026, 1, 2))
        # Order 3 was cancelled altogether: nothing of it is open.
        assert {order.number for order in plan.invoices.orders if order.is_live} == {"2"}
        assert (plan.opening, plan.to_open_live) == ({"A": Decimal(10)}, {"A": Decimal(5)})

    def test_it_is_booked_once(self) -> None:
        row = "1,2026-01-01,K1,A,Ale,10,1.00"
        first = plan_of(row)
        assert first.to_open == {"A": Decimal(10)}
        again = plan_of(row, known=Known(books=frozenset({first.book})))
        assert (again.opening, again.to_open) == ({"A": Decimal(10)}, {})

    def test_a_longer_file_needs_what_its_new_orders_need(self) -> None:
        row = "1,2026-01-01,K1,A,Ale,10,1.00"
        digests = {each.number: each.digest for each in plan_of(row).invoices.orders}
        longer = plan_of(row, "2,2026-01-02,K1,A,Ale,7,1.00", known=Known(digests=digests))
        assert (longer.opening, longer.to_open) == ({"A": Decimal(17)}, {"A": Decimal(7)})


class TestMaster:
    """Customers, SKUs and prices that the file shows."""

    def test_the_most_frequent_counts_and_the_rest_is_told(self) -> None:
        mapping = msgspec.structs.replace(MAPPING, columns=MAPPING.columns | {"country": "country"})
        plan = plan_of(
            "1,2026-01-01,K1,A,Ale,1,1.00,France",
            "2,2026-01-02,K1,A,Pale ale,1,1.20,Spain",
            "3,2026-01-03,K1,A,Ale,1,1.20,Spain",
            "4,2026-01-04,K1,a,,1,0.90,Spain",
            header="number,date,customer,sku,name,quantity,price,country",
            mapping=mapping,
        )
        (customer,) = plan.master.customers
        assert (customer.code, customer.name, customer.region, customer.currency) == ("K1", "K1", "Spain", "GBP")
        assert [(sku.code, sku.name, sku.unit) for sku in plan.master.skus] == [("A", "Ale", "件"), ("a", "a", "件")]
        prices = {(price.currency, price.sku): price.price for price in plan.master.prices}
        assert prices == {("GBP", "A"): Decimal("1.20"), ("GBP", "a"): Decimal("0.90")}
        assert [doubt.message.code.removeprefix("order-book-") for doubt in plan.doubts] == [
            "several-regions",
            "several-names",
            "case-differs",
        ]

    def test_equally_frequent_prices_the_newest_counts(self) -> None:
        plan = plan_of("1,2026-01-01,K1,A,Ale,1,1.00", "2,2026-01-02,K1,A,Ale,1,2.00")
        assert [price.price for price in plan.master.prices] == [Decimal(2)]

    def test_a_unit_whose_ratio_nobody_knows_is_set_aside(self) -> None:
        mapping = msgspec.structs.replace(MAPPING, columns=MAPPING.columns | {"unit": "unit"})
        plan = plan_of(
            "1,2026-01-01,K1,A,Ale,1,1.00,case",
            "2,2026-01-02,K1,A,Ale,1,1.00,bottle",
            "3,2026-01-03,K1,A,Ale,1,1.00,bottle",
            "4,2026-01-04,K1,A,Ale,1,1.00,",
            header="number,date,customer,sku,name,quantity,price,unit",
            mapping=mapping,
        )
        assert set_aside(plan) == {2: "unit"}
        assert [sku.unit for sku in plan.master.skus] == ["bottle"]


def test_another_invoice_under_an_old_number_is_set_aside() -> None:
    row = "1,2026-01-01,K1,A,Ale,10,1.00"
    digests = {each.number: each.digest for each in plan_of(row).invoices.orders}
    same = plan_of(row, known=Known(digests=digests))
    assert [(order.number, order.is_known) for order in same.invoices.orders] == [("1", True)]
    assert set_aside(plan_of(row.replace(",10,", ",11,"), known=Known(digests=digests))) == {2: "changed"}
    assert set_aside(plan_of(row, known=Known(numbers=frozenset({"1"})))) == {2: "number-taken"}


def test_an_order_too_long_to_place_is_set_aside() -> None:
    plan = plan_of(*["1,2026-01-01,K1,A,Ale,1,1.00"] * 5_001, "2,2026-01-01,K1,A,Ale,1,1.00")
    assert set(set_aside(plan).values()) == {"too-many-lines"}
    assert ordered(plan) == {"2": ["A"]}
