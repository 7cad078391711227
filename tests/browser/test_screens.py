"""Every screen, phone and desk, Chinese and English, light and dark: kept as a picture, and nothing grave by axe."""

from collections.abc import Mapping

import pytest
from tests.browser.conftest import Visit
from tests.browser.visitor import Device, Language, Theme, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

PORTAL = {
    "home": "pages/home/index",
    "find": "pages/find/index",
    "fast": "pages/fast/index",
    "cart": "pages/cart/index",
    "me": "pages/me/index",
    "orders": "more/orders/index",
    "proposals": "more/proposals/index",
    "drafts": "more/drafts/index",
    "notices": "more/notices/index",
    "addresses": "more/addresses/index",
    "users": "more/users/index",
    "account": "more/account/index",
}
CONSOLE = {
    "today": "/today",
    "approvals": "/approvals",
    "approval-policies": "/approvals/policies",
    "approval-policy-new": "/approvals/policies/new",
    "slips": "/payments",
    "orders": "/orders",
    "order-new": "/orders/new",
    "road": "/road",
    "customers": "/customers",
    "customer-new": "/customers/new",
    "duplicates": "/customers/duplicates",
    "products": "/products",
    "price-lists": "/price-lists",
    "stock": "/stock",
    "stock-moves": "/stock/moves",
    "receipts": "/stock/receipts",
    "waiting": "/waiting",
    "priorities": "/waiting/priorities",
    "supply": "/stock/supply",
    "transfers": "/stock/transfers",
    "transfer-new": "/stock/transfers/new",
    "counts": "/stock/counts",
    "lots": "/stock/lots",
    "lot-rules": "/stock/lots/rules",
    "sourcing": "/settings/inventory",
    "notices": "/notices",
    "notice-new": "/notices/new",
    "imports": "/imports",
    "import-new": "/imports/new",
    "audit": "/audit",
    "settings": "/settings",
    "company": "/settings/company",
    "portal-settings": "/settings/portal",
    "departments": "/settings/departments",
    "words": "/settings/words",
    "groups": "/products/groups",
    "warehouses": "/settings/warehouses",
    "operations": "/settings/operations",
    "users": "/settings/users",
    "roles": "/settings/roles",
    "keys": "/settings/keys",
    "me": "/me",
}
LOOKS: list[tuple[Device, Language, Theme]] = [
    ("phone", "zh", "light"),
    ("phone", "en", "dark"),
    ("desk", "zh", "light"),
    ("desk", "en", "dark"),
]


async def tour(visitor: Visitor, side: str, screens: Mapping[str, str]) -> None:
    """Look at each; everything grave is told at once."""
    grave = {}
    for name, path in screens.items():
        await visitor.goto(path)
        await visitor.page.wait_for_timeout(300)
        await visitor.look(f"{side}-{name}")
        found = await visitor.graves()
        if found:
            grave[name] = found
    assert grave == {}


@pytest.mark.parametrize(("device", "language", "theme"), LOOKS)
async def test_the_console(visit: Visit, device: Device, language: Language, theme: Theme) -> None:
    visitor = await visit("/", device=device, language=language, theme=theme)
    await visitor.sign_in_to_console("boss")
    order = (await visitor.ask("GET", "/api/v1/orders?limit=1"))["items"][0]["id"]
    customer = (await visitor.ask("GET", "/api/v1/customers?limit=1"))["items"][0]["id"]
    product = (await visitor.ask("GET", "/api/v1/products?limit=1"))["items"][0]["id"]
    more = {
        "order": f"/orders/{order}",
        "customer": f"/customers/{customer}",
        "product": f"/products/{product}",
        "price-list": "/price-lists/BASE",
    }
    await tour(visitor, "console", CONSOLE | more)


@pytest.mark.parametrize(("device", "language"), [("phone", "zh"), ("phone", "en"), ("desk", "zh"), ("desk", "en")])
async def test_the_portal(visit: Visit, device: Device, language: Language) -> None:
    visitor = await visit("/portal/", device=device, language=language)
    await visitor.sign_in_to_portal("d002.admin")
    order = (await visitor.ask("GET", "/portal/v1/orders?limit=1"))["items"][0]["id"]
    product = (await visitor.ask("GET", "/portal/v1/products?limit=1"))["items"][0]["id"]
    more = {"order": f"more/order/index?id={order}", "product": f"more/product/index?id={product}"}
    await tour(visitor, "portal", {name: f"/portal/#/{path}" for name, path in (PORTAL | more).items()})
