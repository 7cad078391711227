"""Customers of two sales people, with accounts; what they may buy, how to invite their people."""

from tests.security.company import ELSE, MINE
from tests.security.founding.founder import Founder
from tests.wechat import APP_ID, SECRET


async def found_customers(f: Founder) -> None:
    words = {kind: f.shared[f"{kind}.code"] for kind in ("tier", "channel")}
    for half in (MINE, ELSE):
        parts = {"owner": "owner.login", "department": "department.code", "region": "region.code"}
        place = {name: f.halves[half][kind] for name, kind in parts.items()}
        one = f.row(f"{half}-CUSTOMER") | {
            "parent": f.code(f"{half}-PARENT"),
            "note": f.code(f"{half}-NOTE"),
            "contacts": [{"name": f.code(f"{half}-CONTACT")}],
            "addresses": [{"recipient": f.code(f"{half}-RECIPIENT"), "street": f.code(f"{half}-STREET")}],
        }
        rest = f.named(f"{half}-OTHER") if half == MINE else []
        rows = [f.row(f"{half}-PARENT"), one, *rest]
        await f.put("customers", [row | words | place | {"payment_terms": "monthly"} for row in rows])
        f.hold(half, "customer.code", one["code"])
        f.hold(half, "customer.parent", one["parent"])
    limit = {"organisation": f.shared["organisation.code"], "credit_limit": "10000000"}
    buyers = [f.halves[half]["customer.code"] for half in (MINE, ELSE)]
    others = [row["code"] for row in f.named(f"{MINE}-OTHER")]
    await f.put("accounts", [{"customer": code} | limit for code in [*buyers, *others]])
    audience = [{"kind": "customer", "code": code} for code in buyers]
    goods = [{"kind": "sku", "code": f.shared["sku.code"]}]
    await f.put(
        "assortments",
        [
            f.row("EVERYTHING") | {"audience": [{"kind": "everyone"}], "items": [{"kind": "everything"}]},
            *(row | {"audience": audience, "items": goods} for row in f.named("ASSORTMENT")),
        ],
    )
    f.share("assortment.code", f.code("ASSORTMENT"))


async def found_invitations(f: Founder) -> None:
    """Open ones, whose links are for anybody; and who comes by WeChat, but for one who is yet to be bound."""
    for half in (MINE, ELSE):
        customer_id = await f.id_of("customer", "code", f.halves[half]["customer.code"])
        for _ in f.numbers():
            made = await f.post(
                f"customers/{customer_id}/invitations",
                {"roles": [f.shared["role.dealer"]], "name": f.code(f"{half}-GUEST")},
            )
        f.hold(half, "invitation.id", made["id"])
    f.share("invitation.token", made["token"])
    mini_program = {"app_id": APP_ID, "secret": SECRET, "active": True}
    f.checked(await f.client.put("/api/v1/settings/wechat", json=mini_program))
    async with f.database.transaction(f.tenant.id) as tx:
        await tx.write(
            "insert into wechat_binding (tenant_id, app_id, openid, user_id, bound_at) "
            "select $1, $2, login, id, now() from app_user where tenant_id = $1 and audience = 'dealer' "
            "and login <> $3",
            APP_ID,
            f.login("dealer_receiver"),
        )
