"""Which orders of a dealer need a colleague's consent, as the dealer's own administrator wants it."""

from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.identity.tables import user_customer
from dinghuo.kit import audit
from dinghuo.kit.bulk import among
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Fault, Message, Refused
from dinghuo.kit.money import MAX_MONEY, ZERO, fits
from dinghuo.kit.revisions import check_revision
from dinghuo.portal.tables import consent_rule

_MOST_BUYERS = 500
_MAY_CONSENT = "portal.orders.approve"

BAD_AMOUNT = Message(
    "consent-amount",
    "金额应大于 0，小数不超过 2 位",
    "An amount above 0 with at most 2 decimals is needed",
    MALFORMED,
)
NOT_OF_COMPANY = Message("not-of-this-company", "{id} 不是本公司的用户", "{id} is nobody of this company", MALFORMED)
TOO_MANY_BUYERS = Message("too-many-buyers", "最多 {most} 人", "At most {most} people", MALFORMED)


class ConsentRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`above`: orders up to this amount, with tax, need no consent; null: every order does. `buyers`: whose orders;
    none named: everybody's. Who may approve needs nobody's consent."""

    active: bool = False
    above: Decimal | None = None
    buyers: list[UUID] = []

    def concerns(self, dealer: DealerPrincipal) -> bool:
        """Whether orders of this user may need consent."""
        return self.active and not dealer.may(_MAY_CONSENT) and (not self.buyers or dealer.user_id in self.buyers)

    def wants(self, dealer: DealerPrincipal, gross: Decimal) -> bool:
        """Whether an order of this user that comes to this much needs consent."""
        return self.concerns(dealer) and (self.above is None or gross > self.above)


NONE_NEEDED = ConsentRule()


async def load_rule(tx: Tx, customer_id: UUID) -> ConsentRule:
    """The rule of a company. All that are in force are remembered together: few have any."""
    memory = await tx.cached("portal")
    known: dict[UUID, ConsentRule] | None = memory.get("consents")
    if known is None:
        r = consent_rule.c
        rows = await tx.rows(select(r.customer_id, r.above, r.buyers).where(r.tenant_id == tx.tenant_id, r.active))
        known = {row.customer_id: ConsentRule(True, row.above, list(row.buyers)) for row in rows}
        memory["consents"] = known
    return known.get(customer_id, NONE_NEEDED)


async def read_rule(tx: Tx, customer_id: UUID) -> tuple[ConsentRule, int]:
    """The rule as it was written down, and its revision; 1 while nobody has written any."""
    r = consent_rule.c
    row = await tx.one(select(consent_rule).where(r.tenant_id == tx.tenant_id, r.customer_id == customer_id))
    if row is None:
        return NONE_NEEDED, 1
    return ConsentRule(row.active, row.above, list(row.buyers)), row.revision


async def save_rule(tx: Tx, *, rule: ConsentRule, revision: int, dealer: DealerPrincipal) -> ConsentRule:
    """Write it down whole, while it is still at the revision that was read."""
    if found := await _faults(tx, rule, dealer):
        raise Refused(found)
    r, of = (
        consent_rule.c,
        (consent_rule.c.tenant_id == tx.tenant_id, consent_rule.c.customer_id == dealer.customer_id),
    )
    # Two who save at once come one after the other.
    first = insert(consent_rule).values(
        tenant_id=tx.tenant_id, customer_id=dealer.customer_id, updated_at=tx.now, updated_by_name=dealer.name
    )
    await tx.execute(first.on_conflict_do_nothing())
    (row,) = await tx.rows(select(consent_rule).where(*of).with_for_update())
    check_revision(row.revision, revision)
    old = ConsentRule(row.active, row.above, list(row.buyers))
    if rule != old:
        await tx.execute(
            update(consent_rule)
            .where(*of)
            .values(
                active=rule.active,
                above=rule.above,
                buyers=rule.buyers,
                updated_at=tx.now,
                updated_by_name=dealer.name,
                revision=r.revision + 1,
            )
        )
        changes = audit.differences(msgspec.to_builtins(old), msgspec.to_builtins(rule))
        await audit.record(
            tx, [audit.Change("customer", dealer.customer_id, "consent_rule", dealer.actor(), changes)]
        )
        await touch(tx, "portal")
    return rule


async def _faults(tx: Tx, rule: ConsentRule, dealer: DealerPrincipal) -> list[Fault]:
    found = []
    if rule.above is not None and (not fits(rule.above, most=MAX_MONEY, places=2) or rule.above <= ZERO):
        found.append(BAD_AMOUNT("above"))
    if len(rule.buyers) > _MOST_BUYERS:
        return [*found, TOO_MANY_BUYERS("buyers", most=_MOST_BUYERS)]
    if rule.buyers:
        link = user_customer.c
        rows = await tx.rows(
            select(link.user_id).where(
                link.tenant_id == tx.tenant_id,
                link.customer_id == dealer.customer_id,
                among(link.user_id, rule.buyers),
            )
        )
        own = {row.user_id for row in rows}
        found += [
            NOT_OF_COMPANY(f"buyers[{n}]", line=n + 1, id=str(id))
            for n, id in enumerate(rule.buyers)
            if id not in own
        ]
    return found
