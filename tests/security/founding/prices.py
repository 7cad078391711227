"""Price lists of every kind, published and to be."""

from tests.publishing import turn
from tests.security.company import ELSE, MINE, PRICE
from tests.security.founding.founder import DAY, Founder


async def found_prices(f: Founder) -> None:
    lists = [
        f.row("BASE") | {"kind": "base"},
        *(
            row | {"kind": "tier", "tier": f.shared["tier.code"], "valid_from": f"{2100 + number}-01-01"}
            for number, row in enumerate(f.named("TIER-LIST"))
        ),
    ]
    for half in (MINE, ELSE):
        contract = {"kind": "contract", "customer": f.halves[half]["customer.code"]}
        lists += [
            f.row(f"{half}-CONTRACT") | contract | {"valid_until": "2099-12-31"},
            f.row(f"{half}-NEXT") | contract | {"valid_from": "2100-01-01"},
        ]
        f.hold(half, "contract.code", f.code(f"{half}-CONTRACT"))
        f.hold(half, "contract_draft.code", f.code(f"{half}-NEXT"))
    await f.put("price-lists", [{"valid_from": DAY} | row for row in lists])
    f.share("base.code", f.code("BASE"))
    f.share("list_draft.code", f.code("TIER-LIST"))
    prices = [{"sku": row["code"], "price": str(PRICE)} for row in f.named("SKU")]
    for row in lists:
        await f.put(f"price-lists/{row['code']}/entries", prices)
        if not row["code"].endswith(("NEXT", *(f"TIER-LIST{number or ''}" for number in f.numbers()))):
            f.checked(await turn(f.client, f"price-lists/{row['code']}"))
