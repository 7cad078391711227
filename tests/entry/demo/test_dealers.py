"""Dealers and people: counts, numbers, and that all references lead somewhere."""

import re
from collections import Counter

from stdnum.cn import uscc

from dinghuo.entry.demo.company import COMPANY, WAREHOUSES
from dinghuo.entry.demo.dealers import CHANNELS, DEALER_BY_CODE, DEALERS, REGIONS, TERMS, TIERS
from dinghuo.entry.demo.people import DEALER_USERS, DEPARTMENTS, STAFF
from dinghuo.identity.default_roles import DEFAULT_ROLES


def test_sixty_dealers_in_four_tiers_six_regions_and_four_channels() -> None:
    assert len(DEALERS) == 60
    assert Counter(dealer.tier for dealer in DEALERS) == {"diamond": 5, "gold": 12, "silver": 18, "standard": 25}
    assert {dealer.tier for dealer in DEALERS} == {word.code for word in TIERS}
    assert {dealer.region for dealer in DEALERS} == {word.code for word in REGIONS}
    assert {dealer.channel for dealer in DEALERS} == {word.code for word in CHANNELS}
    assert {dealer.terms for dealer in DEALERS} == set(TERMS.values())


def test_what_names_a_dealer_names_only_one() -> None:
    for field in ("code", "name_zh", "name_en", "short_name", "tax_number", "mobile"):
        assert len({getattr(dealer, field) for dealer in DEALERS}) == 60, field


def test_tax_numbers_are_valid_credit_codes() -> None:
    assert [dealer.code for dealer in DEALERS if not uscc.is_valid(dealer.tax_number)] == []
    assert uscc.is_valid(COMPANY.tax_number)


def test_mobiles_are_eleven_digits_that_nobody_has() -> None:
    assert [dealer.mobile for dealer in DEALERS if not re.fullmatch(r"154[0-9]{8}", dealer.mobile)] == []


def test_credit_is_sometimes_unlimited_and_sometimes_tight() -> None:
    limits = [dealer.credit_limit for dealer in DEALERS]
    assert limits.count(None) == 2
    assert sum(limit is not None and limit <= 12000 for limit in limits) == 4
    assert all(limit is None or limit > 0 for limit in limits)


def test_parents_owners_departments_and_warehouses_exist() -> None:
    parents = {dealer.parent for dealer in DEALERS if dealer.parent}
    assert parents == {"D001", "D003", "D004"}
    assert all(DEALER_BY_CODE[parent].parent is None for parent in parents)
    sales = {person.login: person.department for person in STAFF if person.role == "sales"}
    assert {dealer.owner for dealer in DEALERS} == set(sales)
    assert all(dealer.department == sales[dealer.owner] for dealer in DEALERS)
    assert {dealer.warehouse for dealer in DEALERS} == {warehouse.code for warehouse in WAREHOUSES}


def test_one_person_a_role_and_three_in_sales() -> None:
    assert Counter(person.role for person in STAFF) == {
        "owner": 1, "sales_manager": 1, "sales": 3, "finance": 1, "warehouse": 1, "it": 1,
    }  # fmt: skip
    assert {user.role for user in DEALER_USERS} == {
        "dealer_admin",
        "dealer_approver",
        "dealer_buyer",
        "dealer_receiver",
    }
    known = {role.code: role.audience for role in DEFAULT_ROLES}
    assert all(known[person.role] == "staff" for person in STAFF)
    assert all(known[user.role] == "dealer" for user in DEALER_USERS)


def test_logins_are_unique_and_people_belong_somewhere() -> None:
    logins = [person.login for person in STAFF] + [user.login for user in DEALER_USERS]
    assert len(set(logins)) == len(logins)
    departments = {department.code for department in DEPARTMENTS}
    assert {person.department for person in STAFF} <= departments
    assert {department.parent for department in DEPARTMENTS if department.parent} <= departments
    assert all(user.dealer in DEALER_BY_CODE for user in DEALER_USERS)
