"""Promotions published and to be, with coupons of both customers; they begin long after these tests."""

from tests.publishing import turn
from tests.security.company import ELSE, MINE
from tests.security.founding.founder import Founder

_FAR = "2100-01-01T00:00:00Z"


# What every customer was granted long ago.
_GRANTED = """
with made as (
  insert into budget (tenant_id, id, subject_kind, subject_id, customer_id, amount, uses, updated_at)
  select $1, gen_random_uuid(), 'promotion', p.id, c.id, 1, 1, now()
  from promotion p join customer c on c.tenant_id = $1 where p.tenant_id = $1 and p.code = $2
  returning id
)
insert into budget_entry (tenant_id, id, budget_id, at, amount, uses, verb, document_kind, document_id)
select $1, gen_random_uuid(), id, now(), 1, 1, 'reserve', 'order', gen_random_uuid() from made
"""


async def found_promotions(f: Founder) -> None:
    terms = {"kind": "percent", "valid_from": _FAR, "steps": [{"from": "0", "value": "5"}], "coupon_required": True}
    published, drafted = f.named("PROMO"), f.named("PROMO-DRAFT")
    await f.put("promotions", [row | terms for row in (*published, *drafted)])
    for row in published:
        f.checked(await turn(f.client, f"promotions/{row['code']}"))
    f.share("promotion.code", published[0]["code"])
    f.share("promotion_draft.code", drafted[0]["code"])
    coupons = [
        {"code": f"{half}{number}", "customer": f.halves[half]["customer.code"]}
        for half in (MINE, ELSE)
        for number in f.numbers()
    ]
    await f.put(f"promotions/{published[0]['code']}/coupons", coupons)
    async with f.database.transaction(f.tenant.id) as tx:
        await tx.write(_GRANTED, published[0]["code"])
