"""Keys, sessions, reactions that failed, and the ids of what was saved by code."""

from tests.security.company import ELSE, MINE
from tests.security.founding.founder import REACTION, Founder

from dinghuo.kit.ids import new_id


async def found_rest(f: Founder) -> None:
    """Keys, sessions, reactions that failed."""
    for _ in f.numbers():
        made = await f.post("api-keys", {"name": f.code("KEY"), "permissions": ["orders.read"]})
    f.share("key.id", made["id"])
    events = [new_id() for _ in f.numbers()]
    f.share("event.id", events[0])
    async with f.database.transaction(f.tenant.id) as tx:
        await tx.write(
            "insert into outbox_event (tenant_id, id, kind, subject_id, data, created_at, due_at) "
            "select $1, e, 'test', e, jsonb_build_object('to', $3::text), now(), now() from unnest($2::uuid[]) e",
            events,
            f.mark,
        )
        await tx.write(
            "insert into outbox_mark (tenant_id, event_id, reaction, state, attempts, error, at) "
            "select $1, e, $3, 'parked', 5, 'broke', now() from unnest($2::uuid[]) e",
            events,
            REACTION,
        )
        await tx.write(
            "insert into session (tenant_id, id, user_id, secret_hash, created_at, seen_at, expires_at, ends_at, "
            "address, agent) select $1, gen_random_uuid(), u.id, '', now(), now(), now() + interval '1 hour', "
            "now() + interval '1 hour', '', $3 from unnest($2::int[]) n, app_user u where u.tenant_id = $1 "
            "and u.login = any($4::text[])",
            f.numbers(),
            f.mark,
            [f.login(name) for name in ("spare", "owner", "dealer_admin")],
        )
        await tx.write(
            "update app_user set totp_secret = 'x', totp_confirmed_at = now() where tenant_id = $1 and login = $2",
            f.login("spare"),
        )


async def found_ids(f: Founder) -> None:
    """The ids of what was saved by code."""
    shared = {
        "assortment.id": ("assortment", "code", "assortment.code"),
        "brand.id": ("brand", "code", "brand.code"),
        "category.id": ("category", "code", "category.code"),
        "channel.id": ("channel", "code", "channel.code"),
        "organisation.id": ("organisation", "code", "organisation.code"),
        "product.id": ("product", "code", "product.code"),
        "tier.id": ("tier", "code", "tier.code"),
        "warehouse.id": ("warehouse", "code", "warehouse.code"),
        "role.id": ("role", "code", "role.code"),
        "sku.id": ("sku", "code", "sku.code"),
        "user.id": ("app_user", "login", "user.login"),
        "dealer.id": ("app_user", "login", "dealer.login"),
        "receipt.id": ("goods_receipt", "number", "receipt.number"),
    }
    for kind, (table, column, by) in shared.items():
        f.share(kind, await f.id_of(table, column, f.shared[by]))
    f.share("region.id", await f.id_of("region", "code", f.code("REGION")))
    f.share("department.id", await f.id_of("department", "code", f.halves[MINE]["department.code"]))
    for half in (MINE, ELSE):
        customer_id = await f.id_of("customer", "code", f.halves[half]["customer.code"])
        f.hold(half, "customer.id", customer_id)
        for table in ("contact", "address", "account"):
            f.hold(half, f"{table}.id", await f.id_of(table, "customer_id", customer_id))
