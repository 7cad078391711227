"""Create and update selling organisations by code."""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from dinghuo.identity.authenticate import changed
from dinghuo.identity.tables import organisation
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MISSING, Saved, check_codes, given, plan, saved, store
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import MINOR_UNITS
from dinghuo.kit.texts import check_texts

UNKNOWN_CURRENCY = Message(
    "unknown-currency", "不支持币种“{currency}”", "The currency '{currency}' is not known here", MALFORMED
)
ORGANISATION_CURRENCY_FIXED = Message(
    "organisation-currency-fixed",
    "销售组织的币种不能修改，请新建销售组织",
    "The currency of a selling organisation cannot change: create another",
    CONFLICT,
)

_FIELDS = (
    "name",
    "name_en",
    "tax_number",
    "tax_status",
    "currency",
    "bank_account",
    "number_prefix",
    "state",
)


class OrganisationFields(Struct, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a selling organisation; a field left out stays as it is."""

    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    tax_number: str | UnsetType | None = UNSET
    tax_status: Literal["general", "small_scale", "exempt"] | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    bank_account: str | UnsetType | None = UNSET
    number_prefix: str | UnsetType = UNSET
    state: Literal["active", "closed"] | UnsetType = UNSET


class OrganisationInput(OrganisationFields, kw_only=True, forbid_unknown_fields=True):
    """One to create or update."""

    code: str


async def save_organisations(tx: Tx, *, items: Sequence[OrganisationInput], by: Actor, path: str = "items") -> Saved:
    """Create or update selling organisations by code, all or nothing."""
    faults = Faults(path)
    check_codes(faults, [item.code for item in items])
    longest = {"name": 200, "name_en": 200, "tax_number": 30, "bank_account": 100, "number_prefix": 10}
    for line, item in enumerate(items):
        check_texts(faults, line, item, longest)
        if item.currency is not UNSET and item.currency not in MINOR_UNITS:
            faults.add(line, "currency", UNKNOWN_CURRENCY, currency=item.currency)
    faults.check()
    defaults: dict[str, Any] = {
        **dict.fromkeys(_FIELDS),
        "tax_status": "general",
        "currency": "CNY",
        "number_prefix": "",
        "state": "active",
        "created_at": tx.now,
    }
    planned = await plan(
        tx, organisation, [(line, item.code, given(item, _FIELDS)) for line, item in enumerate(items)], defaults
    )
    for row in planned:
        if not row.new["name"]:
            faults.add(row.line, "name", MISSING)
        if row.old and row.old["currency"] != row.new["currency"]:
            faults.add(row.line, "currency", ORGANISATION_CURRENCY_FIXED)
        row.new["number_prefix"] = row.new["number_prefix"] or ""
    faults.check()
    if await store(tx, organisation, planned, by=by):
        await changed(tx)
    return saved(planned)
