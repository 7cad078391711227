"""Founds a company through the API itself: everything twice where it belongs to a customer, more on demand."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar
from tests.security.calls import Ref
from tests.security.company import COST, ELSE, MINE, PRICE, Company
from tests.support import Tenant, client_of, key_of, make_tenant
from tests.wechat import APP_ID, SECRET

from dinghuo.identity.default_roles import DEFAULT_ROLES
from dinghuo.identity.permissions import permissions_of
from dinghuo.integrations.imports.claim import claim
from dinghuo.integrations.imports.mappings import remember
from dinghuo.integrations.imports.work import carry_out
from dinghuo.integrations.sheets import Mapping
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id

DAY = "2024-01-01"
REACTION = "test.reaction"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><title>{}</title></svg>'
_REVISED = (
    "assortment", "customer", "department", "draft", "notice", "organisation", "product", "role", "shopping_list",
    "sku", "app_user",
)  # fmt: skip


async def found_company(
    app: Litestar, database: Database, mark: str, *, more: int = 0, sellers: Sequence[str] = ("sales",)
) -> Company:
    """`mark` is four capital letters; `more` further records of each kind; `sellers` the roles of sales people."""
    tenant = await make_tenant(database)
    key = await key_of(database, tenant, "owner")
    async with client_of(app, x_api_key=key.text()) as client:
        return await _Founder(client, database, tenant, mark, more, list(sellers)).found()


class _Founder:
    def __init__(
        self,
        client: httpx.AsyncClient,
        database: Database,
        tenant: Tenant,
        mark: str,
        more: int,
        sellers: list[str],
    ) -> None:
        self._client = client
        self._database = database
        self._tenant = tenant
        self._mark = mark
        self._more = more
        self._sellers = sellers
        self._halves: dict[str, dict[str, Ref]] = {MINE: {}, ELSE: {}}
        self._shared: dict[str, Ref] = {}

    async def found(self) -> Company:
        await self._words()
        await self._people()
        await self._goods()
        await self._customers()
        await self._dealers()
        await self._prices()
        await self._stock()
        await self._buying()
        await self._portal()
        await self._desk()
        await self._imports()
        await self._notices()
        await self._invitations()
        await self._rest()
        await self._look_up()
        staff = [role.code for role in DEFAULT_ROLES if role.audience == "staff"]
        dealers = [role.code for role in DEFAULT_ROLES if role.audience == "dealer"]
        logins = [self._login(name) for name in (*staff, "nobody", "sales2", *dealers, "nodealer", "stranger")]
        return Company(
            tenant=self._tenant,
            mark=self._mark,
            refs={**self._shared, **self._halves[MINE]},
            theirs=self._halves[ELSE],
            revisions=await self._revisions(),
            keys={login: (await key_of(self._database, self._tenant, login)).text() for login in logins},
        )

    # What everything else is grouped by.
    async def _words(self) -> None:
        for path, kind in (("units", "unit"), ("brands", "brand"), ("tiers", "tier"), ("channels", "channel")):
            await self._put(path, self._named(kind.upper()))
            self._share(f"{kind}.code", self._code(kind.upper()))
        for path, kind in (("categories", "category"), ("regions", "region")):
            rows = [self._row(f"{kind.upper()}-TOP"), *self._named(kind.upper())]
            rows[1]["parent"] = self._share(f"{kind}.parent", self._code(f"{kind.upper()}-TOP"))
            await self._put(path, rows)
        self._share("category.code", self._code("CATEGORY"))
        await self._put("regions", [self._row(f"REGION-{half}") for half in (MINE, ELSE)])
        await self._put("organisations", [r | {"number_prefix": self._mark} for r in self._named("ORGANISATION")])
        self._share("organisation.code", self._code("ORGANISATION"))
        await self._put("departments", [*self._named("TOP"), *(self._row(f"DEPARTMENT-{h}") for h in (MINE, ELSE))])
        self._share("department.parent", self._code("TOP"))
        for half in (MINE, ELSE):
            self._hold(half, "region.code", self._code(f"REGION-{half}"))
            self._hold(half, "department.code", self._code(f"DEPARTMENT-{half}"))

    async def _people(self) -> None:
        spare = {"audience": "staff", "permissions": ["orders.read"]}
        dealers = {"audience": "dealer", "permissions": ["portal.orders.read"]}
        reach = {"permissions": sorted(permissions_of("staff")), "sees_cost": True, "sees_price": True}
        await self._put(
            "roles",
            [
                *(row | spare for row in self._named("ROLE")),
                self._row("DEALER-ROLE") | dealers,
                *(self._row(f"ALL-{s}") | reach | {"scope": s.lower()} for s in ("OWN", "DEPARTMENT", "REGION")),
            ],
        )
        self._share("role.code", self._code("ROLE"))
        self._share("role.dealer", self._code("DEALER-ROLE"))
        staff = [role.code for role in DEFAULT_ROLES if role.audience == "staff"]
        users = [
            *(self._user(name, self._sellers if name == "sales" else [name]) for name in staff),
            self._user("nobody", []),
            self._user("sales2", self._sellers, ELSE),
            *({"login": f"{self._login('spare')}{n or ''}", "name": self._code("SPARE")} for n in self._numbers()),
        ]
        await self._put("users", users)
        self._share("user.login", self._login("spare"))
        for half, seller in ((MINE, "sales"), (ELSE, "sales2")):
            self._hold(half, "owner.login", self._login(seller))

    def _user(self, name: str, roles: Sequence[str], half: str = MINE) -> dict[str, Any]:
        return {
            "login": self._login(name),
            "name": self._code(name),
            "roles": roles,
            "department": self._halves[half]["department.code"],
            "regions": [self._halves[half]["region.code"]],
        }

    async def _goods(self) -> None:
        picture = PICTURE.format(self._mark).encode()
        kept = await self._client.post("/api/v1/files", content=picture)
        self._share("file.sha256", self._checked(kept)["sha256"])
        groups = {"category": self._shared["category.code"], "brand": self._shared["brand.code"]}
        media = [{"sha256": self._shared["file.sha256"]}]
        await self._put("products", [row | groups | {"media": media} for row in self._named("PRODUCT")])
        unit = self._shared["unit.code"]
        rows = [
            row
            | {
                "product": self._code("PRODUCT"),
                "base_unit": unit,
                "tax_rate": "0.13",
                "supply_policy": "backorder",
                "units": [{"unit": unit, "barcode": f"{row['code']}-BAR"}],
            }
            for row in self._named("SKU")
        ]
        await self._put("skus", rows)
        self._share("product.code", self._code("PRODUCT"))
        self._share("sku.code", self._code("SKU"))
        self._share("unit.barcode", self._code("SKU-BAR"))
        costs = [{"sku": row["code"], "valid_from": DAY, "cost": str(COST)} for row in rows]
        days = [f"20{20 + n // 28:02}-02-{1 + n % 28:02}" for n in range(self._more)]
        older = [{"sku": self._code("SKU"), "valid_from": day, "cost": str(COST)} for day in days if day != DAY]
        await self._put("skus/costs", costs + older)

    async def _customers(self) -> None:
        words = {kind: self._shared[f"{kind}.code"] for kind in ("tier", "channel")}
        for half in (MINE, ELSE):
            parts = {"owner": "owner.login", "department": "department.code", "region": "region.code"}
            place = {name: self._halves[half][kind] for name, kind in parts.items()}
            one = self._row(f"{half}-CUSTOMER") | {
                "parent": self._code(f"{half}-PARENT"),
                "note": self._code(f"{half}-NOTE"),
                "contacts": [{"name": self._code(f"{half}-CONTACT")}],
                "addresses": [{"recipient": self._code(f"{half}-RECIPIENT"), "street": self._code(f"{half}-STREET")}],
            }
            rest = self._named(f"{half}-OTHER") if half == MINE else []
            rows = [self._row(f"{half}-PARENT"), one, *rest]
            await self._put("customers", [row | words | place | {"payment_terms": "monthly"} for row in rows])
            self._hold(half, "customer.code", one["code"])
            self._hold(half, "customer.parent", one["parent"])
        limit = {"organisation": self._shared["organisation.code"], "credit_limit": "10000000"}
        buyers = [self._halves[half]["customer.code"] for half in (MINE, ELSE)]
        others = [row["code"] for row in self._named(f"{MINE}-OTHER")]
        await self._put("accounts", [{"customer": code} | limit for code in [*buyers, *others]])
        audience = [{"kind": "customer", "code": code} for code in buyers]
        goods = [{"kind": "sku", "code": self._shared["sku.code"]}]
        await self._put(
            "assortments",
            [
                self._row("EVERYTHING") | {"audience": [{"kind": "everyone"}], "items": [{"kind": "everything"}]},
                *(row | {"audience": audience, "items": goods} for row in self._named("ASSORTMENT")),
            ],
        )
        self._share("assortment.code", self._code("ASSORTMENT"))

    async def _dealers(self) -> None:
        """Of the first half's customer: one of each default role, one without any, and one to be looked after."""
        dealers = [role.code for role in DEFAULT_ROLES if role.audience == "dealer"]
        names = [*((name, [name]) for name in dealers), ("nodealer", []), ("shopper", [self._shared["role.dealer"]])]
        names += [(f"shopper{number}", []) for number in range(1, self._more + 1)]
        users = [
            {"login": self._login(name), "name": self._code(name), "audience": "dealer", "roles": roles}
            for name, roles in names
        ]
        customers = {"customers": [self._halves[MINE]["customer.code"]]}
        await self._put("users", [user | customers for user in users])
        stranger = {"login": self._login("stranger"), "name": self._code(f"{ELSE}-SHOPPER"), "audience": "dealer"}
        await self._put(
            "users", [stranger | {"roles": ["dealer_admin"], "customers": [self._halves[ELSE]["customer.code"]]}]
        )
        self._share("dealer.login", self._login("shopper"))

    async def _prices(self) -> None:
        lists = [
            self._row("BASE") | {"kind": "base"},
            *(
                row | {"kind": "tier", "tier": self._shared["tier.code"], "valid_from": f"{2100 + number}-01-01"}
                for number, row in enumerate(self._named("TIER-LIST"))
            ),
        ]
        for half in (MINE, ELSE):
            contract = {"kind": "contract", "customer": self._halves[half]["customer.code"]}
            lists += [
                self._row(f"{half}-CONTRACT") | contract | {"valid_until": "2099-12-31"},
                self._row(f"{half}-NEXT") | contract | {"valid_from": "2100-01-01"},
            ]
            self._hold(half, "contract.code", self._code(f"{half}-CONTRACT"))
            self._hold(half, "contract_draft.code", self._code(f"{half}-NEXT"))
        await self._put("price-lists", [{"valid_from": DAY} | row for row in lists])
        self._share("base.code", self._code("BASE"))
        self._share("list_draft.code", self._code("TIER-LIST"))
        prices = [{"sku": row["code"], "price": str(PRICE)} for row in self._named("SKU")]
        for row in lists:
            await self._put(f"price-lists/{row['code']}/entries", prices)
            if not row["code"].endswith(("NEXT", *(f"TIER-LIST{number or ''}" for number in self._numbers()))):
                self._checked(await self._client.post(f"/api/v1/price-lists/{row['code']}/publish"))

    async def _stock(self) -> None:
        await self._put("warehouses", [row | {"region": self._code("REGION")} for row in self._named("WAREHOUSE")])
        warehouse = self._share("warehouse.code", self._code("WAREHOUSE"))
        lines = [{"sku": row["code"], "quantity": "1000", "unit_cost": str(COST)} for row in self._named("SKU")]
        texts = {name: self._code(name.upper()) for name in ("supplier", "reference", "note")}
        receipts = [
            {
                "warehouse": warehouse,
                "number": row["code"],
                "lines": lines if row["code"].endswith("GR") else lines[:1],
            }
            | texts
            for row in self._named("GR")
        ]
        await self._post("goods-receipts", {"items": receipts})
        self._share("receipt.number", self._code("GR"))
        self._share("receipt.free", self._code("GR-FREE"))

    async def _buying(self) -> None:
        for half in (MINE, ELSE):
            order: dict[str, Any] = {
                "customer": self._halves[half]["customer.code"],
                "organisation": self._shared["organisation.code"],
                "customer_reference": self._code(f"{half}-REFERENCE"),
                "note": self._code(f"{half}-NOTE"),
                "lines": [{"sku": row["code"], "quantity": "1"} for row in self._named("SKU")],
            }
            placed = await self._post("orders", order)
            self._hold(half, "order.id", placed["id"])
            self._hold(half, "order.number", placed["number"])
            cart = {name: order[name] for name in ("customer", "note", "lines")}
            cart["name"] = self._code(f"{half}-CART")
            self._hold(half, "draft.id", (await self._post("drafts", cart))["id"])
            await self._post("drafts", cart | {"lines": [order["lines"][0] | {"price": str(PRICE)}]})
            if half == MINE and self._more:
                await self._post("orders/bulk", {"orders": [order | {"lines": order["lines"][:1]}] * self._more})
                for _ in range(self._more):
                    await self._post("drafts", cart)

    async def _portal(self) -> None:
        """What dealers have: filled carts, parked ones, shopping lists; and proposals to them."""
        goods = {"lines": [{"sku": row["code"], "quantity": "1"} for row in self._named("SKU")]}
        for half, logins in ((MINE, ("dealer_admin", "dealer_buyer")), (ELSE, ("stranger",))):
            numbers = self._numbers() if half == MINE else [0]
            draft = {"customer": self._halves[half]["customer.code"], **goods, "name": self._code(f"{half}-PROPOSAL")}
            proposed = [(await self._post("drafts", draft))["id"] for _ in numbers]
            for draft_id in proposed:
                await self._post(f"drafts/{draft_id}/propose", {"message": self._code(f"{half}-MESSAGE")})
            self._hold(half, "proposal.id", proposed[0])
            for login in logins:
                key = await key_of(self._database, self._tenant, self._login(login))
                headers = {"x-api-key": key.text()}
                if login != "dealer_buyer":
                    await self._park(half, numbers, goods, headers)
                await self._dealt("cart/add", goods, headers)

    async def _park(self, half: str, numbers: Sequence[int], goods: dict[str, Any], headers: dict[str, str]) -> None:
        for number in numbers:
            name = f"{self._code(f'{half}-PARKED')}{number}"
            await self._dealt("cart/add", {"lines": goods["lines"][:1]}, headers)
            parked = await self._dealt("cart/park", {"name": name}, headers)
            listed = await self._dealt("shopping-lists", goods | {"name": name}, headers)
        self._hold(half, "parked.id", parked["id"])
        self._hold(half, "shopping_list.id", listed["id"])

    async def _dealt(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        return self._checked(await self._client.post(f"/portal/v1/{path}", json=body, headers=headers))

    async def _desk(self) -> None:
        """What people said on orders, views they kept, visits, and customers that may be one."""
        key = await key_of(self._database, self._tenant, self._login("owner"))
        headers = {"x-api-key": key.text()}
        for half in (MINE, ELSE):
            order_id, customer = self._halves[half]["order.id"], self._halves[half]["customer.code"]
            said = {"text": self._code(f"{half}-SAID"), "mentions": [self._login("owner")]}
            for _ in self._numbers():
                comment = await self._post(f"orders/{order_id}/comments", said, headers)
                await self._post("visits", {"customer": customer, "note": self._code(f"{half}-SEEN")}, headers)
            self._hold(half, "comment.id", comment["id"])
            async with self._database.transaction(self._tenant.id) as tx:
                await tx.write(
                    "insert into likely_duplicate (tenant_id, one_id, other_id, score, reasons, found_at) "
                    "select $1, least(c.id, o.id), greatest(c.id, o.id), 80, array['name'], now() "
                    "from customer c "
                    "join customer o on o.tenant_id = $1 and o.id <> c.id and o.owner_id = c.owner_id "
                    "where c.tenant_id = $1 and c.code = $2",
                    str(customer),
                )
        view = await self._post(
            "saved-views", {"list": "orders", "name": self._code("VIEW"), "query": "", "shared": True}
        )
        self._share("view.id", view["id"])

    async def _imports(self) -> None:
        """A sheet with bad cells, looked at and tried; a file on its way; what was remembered of headers."""
        for _ in self._numbers()[1:]:
            await self._import("customers", "code,name\n", f"{self._code('EARLIER')}.csv")
        bad = [f"{self._code('NEW')}{n},{self._mark} 名称,{self._code('NOWHERE')}" for n in self._numbers()]
        header = f"code,name,country,{self._mark}"
        import_id = await self._import(
            "customers", "\n".join([header, *(f"{row}," for row in bad), ""]), f"{self._code('IMPORT')}.csv"
        )
        await self._work()
        mapping = {"columns": {"code": "code", "name": "name", "country": "country"}}
        await self._post(f"imports/{import_id}/check", {"mapping": mapping, "remember_as": self._code("MAPPING")})
        await self._work()
        self._share("import.id", import_id)
        begun = await self._post("imports/files", {"name": f"{self._code('FILE')}.csv", "size": 5})
        self._share("import_file.receiving", begun["id"])
        async with self._database.transaction(self._tenant.id) as tx:
            for number in self._numbers()[1:]:
                await remember(
                    tx, kind="skus", header=[self._code(str(number))], mapping=Mapping(), name=None, by=SYSTEM
                )
            rows = await tx.fetch("select id from import_mapping where tenant_id = $1 and name is not null")
        self._share("import_mapping.id", rows[0]["id"])

    async def _import(self, kind: str, content: str, name: str) -> str:
        data = content.encode()
        file = await self._post("imports/files", {"name": name, "size": len(data)})
        self._share("import_file.id", file["id"])
        sent = await self._client.put(f"/api/v1/imports/files/{file['id']}/content", content=data)
        assert sent.status_code == 200, sent.text
        return str((await self._post("imports", {"kind": kind, "file_id": file["id"]}))["id"])

    async def _work(self) -> None:
        """Take the last import up, as a worker would; the earlier ones wait for good."""
        async with self._database.transaction(self._tenant.id) as tx:
            await tx.write("update import_job set queued_at = queued_at + interval '1 day' where tenant_id = $1")
            await tx.write(
                "update import_job set queued_at = now() where tenant_id = $1 and file_id = $2",
                UUID(str(self._shared["import_file.id"])),
            )
        for taken in await self._database.run(self._tenant.id, partial(claim, free=2)):
            await carry_out(self._database, taken, stop=asyncio.Event())

    async def _notices(self) -> None:
        """For each half's customer alone, published with a picture and a file, and drafts."""
        for half in (MINE, ELSE):
            one = {
                "audience": [{"kind": "customer", "code": self._halves[half]["customer.code"]}],
                "title": self._code(f"{half}-NOTICE"),
                "body": self._code(f"{half}-TEXT"),
                "picture": self._shared["file.sha256"],
                "attachments": [{"sha256": self._shared["file.sha256"], "name": self._code(f"{half}-FILE")}],
                "must_read": True,
            }
            for kind in ("banner", *("notice" for _ in self._numbers())):
                shown = await self._post("notices", one | {"kind": kind})
                self._checked(await self._client.post(f"/api/v1/notices/{shown['id']}/publish"))
            self._hold(half, "notice.id", shown["id"])
            draft = await self._post("notices", one | {"kind": "policy"})
            self._hold(half, "notice_draft.id", draft["id"])

    async def _invitations(self) -> None:
        """Open ones, whose links are for anybody; and who comes by WeChat, but for one who is yet to be bound."""
        for half in (MINE, ELSE):
            customer_id = await self._id("customer", "code", self._halves[half]["customer.code"])
            for _ in self._numbers():
                made = await self._post(
                    f"customers/{customer_id}/invitations",
                    {"roles": [self._shared["role.dealer"]], "name": self._code(f"{half}-GUEST")},
                )
            self._hold(half, "invitation.id", made["id"])
        self._share("invitation.token", made["token"])
        mini_program = {"app_id": APP_ID, "secret": SECRET, "active": True}
        self._checked(await self._client.put("/api/v1/settings/wechat", json=mini_program))
        async with self._database.transaction(self._tenant.id) as tx:
            await tx.write(
                "insert into wechat_binding (tenant_id, app_id, openid, user_id, bound_at) "
                "select $1, $2, login, id, now() from app_user where tenant_id = $1 and audience = 'dealer' "
                "and login <> $3",
                APP_ID,
                self._login("dealer_receiver"),
            )

    async def _rest(self) -> None:
        """Keys, sessions, reactions that failed."""
        for _ in self._numbers():
            made = await self._post("api-keys", {"name": self._code("KEY"), "permissions": ["orders.read"]})
        self._share("key.id", made["id"])
        events = [new_id() for _ in self._numbers()]
        self._share("event.id", events[0])
        async with self._database.transaction(self._tenant.id) as tx:
            await tx.write(
                "insert into outbox_event (tenant_id, id, kind, subject_id, data, created_at, due_at) "
                "select $1, e, 'test', e, jsonb_build_object('to', $3::text), now(), now() from unnest($2::uuid[]) e",
                events,
                self._mark,
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
                self._numbers(),
                self._mark,
                [self._login(name) for name in ("spare", "owner", "dealer_admin")],
            )
            await tx.write(
                "update app_user set totp_secret = 'x', totp_confirmed_at = now() "
                "where tenant_id = $1 and login = $2",
                self._login("spare"),
            )

    async def _look_up(self) -> None:
        """The ids of what was saved by code."""
        shared = {
            "assortment.id": ("assortment", "code", "assortment.code"),
            "organisation.id": ("organisation", "code", "organisation.code"),
            "product.id": ("product", "code", "product.code"),
            "role.id": ("role", "code", "role.code"),
            "sku.id": ("sku", "code", "sku.code"),
            "user.id": ("app_user", "login", "user.login"),
            "dealer.id": ("app_user", "login", "dealer.login"),
            "receipt.id": ("goods_receipt", "number", "receipt.number"),
        }
        for kind, (table, column, by) in shared.items():
            self._share(kind, await self._id(table, column, self._shared[by]))
        self._share("department.id", await self._id("department", "code", self._halves[MINE]["department.code"]))
        for half in (MINE, ELSE):
            customer_id = await self._id("customer", "code", self._halves[half]["customer.code"])
            self._hold(half, "customer.id", customer_id)
            for table in ("contact", "address", "account"):
                self._hold(half, f"{table}.id", await self._id(table, "customer_id", customer_id))

    async def _id(self, table: str, column: str, value: object) -> UUID:
        async with self._database.transaction(self._tenant.id) as tx:
            rows = await tx.fetch(f"select id from {table} where tenant_id = $1 and {column} = $2", value)
        found: UUID = rows[0]["id"]
        return found

    async def _revisions(self) -> dict[str, int]:
        """The revision of every record that has one, by its id; price lists by their codes."""
        parts = [f"select id::text as id, revision from {table} where tenant_id = $1" for table in _REVISED]
        parts.append("select code, revision from price_list where tenant_id = $1")
        async with self._database.transaction(self._tenant.id) as tx:
            return {row["id"]: row["revision"] for row in await tx.fetch(" union all ".join(parts))}

    def _numbers(self) -> list[int]:
        return list(range(1 + self._more))

    def _code(self, name: str) -> str:
        return f"{self._mark}-{name}"

    def _login(self, name: str) -> str:
        return self._code(name).lower()

    def _row(self, name: str) -> dict[str, Any]:
        return {"code": self._code(name), "name": f"{self._code(name)} 名称"}

    def _named(self, name: str) -> list[dict[str, Any]]:
        """One row, and as many further ones as there shall be."""
        return [self._row(f"{name}{number or ''}") for number in self._numbers()]

    def _share(self, kind: str, value: object) -> Ref:
        self._shared[kind] = Ref(value, kind)
        return self._shared[kind]

    def _hold(self, half: str, kind: str, value: object) -> None:
        self._halves[half][kind] = Ref(value, kind)

    async def _put(self, path: str, items: Sequence[dict[str, Any]]) -> None:
        self._checked(await self._client.put(f"/api/v1/{path}", json={"items": items}))

    async def _post(self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        return self._checked(await self._client.post(f"/api/v1/{path}", json=body, headers=headers))

    @staticmethod
    def _checked(answer: httpx.Response) -> Any:
        assert answer.status_code in (200, 201, 202), f"{answer.request.url}: {answer.text}"
        return answer.json()
