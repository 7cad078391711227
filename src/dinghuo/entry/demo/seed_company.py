"""The demo company, its people and its dealers, through the commands of the API."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import select

from dinghuo.accounts.set_limits import LimitInput, set_limits
from dinghuo.entry.demo.company import COMPANY
from dinghuo.entry.demo.dealers import CHANNELS, DEALERS, REGIONS, TIERS, Dealer
from dinghuo.entry.demo.people import DEALER_USERS, DEPARTMENTS, STAFF
from dinghuo.entry.demo.steps import DEMO, NOTHING, Outcome
from dinghuo.identity.granting import Granter
from dinghuo.identity.passwords import hash_password
from dinghuo.identity.save_departments import DepartmentInput, save_departments
from dinghuo.identity.save_organisations import OrganisationInput, save_organisations
from dinghuo.identity.save_users import UserInput, save_users
from dinghuo.identity.set_password import set_password
from dinghuo.identity.tables import app_user
from dinghuo.kit.database import Tx
from dinghuo.kit.words import NodeInput, WordInput, save_words
from dinghuo.parties.details import AddressInput, ContactInput
from dinghuo.parties.save_customers import CustomerInput, save_customers
from dinghuo.parties.tables import channel, region, tier

PASSWORD: Final = "Dinghuo-demo-2026"  # noqa: S105 - printed for everybody to try
"""Of everybody at the demo company and its dealers."""

_HEADS: Final = {
    "head-office": "boss",
    "sales": "manager",
    "finance": "finance",
    "warehouse": "warehouse",
    "it": "it",
}


async def company(tx: Tx) -> Outcome:
    """The selling organisation, departments and staff; whoever heads a department must be there first."""
    organisation = OrganisationInput(
        code="main", name=COMPANY.name_zh, name_en=COMPANY.name_en, tax_number=COMPANY.tax_number
    )
    await save_organisations(tx, items=[organisation], by=DEMO)
    departments = [
        DepartmentInput(code=item.code, name=item.zh, name_en=item.en, parent=item.parent) for item in DEPARTMENTS
    ]
    await save_departments(tx, items=departments, by=DEMO)
    staff = [
        UserInput(login=user.login, name=user.zh, audience="staff", roles=[user.role], department=user.department)
        for user in STAFF
    ]
    await save_users(tx, items=staff, by=DEMO, granter=Granter())
    heads = [DepartmentInput(code=code, head=login) for code, login in _HEADS.items()]
    await save_departments(tx, items=heads, by=DEMO)
    return NOTHING


async def dealers(tx: Tx) -> Outcome:
    """Tiers, regions, channels, customers, the people who order for them."""
    for table, words in ((tier, TIERS), (channel, CHANNELS)):
        items = [WordInput(code=word.code, name=word.zh, name_en=word.en) for word in words]
        await save_words(tx, table, items=items, by=DEMO, kind="parties")
    regions = [NodeInput(code=word.code, name=word.zh, name_en=word.en) for word in REGIONS]
    await save_words(tx, region, items=regions, by=DEMO, kind="parties")
    await save_customers(tx, customers=[_customer(dealer) for dealer in DEALERS], by=DEMO, within=None)
    users = [
        UserInput(login=user.login, name=user.zh, audience="dealer", roles=[user.role], customers=[user.dealer])
        for user in DEALER_USERS
    ]
    await save_users(tx, items=users, by=DEMO, granter=Granter())
    return NOTHING


async def credit(tx: Tx) -> Outcome:
    """How much each dealer may owe."""
    limits = [LimitInput(dealer.code, dealer.credit_limit) for dealer in DEALERS]
    await set_limits(tx, limits=limits, by=DEMO)
    return NOTHING


async def passwords(tx: Tx) -> Outcome:
    """One known password for all, theirs to keep. Hashed once: it protects nothing here."""
    password_hash = await hash_password(PASSWORD)
    for user_id in (await people(tx)).values():
        await set_password(
            tx, user_id=user_id, password_hash=password_hash, by=DEMO, granter=Granter(), temporary=False
        )
    return NOTHING


async def people(tx: Tx) -> Mapping[str, UUID]:
    """Everybody's id by login."""
    rows = await tx.rows(select(app_user.c.login, app_user.c.id).where(app_user.c.tenant_id == tx.tenant_id))
    return {row.login: row.id for row in rows}


def _customer(dealer: Dealer) -> CustomerInput:
    contact = ContactInput(name=dealer.contact, mobile=dealer.mobile, title="负责人", is_main=True)
    address = AddressInput(
        label="收货仓库",
        recipient=dealer.contact,
        mobile=dealer.mobile,
        province=dealer.province,
        city=dealer.city,
        district=dealer.district,
        street=dealer.street,
        is_default=True,
    )
    return CustomerInput(
        code=dealer.code,
        name=dealer.name_zh,
        name_en=dealer.name_en,
        tax_number=dealer.tax_number,
        tier=dealer.tier,
        region=dealer.region,
        channel=dealer.channel,
        parent=dealer.parent,
        owner=dealer.owner,
        department=dealer.department,
        payment_terms=dealer.terms.kind,
        payment_days=dealer.terms.days,
        attributes={"short_name": dealer.short_name},
        contacts=[contact],
        addresses=[address],
    )
