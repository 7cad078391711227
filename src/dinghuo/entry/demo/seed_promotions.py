"""Promotions of the demo company: five that hold, coupons for some of them, and one that is being prepared."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from dinghuo.entry.demo.products import SKUS, Sku
from dinghuo.entry.demo.steps import DEMO, NOTHING, Outcome
from dinghuo.kit.database import Tx
from dinghuo.pricing.promotion_facts import Step
from dinghuo.pricing.promotion_input import AudienceMember, PromotionInput, PromotionItem
from dinghuo.pricing.publish_promotions import publish_promotions
from dinghuo.pricing.save_coupons import CouponInput, save_coupons
from dinghuo.pricing.save_promotions import save_promotions

_FOR: Final = timedelta(days=28)
_SET_DISCOUNT: Final = Decimal("0.88")
COUPON: Final = "WELCOME80"
_LOYAL: Final = ("D001", "D002", "D003")


async def promotions(tx: Tx) -> Outcome:
    """Published a week ago, but for the one of next month."""
    since = tx.now - timedelta(days=7)
    live = [
        _promotion(
            "SODA-SAVE",
            "碳酸饮料满减",
            "Soft drinks: spend and save",
            since,
            kind="spend_save",
            items=[PromotionItem(kind="category", code="soda")],
            steps=_steps(("2000", "120"), ("5000", "400")),
            budget=Decimal(80_000),
            customer_budget=Decimal(4_000),
            exclusion_group="drinks",
        ),
        _promotion(
            "JUICE-10-1",
            "果汁买十赠一",
            "Juice: buy ten, get one",
            since,
            kind="buy_get",
            items=[PromotionItem(kind="category", code="juice")],
            steps=_steps(("10", "1")),
            repeats=True,
            exclusion_group="drinks",
        ),
        _promotion(
            "SNACKS-8",
            "金牌及以上休闲食品 92 折",
            "Snacks: 8 % off for gold and diamond",
            since,
            kind="percent",
            items=[PromotionItem(kind="category", code="snacks")],
            audience=[AudienceMember(kind="tier", code=code) for code in ("gold", "diamond")],
            steps=_steps(("0", "8")),
        ),
        _promotion("NOODLES-SET", "面与罐头组合", "Noodles and canned food together", since, kind="bundle", **_set()),
        _promotion(
            "WELCOME",
            "新客首单立减",
            "First order: save 80",
            since,
            kind="spend_save",
            steps=_steps(("1000", "80")),
            first_order_only=True,
            coupon_required=True,
        ),
        _promotion(
            "LOYAL",
            "老客专享满减",
            "For regular customers: save 60",
            since,
            kind="spend_save",
            steps=_steps(("2000", "60")),
            coupon_required=True,
        ),
    ]
    planned = _promotion(
        "NEXT-MONTH",
        "下月食用油特惠",
        "Cooking oil, next month",
        tx.now + _FOR,
        kind="percent",
        items=[PromotionItem(kind="category", code="oil")],
        steps=_steps(("0", "5")),
    )
    await save_promotions(tx, promotions=[*live, planned], by=DEMO, seen_by=None)
    await publish_promotions(tx, codes=[each.code for each in live], by=DEMO)
    coupons = [CouponInput(code=COUPON, uses=None)]
    await save_coupons(tx, promotion_code="WELCOME", coupons=coupons, by=DEMO, seen_by=None)
    own = [CouponInput(code=f"LOYAL-{dealer}", customer=dealer, uses=2) for dealer in _LOYAL]
    await save_coupons(tx, promotion_code="LOYAL", coupons=own, by=DEMO, seen_by=None)
    return NOTHING


def _promotion(code: str, name: str, name_en: str, since: datetime, **terms: Any) -> PromotionInput:
    return PromotionInput(code=code, name=name, name_en=name_en, valid_from=since, valid_until=since + _FOR, **terms)


def _steps(*steps: tuple[str, str]) -> list[Step]:
    return [Step(Decimal(start), Decimal(value)) for start, value in steps]


def _set() -> dict[str, Any]:
    """A case of noodles and one of canned food."""
    noodles, canned = (next(sku for sku in SKUS if sku.category == category) for category in ("noodles", "canned"))
    price = (_case_price(noodles) + _case_price(canned)) * _SET_DISCOUNT
    return {
        "items": [PromotionItem(kind="sku", code=sku.code, quantity=Decimal(1)) for sku in (noodles, canned)],
        "bundle_price": price.quantize(Decimal(1), ROUND_HALF_UP),
    }


def _case_price(sku: Sku) -> Decimal:
    return sku.list_price * sku.case_unit.numerator / sku.case_unit.denominator
