"""How each operation is called with records that are there.

Most calls are made from the contract alone: what a name in it stands for is said once, in `RECORDS` or `PLAIN`.
Where that does not suffice, a function says the bodies: one, or several where no single one names everything.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any, cast

import msgspec
import pyotp
from tests.security.calls import Call, Ref
from tests.security.company import PASSWORD, Company
from tests.security.founding import PICTURE, REACTION
from tests.security.operations import Operation, Schema
from tests.support import VAULT
from tests.wechat import APP_ID

from dinghuo.identity.wechat_sign_in import TICKET, Ticket
from dinghuo.kit.ids import new_id

# What kind of record a path, a query or a body names by this word; `Schema.word` where only one schema means it so.
RECORDS = {
    "account_id": "account.id",
    "address_id": "address.id",
    "comment_id": "comment.id",
    "assortment_id": "assortment.id",
    "barcode": "unit.barcode",
    "base_unit": "unit.code",
    "brand": "brand.code",
    "cart": "parked.id",
    "category": "category.code",
    "channel": "channel.code",
    "customer": "customer.code",
    "customer_id": "customer.id",
    "customers": "customer.code",
    "department": "department.code",
    "department_id": "department.id",
    "document": "order.id",
    "draft_id": "draft.id",
    "event_id": "event.id",
    "file_id": "import_file.id",
    "head": "user.login",
    "import_id": "import.id",
    "invitation_id": "invitation.id",
    "key_id": "key.id",
    "list_id": "shopping_list.id",
    "login": "user.login",
    "mapping_id": "import_mapping.id",
    "mentions": "user.login",
    "notice_id": "notice.id",
    "number": "order.number",
    "order_id": "order.id",
    "organisation": "organisation.code",
    "organisation_id": "organisation.id",
    "other": "customer.parent",
    "one": "customer.code",
    "photos": "file.sha256",
    "subject": "order.id",
    "view_id": "view.id",
    "ViewOrder.ids": "view.id",
    "customer_channel": "channel.code",
    "GET /api/v1/audit.actor": "user.login",
    "GET /api/v1/price-grid.list": "base.code",
    "GET /api/v1/products.code": "product.code",
    "GET /api/v1/skus.code": "sku.code",
    "GET /api/v1/visits.by": "owner.login",
    "owner": "owner.login",
    "parent": "customer.parent",
    "product": "product.code",
    "product_id": "product.id",
    "receipt_id": "receipt.id",
    "region": "region.code",
    "role": "role.code",
    "role_id": "role.id",
    "roles": "role.code",
    "sales_unit": "unit.code",
    "session_id": "session.id",
    "sha256": "file.sha256",
    "sku": "sku.code",
    "sku_id": "sku.id",
    "tier": "tier.code",
    "unit": "unit.code",
    "user_id": "user.id",
    "warehouse": "warehouse.code",
    "AddressInput.id": "address.id",
    "AssortmentInput.code": "assortment.code",
    "ContactInput.id": "contact.id",
    "CustomerInput.code": "customer.code",
    "DealerUserInput.login": "dealer.login",
    "DealerUserInput.roles": "role.dealer",
    "DepartmentFields.parent": "department.parent",
    "DepartmentInput.code": "department.code",
    "DepartmentInput.parent": "department.parent",
    "GoodsReceipt.number": "receipt.free",
    "NodeInput.code": "region.code",
    "NodeInput.parent": "region.parent",
    "OrganisationInput.code": "organisation.code",
    "PlacedNodeInput.code": "category.code",
    "PlacedNodeInput.parent": "category.parent",
    "ProductInput.code": "product.code",
    "RoleInput.code": "role.code",
    "SkuInput.code": "sku.code",
    "WarehouseInput.code": "warehouse.code",
    "QuickEntry.code": "sku.code",
    "POST /api/v1/drafts/{draft_id}/withdraw.draft_id": "proposal.id",
    "DELETE /portal/v1/drafts/{draft_id}.draft_id": "parked.id",
    "GET /portal/v1/drafts/{draft_id}.draft_id": "parked.id",
    "POST /portal/v1/drafts/{draft_id}/resume.draft_id": "parked.id",
    "POST /portal/v1/drafts/{draft_id}/submit.draft_id": "parked.id",
    "GET /portal/v1/proposals/{draft_id}.draft_id": "proposal.id",
    "POST /portal/v1/proposals/{draft_id}/confirm.draft_id": "proposal.id",
    "POST /portal/v1/proposals/{draft_id}/decline.draft_id": "proposal.id",
    "PUT /api/v1/brands.code": "brand.code",
    "PUT /api/v1/channels.code": "channel.code",
    "PUT /api/v1/tiers.code": "tier.code",
    "PUT /api/v1/units.code": "unit.code",
    "PUT /api/v1/imports/files/{file_id}/content.file_id": "import_file.receiving",
    "PUT /api/v1/imports/files/{file_id}/parts/{part}.file_id": "import_file.receiving",
    "POST /portal/v1/users/{user_id}/password.user_id": "dealer.id",
    "POST /api/v1/users/{user_id}/wechat/unbind.user_id": "dealer.id",
    "POST /api/v1/notices/{notice_id}/publish.notice_id": "notice_draft.id",
    "DELETE /api/v1/notices/{notice_id}.notice_id": "notice_draft.id",
}
# Texts that name nothing, each with one that will do; left out of a body where they may be, but for names.
PLAIN = {
    "country": "CN",
    "currency": "CNY",
    "cursor": "",
    "name": "改过的名称",
    "recipient": "收货人",
    "search": "名称",
    "state": "active",
    "street": "街道 1 号",
    "bank_account": "", "city": "", "customer_reference": "", "description": "", "district": "", "email": "",
    "label": "", "mobile": "", "name_en": "", "note": "", "number_prefix": "", "permissions": "", "postcode": "",
    "product_name": "", "province": "", "reason": "", "reference": "", "specification": "", "supplier": "",
    "tax_number": "", "title": "", "since": "",
    "password": "a new password",
    # The worksheet of a workbook, and what is wrong with a cell.
    "worksheet": "",
    "GET /api/v1/imports/{import_id}/faults.code": "sheet-unknown-country",
    # How an order came in, not the customers' channel.
    "GET /api/v1/orders.channel": "api",
    "GET /api/v1/exports/orders.channel": "api",
    "GET /api/v1/exports/order-lines.channel": "api",
    "GET /api/v1/audit.channel": "api",
    # What was typed, said, looked for and changed.
    "q": "名称", "text": "一句话", "query": "state=confirmed", "list": "orders",
    "actor_kind": "staff", "kind": "order", "action": "placed", "amount_from": "1", "amount_until": "1",
    "POST /portal/v1/cart/sheet.code": "",
    "POST /portal/v1/cart/sheet.unit": "",
    "POST /portal/v1/cart/sheet.quantity": "",
    "device": "", "message": "", "new_unit": "",
}  # fmt: skip

Bodies = Callable[[Company], list[Call]]
BODIES: dict[str, Bodies] = {}


class NoRecipe(Exception):
    """The contract names something these tests do not know."""


def bodies(*names: str) -> Callable[[Bodies], Bodies]:
    """Says the bodies of these operations (and, where it matters, their paths)."""

    def register(made: Bodies) -> Bodies:
        BODIES.update(dict.fromkeys(names, made))
        return made

    return register


def calls(operation: Operation, company: Company) -> list[Call]:
    """Every way in which these tests call an operation with what the company has."""
    made = BODIES[operation.name](company) if operation.name in BODIES else [_from_contract(operation, company)]
    return [_complete(operation, company, call) for call in made]


def looks(operation: Operation, company: Company) -> Iterator[Call]:
    """The calls of a reading operation, plain and with each thing it can include."""
    for call in calls(operation, company):
        yield call
        for parameter in operation.parameters_in("query"):
            _, schema = operation.plain(parameter.schema)
            for choice in schema.get("items", {}).get("enum", ()):
                yield replace(call, query={**call.query, parameter.name: choice})


def _from_contract(operation: Operation, company: Company) -> Call:
    if operation.body is None:
        if operation.is_read or operation.method == "DELETE" or operation.path.endswith(_WITHOUT_BODY):
            return Call()
        raise NoRecipe(
            f"{operation.name}: the contract names no body. If it takes none, add its last word to _WITHOUT_BODY in "
            f"tests/security/recipes.py; otherwise write its bodies there, under @bodies({operation.name!r})."
        )
    return Call(body=_Maker(operation, company).value(operation.body, ""))


_WITHOUT_BODY = (
    "/wechat/unbind",
    "/read",
    "/add",
    "/clear",
    "/reorder",
    "/resume",
    "/publish",
    "/withdraw",
    "/submit",
    "/sign-out",
    "/totp/remove",
)


def _complete(operation: Operation, company: Company, call: Call) -> Call:
    """The call with its path, what it must have in query and headers, and its filters."""
    maker = _Maker(operation, company)
    path = {one.name: maker.record(one.name) for one in operation.parameters_in("path") if one.name not in call.path}
    path = {**path, **call.path}
    found = replace(call, path=path)
    query = {one.name: maker.value(one.schema, one.name) for one in operation.parameters_in("query") if one.required}
    filters = {
        one.name: maker.value(one.schema, one.name)
        for one in operation.parameters_in("query")
        if not one.required and maker.is_record(one)
    }
    headers = dict(call.headers)
    if any(one.name == "If-Match" for one in operation.parameters_in("header")):
        *_, named = path.values()
        headers["if-match"] = str(company.revisions.get(named, 1))
    return replace(found, query={**query, **call.query}, filters=filters, headers=headers)


class _Maker:
    """Makes values that fit the schemas of one operation."""

    def __init__(self, operation: Operation, company: Company) -> None:
        self._operation = operation
        self._company = company

    def record(self, word: str, schema: str = "") -> Ref:
        for name in (f"{self._operation.name}.{word}", f"{schema}.{word}", word):
            if name in RECORDS:
                return self._company[RECORDS[name]]
        raise NoRecipe(
            f"{self._operation.name}: what does {word!r} name? If a record, say of which kind in RECORDS of "
            "tests/security/recipes.py (a new kind: have tests/security/founding.py found one); "
            "if nothing, add it to PLAIN there."
        )

    def is_record(self, parameter: Any) -> bool:
        """Whether a parameter of the query names a record. Asks for a word where nothing says so."""
        _, schema = self._operation.plain(parameter.schema)
        if schema.get("type") == "array":
            _, schema = self._operation.plain(schema["items"])
        if schema.get("type") != "string" or "enum" in schema or schema.get("format") in ("date", "date-time"):
            return False
        if f"{self._operation.name}.{parameter.name}" in PLAIN or parameter.name in PLAIN:
            return False
        return bool(self.record(parameter.name))

    def value(self, schema: Schema, word: str, owner: str = "") -> Any:
        name, schema = self._operation.plain(schema)
        match schema.get("type"):
            case "object" if "properties" in schema:
                return self._object(name, schema)
            case "array":
                return [self.value(schema["items"], word, owner)]
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return False
            case "string" if "enum" in schema:
                return schema["enum"][0]
            case "string" if schema.get("format") in ("date", "date-time"):
                return "2024-06-01" + ("T00:00:00Z" if schema["format"] == "date-time" else "")
            case "string" if "pattern" in schema:
                return "1"
            case "string":
                return self._text(word, owner)
        raise NoRecipe(f"{self._operation.name}: write a body for it under @bodies in tests/security/recipes.py")

    def _text(self, word: str, owner: str) -> Any:
        return PLAIN[word] if word in PLAIN else self.record(word, owner)

    def _object(self, name: str, schema: Schema) -> dict[str, Any]:
        """What is needed, every record it may name, and a new name."""
        required = schema.get("required", ())
        found = {}
        for word, part in schema["properties"].items():
            if word in required or word == "name" or self._names_records(word, part, name):
                found[word] = self.value(part, word, name)
        return found

    def _names_records(self, word: str, schema: Schema, owner: str) -> bool:
        name, schema = self._operation.plain(schema)
        if schema.get("type") == "array":
            return self._names_records(word, schema["items"], owner)
        if "properties" in schema:
            return any(self._names_records(inner, part, name) for inner, part in schema["properties"].items())
        if schema.get("type") != "string" or "enum" in schema or "pattern" in schema:
            return False
        if schema.get("format") in ("date", "date-time"):
            return False
        return isinstance(self._text(word, owner), Ref)


@bodies("POST /api/v1/files")
def _file(company: Company) -> list[Call]:
    return [Call(content=PICTURE.format(company.mark + " 2").encode())]


@bodies("PUT /api/v1/imports/files/{file_id}/content")
def _whole_file(company: Company) -> list[Call]:
    return [Call(content=b"a,b\n1")]


@bodies("PUT /api/v1/imports/files/{file_id}/parts/{part}")
def _part_of_a_file(company: Company) -> list[Call]:
    # The number of a part names no record.
    return [Call(path={"part": cast(Ref, "1")}, content=b"a,b\n1")]


@bodies("POST /api/v1/imports/{import_id}/check")
def _dry_run(company: Company) -> list[Call]:
    return [Call(body={"mapping": {"columns": {"code": "code", "name": "name"}}, "remember_as": company.mark})]


@bodies("POST /api/v1/imports/{import_id}/run", "POST /api/v1/imports/{import_id}/cancel")
def _nothing_more(company: Company) -> list[Call]:
    return [Call(body={})]


@bodies("PUT /api/v1/users")
def _users(company: Company) -> list[Call]:
    return [Call(body={"items": [{"login": company["user.login"], **_of_staff(company)}, _of_dealer(company)]})]


@bodies("PATCH /api/v1/users/{user_id}")
def _user(company: Company) -> list[Call]:
    dealer = {name: value for name, value in _of_dealer(company).items() if name != "login"}
    return [Call(body=_of_staff(company)), Call(path={"user_id": company["dealer.id"]}, body=dealer)]


def _of_staff(company: Company) -> dict[str, Any]:
    return {
        "name": PLAIN["name"],
        "department": company["department.code"],
        "roles": [company["role.code"]],
        "regions": [company["region.code"]],
    }


def _of_dealer(company: Company) -> dict[str, Any]:
    return {
        "login": company["dealer.login"],
        "audience": "dealer",
        "name": PLAIN["name"],
        "roles": [company["role.dealer"]],
        "customers": [company["customer.code"]],
    }


@bodies("PUT /api/v1/roles")
def _roles(company: Company) -> list[Call]:
    return [Call(body={"items": [{"code": company["role.code"], "permissions": ["orders.read", "orders.place"]}]})]


@bodies("PATCH /api/v1/roles/{role_id}")
def _role(company: Company) -> list[Call]:
    return [Call(body={"permissions": ["orders.read", "orders.place"]})]


@bodies("POST /api/v1/api-keys")
def _keys(company: Company) -> list[Call]:
    key = {"name": PLAIN["name"], "permissions": ["orders.read"]}
    return [
        Call(body=key | {"user": company["dealer.login"], "permissions": ["portal.orders.read"]}),
        Call(body=key | {"scope": "department", "departments": [company["department.code"]]}),
        Call(body=key | {"scope": "region", "regions": [company["region.code"]]}),
    ]


@bodies("PUT /api/v1/assortments")
def _assortments(company: Company) -> list[Call]:
    return [Call(body={"items": [{"code": company["assortment.code"], **_members(company)}]})]


@bodies("PATCH /api/v1/assortments/{assortment_id}")
def _assortment(company: Company) -> list[Call]:
    return [Call(body=_members(company))]


def _members(company: Company) -> dict[str, Any]:
    audience, items = ("customer", "tier", "region", "channel"), ("sku", "product", "category", "brand")
    members = {
        name: [{"kind": kind, "code": company[f"{kind}.code"]} for kind in kinds]
        for name, kinds in (("audience", audience), ("items", items))
    }
    return {"name": PLAIN["name"], **members}


@bodies("PUT /api/v1/price-lists")
def _price_lists(company: Company) -> list[Call]:
    of = {kind: {"kind": kind, kind: company[f"{kind}.code"]} for kind in ("tier", "region", "channel")}
    of["contract"] = {"kind": "contract", "customer": company["customer.code"]}
    items = [{"code": company["contract_draft.code"], "name": PLAIN["name"]}]
    new = [{"code": f"NEW-{kind}", "name": kind, "valid_from": "2024-01-01", **target} for kind, target in of.items()]
    return [Call(body={"items": items + new})]


@bodies("PATCH /api/v1/price-lists/{code}")
def _price_list(company: Company) -> list[Call]:
    of = {kind: {"kind": kind, kind: company[f"{kind}.code"]} for kind in ("tier", "region", "channel")}
    of["contract"] = {"kind": "contract", "customer": company["customer.code"]}
    lists = (company["list_draft.code"], company["contract_draft.code"])
    return [Call(path={"code": code}, body=target) for code, target in product(lists, of.values())]


@bodies("GET /api/v1/price-lists/{code}", "GET /api/v1/price-lists/{code}/entries",
        "GET /api/v1/price-lists/{code}/history", "GET /api/v1/exports/price-lists/{code}",
        "POST /api/v1/price-lists/{code}/withdraw")  # fmt: skip
def _published(company: Company) -> list[Call]:
    return [Call(path={"code": company[kind]}) for kind in ("base.code", "contract.code")]


@bodies("POST /api/v1/price-lists/{code}/publish")
def _drafted(company: Company) -> list[Call]:
    return [Call(path={"code": company[kind]}) for kind in ("list_draft.code", "contract_draft.code")]


@bodies("PUT /api/v1/price-lists/{code}/entries")
def _prices(company: Company) -> list[Call]:
    price = {"sku": company["sku.code"], "unit": company["unit.code"], "minimum_quantity": "5", "price": "9"}
    return [replace(call, body={"items": [price]}) for call in _published(company)]


@bodies("POST /api/v1/price-lists/{code}/entries/delete")
def _no_prices(company: Company) -> list[Call]:
    price = {"sku": company["sku.code"], "unit": company["unit.code"]}
    return [replace(call, body={"items": [price]}) for call in _published(company)]


@bodies("GET /api/v1/price-grid")
def _grid(company: Company) -> list[Call]:
    lists = ("base.code", "contract.code")
    return [Call(query={"list": company[kind]}) for kind in lists]


@bodies("PUT /api/v1/price-grid")
def _cells(company: Company) -> list[Call]:
    cell = {"sku": company["sku.code"], "unit": company["unit.code"], "price": "9"}
    lists = ("base.code", "contract.code")
    return [Call(body={"cells": [cell | {"list": company[kind]}]}) for kind in lists]


@bodies("POST /api/v1/customers/merge", "POST /api/v1/customers/merge/preview")
def _merged(company: Company) -> list[Call]:
    return [Call(body={"from": company["customer.code"], "into": company["customer.parent"]})]


@bodies("GET /api/v1/search")
def _typed(company: Company) -> list[Call]:
    return [Call(query={"q": company.mark})]


@bodies("POST /api/v1/visits/photos")
def _photo(company: Company) -> list[Call]:
    return [Call(content=PICTURE.format(company.mark + " 3").encode())]


@bodies("POST /api/v1/operations/outbox/drop", "POST /api/v1/operations/outbox/replay")
def _parked(company: Company) -> list[Call]:
    return [Call(body={"items": [{"event_id": company["event.id"], "reaction": REACTION}]})]


@bodies("POST /portal/v1/cart/quick")
def _quick(company: Company) -> list[Call]:
    return [Call(body={"entries": [{"code": company["sku.code"], "quantity": "1"}], "add": True})]


@bodies("POST /portal/v1/cart/sheet")
def _sheet(company: Company) -> list[Call]:
    return [Call(query={"add": "true"}, content=f"code,quantity\n{company['sku.code']},1\n".encode())]


@bodies("PUT /api/v1/settings/portal")
def _portal(company: Company) -> list[Call]:
    return [Call(body={"availability": "word"})]


@bodies("POST /api/v1/notices")
def _notice(company: Company) -> list[Call]:
    kinds = ("customer", "tier", "region", "channel")
    audience = [{"kind": kind, "code": company[f"{kind}.code"]} for kind in kinds]
    file = {"sha256": company["file.sha256"], "name": PLAIN["name"]}
    new = {"title": PLAIN["name"], "picture": company["file.sha256"], "attachments": [file], "audience": audience}
    return [Call(body=new | {"kind": kind}) for kind in ("notice", "policy", "banner")]


@bodies("PATCH /api/v1/notices/{notice_id}")
def _edited_notice(company: Company) -> list[Call]:
    changes = {"title": PLAIN["name"], "audience": [{"kind": "customer", "code": company["customer.code"]}]}
    return [Call(path={"notice_id": company[kind]}, body=changes) for kind in ("notice.id", "notice_draft.id")]


@bodies("POST /api/v1/notices/files")
def _attachment(company: Company) -> list[Call]:
    return [Call(content=f"%PDF-1.7 {company.mark}".encode())]


@bodies("POST /api/v1/customers/{customer_id}/invitations")
def _invitation(company: Company) -> list[Call]:
    return [Call(body={"roles": [company["role.dealer"]], "name": PLAIN["name"]})]


@bodies("POST /portal/v1/invitations/look", "POST /portal/v1/invitations/join")
def _invited(company: Company) -> list[Call]:
    return [Call(body={"token": str(company["invitation.token"])})]


@bodies("POST /portal/v1/invitations/accept")
def _accepted(company: Company) -> list[Call]:
    who = {"login": f"{company.login('guest')}", "password": PASSWORD}
    return [Call(body=who | {"token": str(company["invitation.token"])})]


@bodies("PUT /api/v1/settings/wechat")
def _mini_program(company: Company) -> list[Call]:
    return [Call(body={"app_id": APP_ID, "active": False})]


@bodies("POST /portal/v1/wechat/sign-in")
def _by_wechat(company: Company) -> list[Call]:
    codes = (f"{company.login('dealer_buyer')}:{new_id()}", f"nobody:{new_id()}")
    return [Call(body={"code": code, "company": company.tenant.code}) for code in codes]


@bodies("POST /portal/v1/wechat/bind")
def _bound(company: Company) -> list[Call]:
    vouched = msgspec.json.encode(Ticket(company.tenant.id, APP_ID, "somebody")).decode()
    ticket = VAULT.ticket(TICKET, vouched, at=datetime.now(UTC))
    who = {"login": company.login("dealer_receiver"), "password": PASSWORD}
    return [Call(body=who | {"ticket": ticket})]


@bodies("POST /api/v1/sign-in")
def _sign_in(company: Company) -> list[Call]:
    who = {"login": company.login("owner"), "password": PASSWORD}
    return [Call(body=who | {"company": company.tenant.code})]


@bodies("POST /portal/v1/sign-in")
def _sign_in_as_dealer(company: Company) -> list[Call]:
    who = {"login": company.login("dealer_admin"), "password": PASSWORD}
    return [Call(body=who | {"company": company.tenant.code})]


@bodies("POST /api/v1/me/password", "POST /portal/v1/me/password")
def _own_password(company: Company) -> list[Call]:
    return [Call(body={"old": PASSWORD, "new": PLAIN["password"]})]


@bodies(
    "POST /api/v1/me/totp", "POST /api/v1/me/totp/remove", "POST /portal/v1/me/totp", "POST /portal/v1/me/totp/remove"
)
def _reauthenticated(company: Company) -> list[Call]:
    return [Call(body={"password": PASSWORD})]


@bodies("POST /api/v1/me/totp/confirm", "POST /portal/v1/me/totp/confirm")
def _code(company: Company) -> list[Call]:
    return [Call(body={"code": pyotp.TOTP(company["totp.secret"]).now()})]
