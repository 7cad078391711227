"""Orders that are held, asked to be another, waiting for their money, and what was sent for them."""

from datetime import UTC, datetime
from typing import Any

from tests.security.company import ELSE, MINE
from tests.security.founding.founder import Founder
from tests.support import key_of

_PAPER = b"%PDF-1.7 "
_MORE = """
insert into order_amendment (tenant_id, id, order_id, customer_id, state, waits_for, side, revision_from, old_net,
  old_tax, old_gross, new_net, new_tax, new_gross, requested_at, requested_by_name)
select $1, gen_random_uuid(), o.id, o.customer_id, 'pending', 'seller', 'dealer', 1, o.net, o.tax, o.gross, o.net,
  o.tax, o.gross, now(), 'x'
from sales_order o join customer c on c.tenant_id = $1 and c.id = o.customer_id and c.code = $4
where o.tenant_id = $1 and o.id::text <> all($3::text[]) limit $2
"""


async def found_order_life(f: Founder) -> None:
    for half, login in ((MINE, "dealer_admin"), (ELSE, "stranger")):
        key = await key_of(f.database, f.tenant, f.login(login))
        headers = {"x-api-key": key.text()}
        sku = f.named("SKU")[0]["code"]
        order: dict[str, Any] = {
            "customer": f.halves[half]["customer.code"],
            "organisation": f.shared["organisation.code"],
            "note": f.code(f"{half}-LIFE"),
            "lines": [{"sku": sku, "quantity": "1"}],
        }
        for kind in ("held", "asked", "amended", "grown"):
            f.hold(half, f"{kind}.id", (await f.post("orders", order))["id"])
        for _ in f.numbers():
            await f.post(f"orders/{f.halves[half]['held.id']}/hold", {"reason": "manual", "note": f.code("HELD")})
        await _amendments(f, half, headers)
        await _money(f, half, order, headers)


async def _amendments(f: Founder, half: str, headers: dict[str, str]) -> None:
    """One that a dealer asked for, one that the seller's own people wait for, and one that waits for a colleague."""
    named = {"asked": "asked_amendment.id", "amended": "own_amendment.id", "grown": "grown_amendment.id"}
    for kind, name in named.items():
        order_id = f.halves[half][f"{kind}.id"]
        wanted = {"revision": 1, "reason": f.code(f"{half}-WHY"), "note": f.code(f"{half}-AMENDED")}
        asked = await f.dealt(f"orders/{order_id}/amendments", wanted, headers)
        f.hold(half, name, asked["id"])
    kept = [str(ref) for ref in f.halves[half].values()]
    async with f.database.transaction(f.tenant.id) as tx:
        await tx.write(_MORE, f.more, kept, str(f.halves[half]["customer.code"]))
        await tx.write(
            "update order_amendment set side = 'staff' where tenant_id = $1 and id = $2::text::uuid",
            str(f.halves[half]["own_amendment.id"]),
        )
        await tx.write(
            "update order_amendment set waits_for = 'colleague' where tenant_id = $1 and id = $2::text::uuid",
            str(f.halves[half]["grown_amendment.id"]),
        )


async def _money(f: Founder, half: str, order: dict[str, Any], headers: dict[str, str]) -> None:
    """An order that waits for its money, some money that is free, a slip that waits and a file."""
    customer = f.halves[half]["customer.code"]
    await f.put("order-terms", [{"customer": customer, "payment": "before_delivery"}])
    f.hold(half, "due.id", (await f.post("orders", order))["id"])
    await f.put("order-terms", [{"customer": customer, "payment": "none", "substitution": "never"}])
    order_id = f.halves[half]["order.id"]
    content = _PAPER + f.code(f"{half}-PAPER").encode()
    stored = f.checked(await f.client.post(f"/portal/v1/orders/{order_id}/files", content=content, headers=headers))
    slip = {
        "amount": "1234.56",
        "paid_on": datetime.now(UTC).date().isoformat(),
        "payer": f.code(f"{half}-PAYER"),
        "sha256": stored["sha256"],
        "name": f.code(f"{half}-SLIP"),
    }
    for _ in f.numbers():
        sent = await f.dealt(f"orders/{order_id}/slips", slip, headers)
        await f.post(f"slips/{sent['id']}/confirm", {})
        sent = await f.dealt(f"orders/{order_id}/slips", slip, headers)
    f.hold(half, "slip.id", sent["id"])
    file = {"sha256": stored["sha256"], "name": f.code(f"{half}-FILE")}
    await f.dealt(f"orders/{order_id}/attachments", file, headers)
    f.hold(half, "order_file.sha256", stored["sha256"])
