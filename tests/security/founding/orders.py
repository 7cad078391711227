"""Orders, drafts, and what stands around them."""

from typing import Any

from tests.security.company import ELSE, MINE, PRICE
from tests.security.founding.founder import Founder
from tests.support import key_of


async def found_orders(f: Founder) -> None:
    for half in (MINE, ELSE):
        order: dict[str, Any] = {
            "customer": f.halves[half]["customer.code"],
            "organisation": f.shared["organisation.code"],
            "customer_reference": f.code(f"{half}-REFERENCE"),
            "note": f.code(f"{half}-NOTE"),
            "lines": [{"sku": row["code"], "quantity": "1"} for row in f.named("SKU")],
        }
        placed = await f.post("orders", order)
        f.hold(half, "order.id", placed["id"])
        f.hold(half, "order.number", placed["number"])
        cart = {name: order[name] for name in ("customer", "note", "lines")}
        cart["name"] = f.code(f"{half}-CART")
        f.hold(half, "draft.id", (await f.post("drafts", cart))["id"])
        await f.post("drafts", cart | {"lines": [order["lines"][0] | {"price": str(PRICE)}]})
        if half == MINE and f.more:
            await f.post("orders/bulk", {"orders": [order | {"lines": order["lines"][:1]}] * f.more})
            for _ in range(f.more):
                await f.post("drafts", cart)


async def found_desk(f: Founder) -> None:
    """What people said on orders, views they kept, visits, and customers that may be one."""
    key = await key_of(f.database, f.tenant, f.login("owner"))
    headers = {"x-api-key": key.text()}
    for half in (MINE, ELSE):
        order_id, customer = f.halves[half]["order.id"], f.halves[half]["customer.code"]
        customer_id = await f.id_of("customer", "code", customer)
        said = {"text": f.code(f"{half}-SAID"), "mentions": [f.login("owner")]}
        for _ in f.numbers():
            comment = await f.post(f"orders/{order_id}/comments", said, headers)
            on_customer = await f.post(f"customers/{customer_id}/comments", said, headers)
            await f.post("visits", {"customer": customer, "note": f.code(f"{half}-SEEN")}, headers)
        f.hold(half, "comment.id", comment["id"])
        f.hold(half, "customer_comment.id", on_customer["id"])
        async with f.database.transaction(f.tenant.id) as tx:
            await tx.write(
                "insert into likely_duplicate (tenant_id, one_id, other_id, score, reasons, found_at) "
                "select $1, least(c.id, o.id), greatest(c.id, o.id), 80, array['name'], now() "
                "from customer c "
                "join customer o on o.tenant_id = $1 and o.id <> c.id and o.owner_id = c.owner_id "
                "where c.tenant_id = $1 and c.code = $2",
                str(customer),
            )
    view = await f.post("saved-views", {"list": "orders", "name": f.code("VIEW"), "query": "", "shared": True})
    f.share("view.id", view["id"])
