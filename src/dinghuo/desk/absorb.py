"""Give a customer all that another one had. Level-triggered: what still names the other one is moved, whenever."""

from typing import Any
from uuid import UUID

from dinghuo.accounts.reserve import Entry, write_entries
from dinghuo.analytics.rename_customer import rename_customer
from dinghuo.desk.absorb_rebates import move_rebates
from dinghuo.kit.database import Tx

# Every table that names a customer, in the order of their locks; the test of this module fails when one is left out.
# `$2` is the customer that goes, `$3` the one that stays.
_ORDERS = "update sales_order o set customer_id = $3 where o.tenant_id = $1 and o.customer_id = $2"
# Nobody fills two carts for one customer: the other one's is parked.
_DRAFTS = """
update draft d set customer_id = $3, is_cart = d.is_cart and not exists (
  select from draft own where own.tenant_id = $1 and own.customer_id = $3 and own.created_by = d.created_by
    and own.is_cart and own.order_id is null)
where d.tenant_id = $1 and d.customer_id = $2
"""
_PROPOSALS = "update draft_proposal p set customer_id = $3 where p.tenant_id = $1 and p.customer_id = $2"
_CONSENTS = "update draft_consent c set customer_id = $3 where c.tenant_id = $1 and c.customer_id = $2"
_RETURNS = "update historical_return r set customer_id = $3 where r.tenant_id = $1 and r.customer_id = $2"
_VISITS = "update visit v set customer_id = $3 where v.tenant_id = $1 and v.customer_id = $2"
_INVITATIONS = "update invitation i set customer_id = $3 where i.tenant_id = $1 and i.customer_id = $2"
# A person both had is one: what the other one's entry says beyond a name, the survivor's says too.
SAME_PERSON = """
exists (select from contact own where own.tenant_id = $1 and own.customer_id = $3
  and lower(btrim(own.name)) = lower(btrim(c.name))
  and coalesce(c.mobile, own.mobile, '') = coalesce(own.mobile, '')
  and coalesce(lower(c.email), lower(own.email), '') = coalesce(lower(own.email), ''))
"""
_CONTACTS = f"""
update contact c set customer_id = $3, is_main = c.is_main and not exists (
  select from contact own where own.tenant_id = $1 and own.customer_id = $3 and own.is_main)
where c.tenant_id = $1 and c.customer_id = $2 and not {SAME_PERSON}
"""  # noqa: S608 - a constant of this file
_DOUBLE_CONTACTS = "delete from contact c where c.tenant_id = $1 and c.customer_id = $2 and $3::uuid is not null"
_ADDRESSES = """
update address a set customer_id = $3, is_default = a.is_default and not exists (
  select from address own where own.tenant_id = $1 and own.customer_id = $3 and own.is_default)
where a.tenant_id = $1 and a.customer_id = $2
"""
# A name both have used is told apart by where it came from.
_SHOPPING_LISTS = """
update shopping_list l set customer_id = $3, name = case when exists (
  select from shopping_list own where own.tenant_id = $1 and own.customer_id = $3 and own.name = l.name)
  then l.name || ' (' || c.code || ' ' || left(l.id::text, 8) || ')' else l.name end
from customer c
where l.tenant_id = $1 and l.customer_id = $2 and c.tenant_id = $1 and c.id = $2
"""
# What both customers' people call something is what the survivor's mean by it.
_PHRASES = """
with known as (
  delete from paste_phrase p using paste_phrase own
  where p.tenant_id = $1 and p.customer_id = $2 and own.tenant_id = $1 and own.customer_id = $3
    and own.phrase = p.phrase
  returning p.id
)
update paste_phrase p set customer_id = $3
where p.tenant_id = $1 and p.customer_id = $2 and p.id not in (select id from known)
"""
_PRICE_LISTS = """
update price_list p set customer_id = $3, scope = replace(p.scope, $2::uuid::text, $3::uuid::text)
where p.tenant_id = $1 and p.customer_id = $2
"""
_USERS = """
with kept as (
  insert into user_customer (tenant_id, user_id, customer_id)
  select $1, u.user_id, $3::uuid from user_customer u where u.tenant_id = $1 and u.customer_id = $2
  order by u.user_id
  on conflict do nothing
)
select count(*) as n from user_customer m where m.tenant_id = $1 and m.customer_id = $2
"""
_ROLES = """
insert into user_customer_role (tenant_id, user_id, customer_id, role_id)
select $1, r.user_id, $3::uuid, r.role_id from user_customer_role r where r.tenant_id = $1 and r.customer_id = $2
order by r.user_id, r.role_id
on conflict do nothing
"""
_NO_USERS = "delete from user_customer u where u.tenant_id = $1 and u.customer_id = $2 and $3::uuid is not null"
_AUDIENCE = """
with gone as (
  delete from {table} a where a.tenant_id = $1 and a.kind = 'customer' and a.target_id = $2 returning a.{owner}
)
insert into {table} (tenant_id, {owner}, kind, target_id)
select $1, gone.{owner}, 'customer', $3::uuid from gone order by gone.{owner}
on conflict do nothing
"""
_ASSORTMENTS = _AUDIENCE.format(table="assortment_audience", owner="assortment_id")
_NOTICES = _AUDIENCE.format(table="notice_audience", owner="notice_id")
# Every process knows a promotion by its revision.
_PROMOTIONS = """
with gone as (
  delete from promotion_audience a where a.tenant_id = $1 and a.kind = 'customer' and a.target_id = $2
  returning a.promotion_id
), noted as (
  update promotion p set revision = p.revision + 1 from gone where p.tenant_id = $1 and p.id = gone.promotion_id
)
insert into promotion_audience (tenant_id, promotion_id, kind, target_id)
select $1, gone.promotion_id, 'customer', $3::uuid from gone order by gone.promotion_id
on conflict do nothing
"""
_COUPONS = "update coupon c set customer_id = $3 where c.tenant_id = $1 and c.customer_id = $2"
# What either was granted stays granted; the survivor goes on with what is left of its own budgets.
_BUDGETS = "update budget b set customer_id = $3 where b.tenant_id = $1 and b.customer_id = $2"
# What has accrued goes along; where both have the same period, the survivor's goes on, and what both were settled is
# the survivor's. The sales themselves are looked at again once the merge is known (rebates.accrue).
_REBATE_AGREEMENTS = _AUDIENCE.format(table="rebate_audience", owner="agreement_id")
_SETTLED = """
with pair as (
  select l.id as from_id, s.id as into_id, l.settled
  from rebate_accrual l
  join rebate_accrual s on s.tenant_id = $1 and s.customer_id = $3 and s.agreement_id = l.agreement_id
    and s.period_from = l.period_from
  where l.tenant_id = $1 and l.customer_id = $2 and l.settled <> 0
)
update rebate_accrual a set settled = case when a.id = b.into_id then a.settled + b.settled else 0 end
from pair b where a.tenant_id = $1 and a.id in (b.from_id, b.into_id)
"""
_ACCRUALS = """
update rebate_accrual a set customer_id = $3
where a.tenant_id = $1 and a.customer_id = $2 and not exists (
  select from rebate_accrual own where own.tenant_id = $1 and own.customer_id = $3
    and own.agreement_id = a.agreement_id and own.period_from = a.period_from)
"""
_APPROVALS = "update approval_request r set customer_id = $3 where r.tenant_id = $1 and r.customer_id = $2"
_BLANKETS = "update blanket_order b set customer_id = $3 where b.tenant_id = $1 and b.customer_id = $2"
# Where the survivor has a rule for the same days, that one counts.
_ORDER_RULES = """
update order_rule r set customer_id = $3, scope = replace(r.scope, $2::uuid::text, $3::uuid::text),
  active = r.active and not exists (
    select from order_rule own where own.tenant_id = $1 and own.customer_id = $3 and own.active
      and own.scope = replace(r.scope, $2::uuid::text, $3::uuid::text) and own.currency = r.currency
      and daterange(own.valid_from, own.valid_until, '[]') && daterange(r.valid_from, r.valid_until, '[]'))
where r.tenant_id = $1 and r.customer_id = $2
"""
_QUOTAS = """
update quota q set customer_id = $3, scope = replace(q.scope, $2::uuid::text, $3::uuid::text)
where q.tenant_id = $1 and q.customer_id = $2
"""
_STOPS = """
with gone as (
  delete from route_stop s where s.tenant_id = $1 and s.kind = 'customer' and s.target_id = $2 returning s.route_id
)
insert into route_stop (tenant_id, kind, target_id, route_id)
select $1, 'customer', $3::uuid, gone.route_id from gone
on conflict do nothing
"""
# What is agreed with the survivor about payment counts; where nothing is, what was agreed with the other one.
_TERMS = """
update order_terms t set customer_id = $3
where t.tenant_id = $1 and t.customer_id = $2 and not exists (
  select from order_terms own where own.tenant_id = $1 and own.customer_id = $3)
"""
_NO_TERMS = "delete from order_terms t where t.tenant_id = $1 and t.customer_id = $2 and $3::uuid is not null"
# So it is with whose orders need a colleague's consent.
_CONSENT_RULES = """
update consent_rule r set customer_id = $3
where r.tenant_id = $1 and r.customer_id = $2 and not exists (
  select from consent_rule own where own.tenant_id = $1 and own.customer_id = $3)
"""
_NO_CONSENT_RULES = (
    "delete from consent_rule r where r.tenant_id = $1 and r.customer_id = $2 and $3::uuid is not null"
)
_SLIPS = "update transfer_slip s set customer_id = $3 where s.tenant_id = $1 and s.customer_id = $2"
_AMENDMENTS = "update order_amendment a set customer_id = $3 where a.tenant_id = $1 and a.customer_id = $2"
# A number that both have used stays with the survivor's order.
_REFERENCES = """
update order_reference r set customer_id = $3
where r.tenant_id = $1 and r.customer_id = $2 and not exists (
  select from order_reference own
  where own.tenant_id = $1 and own.customer_id = $3 and own.reference = r.reference)
"""
_NO_REFERENCES = (
    "delete from order_reference r where r.tenant_id = $1 and r.customer_id = $2 and $3::uuid is not null"
)
_CHILDREN = """
update customer c set parent_id = nullif($3::uuid, c.id) where c.tenant_id = $1 and c.parent_id = $2
"""
_EARLIER = "update customer c set merged_into_id = $3 where c.tenant_id = $1 and c.merged_into_id = $2"
# No foreign key tells what a comment is on.
_COMMENTS = """
update comment c set document_id = $3
where c.tenant_id = $1 and c.document_kind = 'customer' and c.document_id = $2
"""
_MESSAGES = "update message m set customer_id = $3 where m.tenant_id = $1 and m.customer_id = $2"
_LIKENESSES = "delete from customer_likeness l where l.tenant_id = $1 and l.customer_id = $2 and $3::uuid is not null"
_PROPOSED = """
delete from likely_duplicate d
where d.tenant_id = $1 and (d.one_id = $2 or d.other_id = $2) and $3::uuid is not null
"""

MOVES = {
    "orders": _ORDERS,
    "drafts": _DRAFTS,
    "proposals": _PROPOSALS,
    "returns": _RETURNS,
    "visits": _VISITS,
    "invitations": _INVITATIONS,
    "contacts": _CONTACTS,
    "addresses": _ADDRESSES,
    "shopping_lists": _SHOPPING_LISTS,
    "price_lists": _PRICE_LISTS,
    "assortments": _ASSORTMENTS,
    "notices": _NOTICES,
    "children": _CHILDREN,
}
_QUIETLY = (
    _APPROVALS,
    _ORDER_RULES,
    _QUOTAS,
    _STOPS,
    _BLANKETS,
    _TERMS,
    _NO_TERMS,
    _CONSENTS,
    _CONSENT_RULES,
    _NO_CONSENT_RULES,
    _SLIPS,
    _AMENDMENTS,
    _REFERENCES,
    _NO_REFERENCES,
    _PROMOTIONS,
    _REBATE_AGREEMENTS,
    _SETTLED,
    _ACCRUALS,
    _COUPONS,
    _BUDGETS,
    _PHRASES,
    _DOUBLE_CONTACTS,
    _COMMENTS,
    _ROLES,
    _NO_USERS,
    _EARLIER,
    _MESSAGES,
    _LIKENESSES,
    _PROPOSED,
)


async def absorb(tx: Tx, *, gone: UUID, into: UUID) -> dict[str, int]:
    """Move everything; how many of what. The caller has locked both customers."""
    moved = {name: await tx.write(statement, gone, into) for name, statement in MOVES.items()}
    moved["users"] = (await tx.fetch(_USERS, gone, into))[0]["n"]
    for statement in _QUIETLY:
        await tx.write(statement, gone, into)
    moved["accounts"] = await _move_accounts(tx, gone, into)
    await move_rebates(tx, gone, into)
    await rename_customer(tx, gone=gone, into=into)
    return {name: count for name, count in moved.items() if count}


_LOCK_ACCOUNTS = """
select a.id, a.customer_id from account a
where a.tenant_id = $1 and a.customer_id in ($2, $3) order by a.id for no key update
"""
# Where both have one, what is left of each document moves from account to account, entry by entry.
_LEFT = """
select l.id as from_id, s.id as into_id, e.bucket, e.document_kind, e.document_id, sum(e.amount) as amount
from account l
join account s on s.tenant_id = $1 and s.customer_id = $3 and s.organisation_id = l.organisation_id
  and s.kind = l.kind and s.currency = l.currency
join account_entry e on e.tenant_id = $1 and e.account_id = l.id
where l.tenant_id = $1 and l.customer_id = $2
group by 1, 2, 3, 4, 5 having sum(e.amount) <> 0
order by 1, 3, 4, 5
"""
_ADOPT = """
update account a set customer_id = $3, updated_at = $4
where a.tenant_id = $1 and a.customer_id = $2 and not exists (
  select from account s where s.tenant_id = $1 and s.customer_id = $3 and s.organisation_id = a.organisation_id
    and s.kind = a.kind and s.currency = a.currency)
"""


async def _move_accounts(tx: Tx, gone: UUID, into: UUID) -> int:
    """Emptied accounts stay with whom they were: their entries are history."""
    await tx.fetch(_LOCK_ACCOUNTS, gone, into)
    rows: list[Any] = await tx.fetch(_LEFT, gone, into)
    await write_entries(
        tx,
        [
            Entry(account_id, row["bucket"], amount, "adjust", row["document_kind"], row["document_id"])
            for row in rows
            for account_id, amount in ((row["from_id"], -row["amount"]), (row["into_id"], row["amount"]))
        ],
    )
    return len({row["from_id"] for row in rows}) + await tx.write(_ADOPT, gone, into, tx.now)
