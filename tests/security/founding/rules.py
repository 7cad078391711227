"""Order rules, routes, calendars, quotas and blanket orders: those that are for a customer, of each half's."""

from tests.security.company import ELSE, MINE, PRICE
from tests.security.founding.founder import DAY, Founder

# From then on they count: the orders of these tests are placed before.
_LATER = "2100-01-01"


async def found_rules(f: Founder) -> None:
    day = {"day": "2026-12-31", "kind": "holiday", "name": f.code("DAY")}
    await f.put("calendars", [row | {"base": "weekdays", "days": [day]} for row in f.named("CALENDAR")])
    f.share("calendar.code", f.code("CALENDAR"))
    rules: list[dict[str, object]] = []
    quotas: list[dict[str, object]] = []
    routes: list[dict[str, object]] = []
    sku = f.named("SKU")[0]["code"]
    for half in (MINE, ELSE):
        contract = {"target": "contract", "customer": f.halves[half]["customer.code"]}
        freight = {"kind": "freight", "freight": {"basis": "flat", "charge": f"{PRICE:.2f}"}, "valid_from": _LATER}
        rules += [row | contract | freight for row in f.named(f"{half}-RULE")[:1]]
        quota = {"sku": sku, "quantity": "1000000", "valid_from": DAY}
        quotas += [row | contract | quota for row in f.named(f"{half}-QUOTA")]
        routes.append(f.row(f"ROUTE-{len(routes)}-OF-ONE") | {"weekdays": [1], "customers": [contract["customer"]]})
        f.hold(half, "rule.code", f.code(f"{half}-RULE"))
        f.hold(half, "quota.code", f.code(f"{half}-QUOTA"))
        for _ in f.numbers():
            made = await f.post("blanket-orders", _blanket(f, half))
        draft = await f.post("blanket-orders", _blanket(f, half))
        await f.post(f"blanket-orders/{made['id']}/activate", {})
        call_off = {"sku": sku, "quantity": "1", "blanket": made["number"]}
        order = {
            "customer": f.halves[half]["customer.code"],
            "organisation": f.shared["organisation.code"],
            "lines": [call_off],
        }
        await f.post("orders/bulk", {"orders": [order for _ in f.numbers()]})
        f.hold(half, "blanket.id", made["id"])
        f.hold(half, "blanket_draft.id", draft["id"])
        f.hold(half, "blanket.number", made["number"])
    shared = {"kind": "minimum", "target": "base", "minimum": {"quantity": "1"}, "valid_until": "2019-12-31"}
    rules += [
        row | shared | {"valid_from": f"{1800 + number}-01-01", "valid_until": f"{1800 + number}-12-31"}
        for number, row in enumerate(f.named("RULE"))
    ]
    await f.put("order-rules", rules)
    await f.put("quotas", quotas)
    await f.put("routes", [*routes, *(row | {"weekdays": [1, 5]} for row in f.named("ROUTE"))])
    f.share("route.code", f.code("ROUTE"))


def _blanket(f: Founder, half: str) -> dict[str, object]:
    return {
        "customer": f.halves[half]["customer.code"],
        "organisation": f.shared["organisation.code"],
        "name": f.code(f"{half}-BLANKET"),
        "valid_from": DAY,
        "valid_until": "2099-12-31",
        "customer_reference": f.code(f"{half}-FRAME"),
        "lines": [{"sku": row["code"], "quantity": "1000", "price": str(PRICE)} for row in f.named("SKU")],
    }
