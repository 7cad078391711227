"""Every screen of both clients by its route as the sources have it, and how one gets there in the demo company."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.visitor import Visitor

WEB = Path(__file__).parents[2] / "web"
_ID = re.compile(r":(id|code)(\([^)]*\))?\??")

Pick = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Of:
    """What stands in for the route's name: the first of a list that will do."""

    listed: str
    key: str = "id"
    pick: Pick = lambda _: True


@dataclass(frozen=True, slots=True)
class Screen:
    """`extra` is what the address says besides; `who` is the dealer's person who has such a thing."""

    of: Of | None = None
    extra: str = ""
    who: str = ""


PLAIN = Screen()
_ORDER = Of("/api/v1/orders?limit=1")
_CUSTOMER = Of("/api/v1/customers?limit=1")
_PRODUCT = Of("/api/v1/products?limit=1")
_SKU = Of("/api/v1/skus?limit=1")
_LIST = Of("/api/v1/price-lists?limit=50", "code", lambda found: found["code"] == "BASE")
_PROMOTION = Of("/api/v1/promotions?limit=50", "code", lambda found: found["state"] == "published")
_DRAFTED = Of("/api/v1/promotions?limit=50", "code", lambda found: found["state"] == "draft")
_POLICY = Of("/api/v1/approval-policies?limit=1")
_BLANKET = Of("/api/v1/blanket-orders?limit=1")
_AGREEMENT = Of("/api/v1/rebates/agreements?limit=1", "code")
_TRANSFER = Of("/api/v1/transfers?limit=1")
_PLANNED = Of("/api/v1/transfers?limit=50", "id", lambda found: found["state"] == "draft")

CONSOLE: Mapping[str, Screen] = {
    "/today": PLAIN,
    "/approvals/:id": PLAIN,
    "/approvals/policies": PLAIN,
    "/approvals/policies/new": PLAIN,
    "/approvals/policies/:id": Screen(_POLICY),
    "/orders": PLAIN,
    "/orders/new": PLAIN,
    "/orders/:id": Screen(_ORDER),
    "/orders/:id/amend": Screen(Of("/api/v1/orders?limit=20&state=confirmed")),
    "/blankets": PLAIN,
    "/blankets/new": PLAIN,
    "/blankets/:id": Screen(_BLANKET),
    "/blankets/:id/edit": Screen(_BLANKET),
    "/order-rules": PLAIN,
    "/order-rules/calendars": PLAIN,
    "/order-rules/quotas": PLAIN,
    "/order-rules/routes": PLAIN,
    "/order-rules/try": PLAIN,
    "/payments": PLAIN,
    "/waiting": PLAIN,
    "/waiting/priorities": PLAIN,
    "/road": PLAIN,
    "/road/:id": Screen(_CUSTOMER),
    "/customers": PLAIN,
    "/customers/new": PLAIN,
    "/customers/duplicates": PLAIN,
    "/customers/merge": PLAIN,
    "/customers/:id": Screen(_CUSTOMER),
    "/customers/:id/edit": Screen(_CUSTOMER),
    "/products": PLAIN,
    "/products/new": PLAIN,
    "/products/groups": PLAIN,
    "/products/:id": Screen(_PRODUCT),
    "/products/:id/edit": Screen(_PRODUCT),
    "/products/skus": PLAIN,
    "/products/skus/new": PLAIN,
    "/products/skus/:id": Screen(_SKU),
    "/products/skus/:id/edit": Screen(_SKU),
    "/price-lists": PLAIN,
    "/price-lists/new": PLAIN,
    "/price-lists/compare": PLAIN,
    "/price-lists/:code": Screen(_LIST),
    "/price-lists/:code/edit": Screen(_LIST),
    "/price-lists/:code/publish": Screen(_LIST),
    "/promotions": PLAIN,
    "/promotions/new": PLAIN,
    "/promotions/:code": Screen(_PROMOTION),
    "/promotions/:code/edit": Screen(_DRAFTED),
    "/promotions/:code/publish": Screen(_DRAFTED),
    "/rebates": PLAIN,
    "/rebates/accruals": PLAIN,
    "/rebates/balances": PLAIN,
    "/rebates/settle": PLAIN,
    "/rebates/settlements": PLAIN,
    "/rebates/agreements/new": PLAIN,
    "/rebates/agreements/:code": Screen(_AGREEMENT),
    "/rebates/agreements/:code/edit": Screen(_AGREEMENT),
    "/stock": PLAIN,
    "/stock/moves": PLAIN,
    "/stock/receive": PLAIN,
    "/stock/adjust": PLAIN,
    "/stock/count": PLAIN,
    "/stock/receipts": PLAIN,
    "/stock/receipts/:id": Screen(Of("/api/v1/goods-receipts?limit=1")),
    "/stock/counts": PLAIN,
    "/stock/counts/:id": Screen(Of("/api/v1/stock-counts?limit=1")),
    "/stock/counts/:id/print": Screen(Of("/api/v1/stock-counts?limit=1")),
    "/stock/lots": PLAIN,
    "/stock/lots/rules": PLAIN,
    "/stock/lots/:id": Screen(Of("/api/v1/lots?limit=1")),
    "/stock/skus/:code": Screen(Of("/api/v1/skus?limit=1", "code")),
    "/stock/supply": PLAIN,
    "/stock/transfers": PLAIN,
    "/stock/transfers/new": PLAIN,
    "/stock/transfers/:id": Screen(_TRANSFER),
    "/stock/transfers/:id/edit": Screen(_PLANNED),
    "/notices": PLAIN,
    "/notices/new": PLAIN,
    "/notices/:id": Screen(Of("/api/v1/notices?limit=1")),
    "/imports": PLAIN,
    "/imports/new": PLAIN,
    "/audit": PLAIN,
    "/settings": PLAIN,
    "/settings/company": PLAIN,
    "/settings/departments": PLAIN,
    "/settings/inventory": PLAIN,
    "/settings/keys": PLAIN,
    "/settings/operations": PLAIN,
    "/settings/orders": PLAIN,
    "/settings/organisations": PLAIN,
    "/settings/portal": PLAIN,
    "/settings/roles": PLAIN,
    "/settings/users": PLAIN,
    "/settings/users/new": PLAIN,
    "/settings/users/:id": Screen(Of("/api/v1/users?limit=1")),
    "/settings/warehouses": PLAIN,
    "/settings/wechat": PLAIN,
    "/settings/wecom": PLAIN,
    "/settings/words": PLAIN,
    "/me": PLAIN,
}
PORTAL: Mapping[str, Screen] = {
    "pages/home/index": PLAIN,
    "pages/find/index": PLAIN,
    "pages/fast/index": PLAIN,
    "pages/cart/index": PLAIN,
    "pages/me/index": PLAIN,
    "more/orders/index": PLAIN,
    "more/order/index": Screen(Of("/portal/v1/orders?limit=1")),
    "more/amend/index": Screen(
        Of("/portal/v1/orders?limit=20&stage=open", "id", lambda found: found["state"] == "confirmed")
    ),
    "more/placed/index": Screen(Of("/portal/v1/orders?limit=1")),
    "more/product/index": Screen(Of("/portal/v1/products?limit=1")),
    "more/checkout/index": PLAIN,
    "more/proposals/index": PLAIN,
    "more/proposal/index": Screen(Of("/portal/v1/proposals?limit=1")),
    "more/drafts/index": PLAIN,
    "more/consents/index": Screen(who="d004.admin"),
    "more/consent/index": Screen(Of("/portal/v1/consents?view=all"), who="d004.admin"),
    "more/consent-rule/index": Screen(who="d004.admin"),
    "more/inbox/index": PLAIN,
    "more/blankets/index": Screen(who="d001.admin"),
    "more/blanket/index": Screen(Of("/portal/v1/blanket-orders?limit=1"), who="d001.admin"),
    "more/usual/index": PLAIN,
    "more/list/index": Screen(Of("/portal/v1/shopping-lists?limit=1")),
    "more/notices/index": PLAIN,
    "more/notice/index": Screen(Of("/portal/v1/notices?limit=1")),
    "more/addresses/index": PLAIN,
    "more/users/index": PLAIN,
    "more/account/index": PLAIN,
    "more/privacy/index": PLAIN,
}
# Those that only a story of its own gets to, which looks at them and has axe look: see there.
STORIES = {
    "/sign-in": "test_desk",
    "/sign-in/wecom": "test_screens",
    "/imports/:id": "test_console",
    "pages/sign-in/index": "test_portal",
    "pages/invitation/index": "test_portal_people",
}


def routes() -> set[str]:
    """What the sources say there is."""
    console = {
        _ID.sub(lambda found: f":{found[1]}", path)
        for source in (WEB / "console" / "src").rglob("*.ts")
        for path in re.findall(r"path: ['`](/[^'`]*)['`]", source.read_text().replace("${ID}", ":id"))
    }
    # It has comments that say what is for the mini-program alone.
    said = json.loads(re.sub(r"(?m)^\s*//.*$|/\*.*?\*/", "", (WEB / "portal" / "src" / "pages.json").read_text()))
    portal = {page["path"] for page in said["pages"]} | {
        f"{package['root']}/{page['path']}" for package in said["subPackages"] for page in package["pages"]
    }
    return (console - {"/", "/:rest(.*)*"}) | portal


def name_of(side: str, route: str) -> str:
    """`/orders/:id/amend` is `console-orders-one-amend`, `more/order/index` is `portal-order`."""
    parts = route.removeprefix("pages/").removeprefix("more/").removesuffix("/index").strip("/").split("/")
    return "-".join([side, *("one" if part.startswith(":") else part for part in parts)])


async def address_of(visitor: Visitor, route: str, screen: Screen) -> str:
    """Where it stands; there must be such a thing."""
    value = ""
    if screen.of is not None:
        listed = (await visitor.ask("GET", screen.of.listed))["items"]
        value = next(found[screen.of.key] for found in listed if screen.of.pick(found))
    if not route.startswith("/"):
        return f"/portal/#/{route}" + (f"?id={value}" if value else screen.extra)
    return re.sub(r"/:(id|code)", f"/{value}" if value else "", route) + screen.extra
