"""One word says whom a list is for: what lists are saved under is what a customer's prices are looked up by."""

from uuid import UUID

from dinghuo.kit.ids import new_id
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.facts import scopes_of
from dinghuo.pricing.rules import TARGETS, scope_word
from dinghuo.pricing.tables import KINDS

CUSTOMER, PARENT, TIER, REGION, UPPER, CHANNEL = (new_id() for _ in range(6))


def customer(**fields: object) -> CustomerFacts:
    known: dict[str, object] = {
        "id": CUSTOMER,
        "code": "C",
        "name": "C",
        "tier_id": TIER,
        "regions": (REGION, UPPER),
        "channel_id": CHANNEL,
        "parents": (CUSTOMER, PARENT),
        "owner_id": None,
        "department_id": None,
        "currency": "CNY",
        "payment_terms": "prepaid",
        "active": True,
    }
    return CustomerFacts(**(known | fields))  # type: ignore[arg-type]


def test_a_customer_is_spoken_for_by_every_kind_the_most_specific_first() -> None:
    assert list(scopes_of(customer())) == [
        scope_word("contract", customer_id=CUSTOMER),
        scope_word("contract", customer_id=PARENT),
        scope_word("tier_region", tier_id=TIER, region_id=REGION),
        scope_word("tier_region", tier_id=TIER, region_id=UPPER),
        scope_word("tier", tier_id=TIER),
        scope_word("region", region_id=REGION),
        scope_word("region", region_id=UPPER),
        scope_word("channel", channel_id=CHANNEL),
        scope_word("base"),
    ]


def test_a_customer_that_belongs_nowhere_has_its_contract_and_the_base() -> None:
    alone = customer(tier_id=None, regions=(), channel_id=None, parents=(CUSTOMER,))
    assert list(scopes_of(alone)) == [f"contract:{CUSTOMER}", "base"]


def test_kinds_are_ordered_alike_everywhere() -> None:
    assert tuple(TARGETS) == KINDS


def test_a_word_names_only_what_its_kind_is_about() -> None:
    assert scope_word("tier", customer_id=CUSTOMER, tier_id=TIER) == f"tier:{TIER}"
    assert scope_word("base", region_id=UUID(int=1)) == "base"
