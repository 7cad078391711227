"""Approvals: a policy that no order meets, requests about both customers' orders, messages, a delegation."""

from decimal import Decimal
from uuid import UUID

from tests.security.company import ELSE, MINE
from tests.security.founding.founder import Founder
from tests.support import key_of

from dinghuo.approvals.ask import Ask, ask
from dinghuo.identity.default_roles import DEFAULT_ROLES
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.ids import new_id
from dinghuo.notices.messages import Note, send


async def found_approvals(f: Founder) -> None:
    staff = [role.code for role in DEFAULT_ROLES if role.audience == "staff"]
    await f.put("users", [{"login": f.login("colleague"), "name": f.code("COLLEAGUE"), "roles": ["sales"]}])
    f.share("colleague.login", f.login("colleague"))
    names = {MINE: staff, ELSE: ["owner", "sales2"]}
    for half, asked in names.items():
        approvers = [{"by": "user", "code": f.login(name)} for name in asked]
        step = {
            "name": f.code("STEP"),
            "approvers": approvers,
            "mode": "all",
            "due_hours": 999,
            "on_timeout": "remind",
        }
        # Facts that no order has: it is of these tests alone.
        policies = [
            {
                "code": f.code(f"POLICY-{half}{number or ''}"), "subject_kind": "order", "name": f.code("POLICY"),
                "condition": f'customer == "{half}"', "steps": [step | {"mode": "any"}, step],
            }
            for number in f.numbers()
        ]  # fmt: skip
        await f.put("approval-policies", policies)
        customer = await f.id_of("customer", "code", f.halves[half]["customer.code"])
        title, key = str(f.halves[half]["order.number"]), await key_of(f.database, f.tenant, f.login("owner"))
        for kind in ("approval", "approval_later"):
            for _ in f.numbers():
                facts = {"gross": Decimal(1), "customer": half}
                async with f.database.transaction(f.tenant.id) as tx:
                    (opened,) = await ask(
                        tx,
                        [
                            Ask(
                                subject_kind="order", subject_id=new_id(), title=title, facts=facts, by=SYSTEM,
                                customer_id=customer,
                            )
                        ],
                    )  # fmt: skip
                f.hold(half, f"{kind}.id", opened)
                if kind == "approval_later":
                    body = {"verdict": "approve", "comment": f.code(f"{half}-SAID")}
                    await f.post(f"approvals/{opened}/decide", body, {"x-api-key": key.text()})
    f.share("policy.id", await f.id_of("approval_policy", "code", f.code("POLICY-MINE")))
    f.share("policy.code", f.code("POLICY-MINE"))
    heads = [{"region": f.halves[half]["region.code"], "head": f.login("colleague")} for half in names]
    await f.put("region-heads", heads)
    delegations = [new_id() for _ in f.numbers()]
    async with f.database.transaction(f.tenant.id) as tx:
        users = {
            row["login"]: row["id"] for row in await tx.fetch("select id, login from app_user where tenant_id = $1")
        }
        await tx.write(
            "insert into approval_delegation (tenant_id, id, user_id, delegate_id, starts_at, ends_at, created_at, "
            "created_by) select $1, id, $3, $4, '2024-01-01', '2100-01-01', now(), 'x' "
            "from unnest($2::uuid[]) as d(id)",
            delegations,
            users[f.login("colleague")],
            users[f.login("spare")],
        )
        readers: list[UUID] = [users[f.login(name)] for name in (*staff, "nobody")]
        notes = [
            Note(group_id=new_id(), users=readers, kind="test", title=f.code("MESSAGE"), title_en="m")
            for _ in f.numbers()
        ]
        await send(tx, notes)
    f.share("delegation.id", delegations[0])
