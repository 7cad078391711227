"""How customers pay and want to be served, remembered in process: what placing an order must know of it.

A company that has agreed nothing pays a look into a dictionary for a batch.
"""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.orders.settings import MEMORY, OrderSettings, load_settings
from dinghuo.parties.facts import CustomerFacts


class Terms(msgspec.Struct, frozen=True):
    """What is agreed with one customer."""

    payment: str = "none"
    deposit_percent: Decimal | None = None
    expire_days: int | None = None
    unique_reference: bool = False
    # Null: nothing was said.
    partial_delivery: str | None = None
    substitution: str | None = None
    uses_group_rebates: bool = False

    @property
    def percent(self) -> Decimal | None:
        """What of an order's amount is due before its goods may go; None is nothing."""
        if self.payment == "none":
            return None
        return Decimal(100) if self.deposit_percent is None else self.deposit_percent


NOTHING_AGREED = Terms()

_ANY = "select 1 from order_terms t where t.tenant_id = $1 limit 1"
_TERMS = """
select t.customer_id, t.payment, t.deposit_percent, t.expire_days, t.unique_reference, t.partial_delivery,
  t.substitution, t.uses_group_rebates
from order_terms t where t.tenant_id = $1 and t.customer_id = any($2::uuid[])
"""


async def load_terms(tx: Tx, customers: Iterable[CustomerFacts]) -> dict[UUID, Terms] | None:
    """The terms of these customers; None when nothing is agreed with anybody."""
    memory = await tx.cached(MEMORY)
    in_use: bool | None = memory.get("in_use")
    settings = await load_settings(tx)
    if in_use is None:
        in_use = memory["in_use"] = bool(await tx.fetch(_ANY))
    if not in_use and not settings.prepaid_holds:
        return None
    known: dict[UUID, Terms | None] = memory.setdefault("terms", {})
    wanted = {customer.id: customer for customer in customers}
    missing = [id for id in wanted if id not in known]
    if missing and in_use:
        known.update(dict.fromkeys(missing))
        for row in await tx.fetch(_TERMS, missing):
            known[row["customer_id"]] = Terms(**{name: row[name] for name in Terms.__struct_fields__})
    return {id: known.get(id) or _by_settings(customer, settings) for id, customer in wanted.items()}


def _by_settings(customer: CustomerFacts, settings: OrderSettings) -> Terms:
    if settings.prepaid_holds and customer.payment_terms == "prepaid":
        return Terms(payment="before_delivery", expire_days=settings.expire_days)
    return NOTHING_AGREED
