"""Rebate agreements that begin long after these tests; what both customers have accrued and were granted before."""

from tests.security.company import ELSE, MINE
from tests.security.founding.founder import Founder

from dinghuo.kit.ids import new_id
from dinghuo.kit.money import MINOR_UNITS

_FAR = "2100-01-01"
_ACCRUALS = """
insert into rebate_accrual
  (tenant_id, id, agreement_id, customer_id, period_from, period_until, amount, earned, settled, updated_at)
select $1, a.id, g.id, $4, date '2024-01-01' + a.n::int, date '2024-12-31', 1000, 20, 10, now()
from unnest($2::uuid[]) with ordinality a(id, n)
join rebate_agreement g on g.tenant_id = $1 and g.code = $3
"""
_SALES = """
insert into rebate_sale (tenant_id, id, accrual_id, at, document_kind, document_id, amount, quantity)
select $1, gen_random_uuid(), $2, now(), 'order', gen_random_uuid(), 1000, 1
"""
_BALANCES = """
insert into rebate_balance (tenant_id, id, customer_id, organisation_id, kind, currency, credited, updated_at)
select $1, b.id, $4, (select o.id from organisation o where o.tenant_id = $1 and o.code = $5), 'credit', b.currency,
  10, now()
from unnest($2::uuid[], $3::text[]) b(id, currency)
"""
_ENTRIES = """
insert into rebate_entry (tenant_id, id, balance_id, at, bucket, amount, verb, document_kind, document_id)
select $1, gen_random_uuid(), $2, now(), 'credited', 5, 'settle', 'rebate_settlement', $3
from generate_series(1, 2)
"""
_SETTLEMENT = """
insert into rebate_settlement (tenant_id, id, until, total, settled_at, settled_by_name)
values ($1, $2, date '2024-12-31', 10, now(), $3)
"""
_LINES = """
insert into rebate_settlement_line (tenant_id, settlement_id, accrual_id, before, earned, amount)
select $1, $2, a, 0, 10, 10 from unnest($3::uuid[]) a
"""


async def found_rebates(f: Founder) -> None:
    organisation = f.shared["organisation.code"]
    terms = {"measure": "net", "period": "month", "valid_from": _FAR, "steps": [{"from": "1", "value": "2"}]}
    terms["organisation"] = organisation
    agreements = [row | terms for row in f.named("REBATE")]
    await f.put("rebates/agreements", agreements)
    f.share("rebate.code", agreements[0]["code"])
    settlements = [new_id() for _ in f.numbers()]
    f.share("settlement.id", settlements[0])
    currencies = list(MINOR_UNITS)
    accruals = []
    async with f.database.transaction(f.tenant.id) as tx:
        for half in (MINE, ELSE):
            customer_id = await f.id_of("customer", "code", f.halves[half]["customer.code"])
            own = [new_id() for _ in f.numbers()]
            balances = [new_id() for _ in f.numbers()][: len(currencies)]
            await tx.write(_ACCRUALS, own, agreements[0]["code"], customer_id)
            for _ in f.numbers():
                await tx.write(_SALES, own[0])
            await tx.write(_BALANCES, balances, currencies[: len(balances)], customer_id, str(organisation))
            for _ in f.numbers():
                await tx.write(_ENTRIES, balances[0], settlements[0])
            f.hold(half, "accrual.id", own[0])
            f.hold(half, "balance.id", balances[0])
            accruals += own
        for settlement in settlements:
            await tx.write(_SETTLEMENT, settlement, f.code("FINANCE"))
        await tx.write(_LINES, settlements[0], accruals)
