"""Rebates of the demo company: by months on soft drinks and, as goods, on convenience food, both settled last month;
by months on the growth of snacks, still to be settled; over the year on everything."""

from datetime import date, timedelta
from decimal import Decimal

from dinghuo.entry.demo.orders import CHINA
from dinghuo.entry.demo.steps import DEMO, NOTHING, Outcome
from dinghuo.kit.database import Tx
from dinghuo.rebates.accrue import accrue, active_agreements
from dinghuo.rebates.agreement_input import AgreementInput, RebateGoods
from dinghuo.rebates.save_agreements import save_agreements
from dinghuo.rebates.settle import SettlementRequest, SettleRequest, preview_settlement, settle
from dinghuo.rebates.tiers import Tier

_MONTHLY = "SODA-MONTH"
_GOODS = "INSTANT-GOODS"


async def rebates(tx: Tx) -> Outcome:
    """Agreed when Dinghuo came; finance has settled most of what is over."""
    today = tx.now.astimezone(CHINA).date()
    this_month = today.replace(day=1)
    agreements = [
        AgreementInput(
            code=_MONTHLY,
            name="碳酸饮料月返",
            name_en="Soft drinks by month",
            measure="gross",
            method="whole",
            period="month",
            steps=_tiers(("2000", "1"), ("5000", "2"), ("10000", "3")),
            valid_from=date(this_month.year - 1, 1, 1),
            items=[RebateGoods(kind="category", code="soda")],
        ),
        AgreementInput(
            code=_GOODS,
            name="方便食品月返货补",
            name_en="Convenience food by month, as goods",
            measure="gross",
            method="whole",
            period="month",
            settle_as="goods",
            steps=_tiers(("500", "2"), ("2000", "4")),
            valid_from=date(this_month.year - 1, 1, 1),
            items=[RebateGoods(kind="category", code="instant")],
        ),
        AgreementInput(
            code="SNACKS-GROWTH",
            name="休闲食品同比增长返利",
            name_en="Snacks, growth over last year",
            measure="net",
            method="slice",
            period="month",
            over_last_year=True,
            steps=_tiers(("1000", "1"), ("5000", "2")),
            valid_from=date(this_month.year - 1, 1, 1),
            items=[RebateGoods(kind="category", code="snacks")],
        ),
        AgreementInput(
            code="YEAR",
            name="年度返利",
            name_en="Rebate of the year",
            measure="net",
            method="slice",
            period="year",
            steps=_tiers(("20000", "1"), ("60000", "2"), ("150000", "3")),
            valid_from=date(this_month.year, 1, 1),
        ),
    ]
    await save_agreements(tx, agreements=agreements, by=DEMO, seen_by=None)
    await accrue(tx, await active_agreements(tx), None)
    last_month = this_month - timedelta(days=1)
    await _settle(tx, _MONTHLY, last_month, "上月碳酸饮料返利")
    await _settle(tx, _GOODS, last_month, "上月方便食品货补")
    return NOTHING


async def _settle(tx: Tx, agreement: str, until: date, note: str) -> None:
    wanted = SettlementRequest(until=until, agreements=[agreement])
    seen = await preview_settlement(tx, request=wanted, seen_by=None)
    if seen.lines:
        request = SettleRequest(until=until, agreements=[agreement], expected=seen.total, note=note)
        await settle(tx, request=request, seen_by=None, by=DEMO)


def _tiers(*steps: tuple[str, str]) -> list[Tier]:
    return [Tier(Decimal(start), Decimal(value)) for start, value in steps]
