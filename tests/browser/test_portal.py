"""A dealer's order on a phone: found by pinyin, forty lines by three ways, through a dead spot, five taps, once."""

import io
from typing import Any

import pytest
import xlsxwriter
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.phone import paste
from tests.browser.visitor import Language, Visitor
from tests.faults.serving import until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

_LINES = 40
_BY_CODE = 14
_BY_SHEET = 16


async def buyable(visitor: Visitor, count: int, *, passing: set[str], stock: int = 0) -> list[tuple[str, str, str]]:
    """SKUs of which there is as much, in base units: (code, least quantity, unit)."""
    found: list[tuple[str, str, str]] = []
    cursor = None
    while len(found) < count:
        page = await visitor.ask(
            "GET", f"/portal/v1/products?limit=60&in_stock=true{f'&cursor={cursor}' if cursor else ''}"
        )
        found += [
            (sku["code"], unit["minimum"], unit["unit"])
            for product in page["items"]
            for sku in product["skus"]
            for unit in sku["units"]
            if unit["unit"] == sku["default_unit"] and unit["price"] and sku["code"] not in passing
            if sku["availability"]["state"] == "in_stock" and float(sku["availability"].get("quantity") or 0) >= stock
        ]
        cursor = page["cursor"]
        if cursor is None:
            break
    return found[:count]


def plenty(goods: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    """Lines of an order that is worth bringing."""
    return [{"sku": sku, "quantity": f"{float(least) * 20:g}", "unit": unit} for sku, least, unit in goods]


async def cart_of(visitor: Visitor) -> dict[str, Any]:
    cart: dict[str, Any] = await visitor.ask("GET", "/portal/v1/cart")
    return cart


async def lines_in_cart(visitor: Visitor, count: int) -> dict[str, Any]:
    """The server's cart, once it has as many lines."""
    cart: dict[str, Any] = {}

    async def there() -> bool:
        nonlocal cart
        cart = await cart_of(visitor)
        return len(cart["lines"]) == count

    await until(there)
    return cart


def a_sheet(rows: list[tuple[str, str, str]]) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([("编码", "数量", "单位"), *rows]):
            sheet.write_row(place, 0, row)
    return held.getvalue()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_dealer_orders_forty_lines_on_a_phone(visit: Visit, language: Language) -> None:
    login = {"zh": "d001.admin", "en": "d003.admin"}[language]
    dealer = await visit("/portal/", device="phone", language=language)
    page = dealer.page
    await dealer.look("portal-sign-in")
    await dealer.sign_in_to_portal(login)
    await dealer.look("portal-home")
    await empty_cart(dealer)
    orders = (await dealer.ask("GET", "/portal/v1/orders?limit=1"))["items"]

    await find_by_pinyin_and_change_the_unit(dealer)
    first = await cart_of(dealer)
    taken = {line["sku"] for line in first["lines"]}

    await dealer.goto("/portal/#/pages/fast/index")
    await page.locator(".fast-list .stepper-add").first.wait_for()
    add = page.locator(".fast-list .stepper-add:enabled")
    while len(taken) < _LINES - _BY_CODE - _BY_SHEET:
        await add.first.click()
        taken = {line["sku"] for line in (await lines_in_cart(dealer, len(taken) + 1))["lines"]}
    await dealer.look("portal-fast")

    rest = await buyable(dealer, _BY_CODE + _BY_SHEET, passing=taken)
    await by_code(dealer, rest[:_BY_CODE])
    await lines_in_cart(dealer, _LINES - _BY_SHEET)
    await by_sheet(dealer, rest[_BY_CODE:])
    cart = await lines_in_cart(dealer, _LINES)

    await through_a_dead_spot(dealer, cart)
    number = await submit_with_five_taps(dealer)
    placed = (await dealer.ask("GET", "/portal/v1/orders?limit=2"))["items"]
    assert [order["number"] for order in placed] == [number, *(order["number"] for order in orders)]
    ordered = (await dealer.ask("GET", f"/portal/v1/orders/{placed[0]['id']}"))["lines"]
    # Promotions may have added gifts.
    assert len([line for line in ordered if line["kind"] == "goods"]) == _LINES
    assert (await cart_of(dealer))["lines"] == []

    await dealer.page.locator(".placed-do .btn-red").click()
    await page.locator(".order-state").wait_for()
    await dealer.look("portal-order")
    await a_change_shows_by_itself(dealer, visit, placed[0]["id"])


async def empty_cart(dealer: Visitor) -> None:
    """Nothing of another test's is left in it: no lines, no date asked for, no note."""
    await dealer.ask("POST", "/portal/v1/cart/clear")
    await dealer.page.reload()
    await dealer.page.wait_for_selector(".home-list .sku, .home")


async def find_by_pinyin_and_change_the_unit(dealer: Visitor) -> None:
    """`chengxiu` is 澄岫; by the bottle it costs less than by the case."""
    page = dealer.page
    await dealer.goto("/portal/#/pages/find/index")
    await page.locator("input.find-input:visible").fill("chengxiu")
    card = page.locator(".sku:visible").first
    await expect(card.locator(".sku-name")).to_contain_text({"zh": "澄岫", "en": "Chengxiu"}[dealer.language])
    await dealer.look("portal-find")
    price = card.locator(".sku-cost")
    before = await price.inner_text()
    await card.locator(".unit:not(.unit-on)").click()
    await expect(price).not_to_have_text(before)
    await card.locator(".stepper-add").click()
    cart = await lines_in_cart(dealer, 1)
    assert cart["lines"][0]["unit"] == "bottle"


async def by_code(dealer: Visitor, rows: list[tuple[str, str, str]]) -> None:
    page = dealer.page
    await page.locator(".way").nth(3).click()
    fields = page.locator(".grid-input:visible")
    await fields.first.wait_for()
    text = "\n".join(f"{code}\t{quantity}" for code, quantity, _ in rows)
    await paste(fields.first, text)
    await dealer.look("portal-by-code")
    await page.locator(".btn-red:visible:enabled").last.click()


async def by_sheet(dealer: Visitor, rows: list[tuple[str, str, str]]) -> None:
    page = dealer.page
    await page.locator(".way").nth(4).click()
    async with page.expect_file_chooser() as chosen:
        await page.locator(".drop .btn-red:visible").click()
    await (await chosen.value).set_files(
        {
            "name": "订单.xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": a_sheet(rows),
        }
    )
    await page.locator(".sheet-note").wait_for()
    await dealer.look("portal-by-sheet")
    await page.locator(".btn-red.btn-wide:visible:enabled").last.click()


async def through_a_dead_spot(dealer: Visitor, cart: dict[str, Any]) -> None:
    """Typing goes on without a network, and is there once it is back."""
    page = dealer.page
    await dealer.goto("/portal/#/pages/cart/index")
    line = page.locator(".line").first
    await line.wait_for()
    await dealer.look("portal-cart")
    dealer.offline = True
    await page.context.set_offline(True)
    shown = line.locator(".stepper-number")
    before = await shown.inner_text()
    await line.locator(".stepper-key").last.click()
    await expect(shown).not_to_have_text(before)
    after = await shown.inner_text()
    await dealer.look("portal-offline")
    stored = {(one["sku"], one["unit"]): one["quantity"] for one in cart["lines"]}
    await page.context.set_offline(False)
    dealer.offline = False
    changed: dict[tuple[str, str], str] = {}

    async def known() -> bool:
        now = {(one["sku"], one["unit"]): one["quantity"] for one in (await cart_of(dealer))["lines"]}
        assert now.keys() == stored.keys()
        changed.update({key: quantity for key, quantity in now.items() if quantity != stored[key]})
        return bool(changed)

    await until(known)
    assert [f"{float(quantity):g}" for quantity in changed.values()] == [after]


async def submit_with_five_taps(dealer: Visitor) -> str:
    page = dealer.page
    await dealer.goto("/portal/#/more/checkout/index")
    await page.locator(".checkout").wait_for()
    await dealer.look("portal-checkout")
    await page.locator(".cart-go:visible").last.evaluate(
        "(button) => { for (let tap = 0; tap < 5; tap++) button.click() }"
    )
    await page.locator(".placed").wait_for()
    await dealer.look("portal-placed")
    return (await page.locator(".placed-facts .num").first.inner_text()).strip()


async def a_change_shows_by_itself(dealer: Visitor, visit: Visit, order_id: str) -> None:
    """The seller calls the order off; the dealer's screen says so without being touched."""
    boss = await visit("/", language=dealer.language)
    await boss.sign_in_to_console("boss")
    await boss.ask("POST", f"/api/v1/orders/{order_id}/cancel", {"reason": "try"})
    await dealer.page.locator(".order-over").wait_for()
