"""The pricing desk: a promotion written, tried, checked and published; a price list tried on what was sold."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import expect
from tests.browser.conftest import Visit
from tests.browser.visitor import Device, Language, Theme, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

# Nothing published here may touch what other stories order: it holds far from now.
_FAR = "2098-01-01T00:00:00Z"


async def sold_sku(who: Visitor) -> dict[str, Any]:
    """Something that was ordered lately, and not by contract only."""
    orders = (await who.ask("GET", "/api/v1/orders?limit=20"))["items"]
    order = await who.ask("GET", f"/api/v1/orders/{orders[0]['id']}")
    line: dict[str, Any] = next(each for each in order["lines"] if each["kind"] == "goods")
    return {"code": line["sku"], "name": line["name"], "unit": line["unit"], "customer": order["customer"]}


async def draft_promotion(boss: Visitor, sku: str, **fields: Any) -> str:
    code = f"T-{uuid4().hex[:6].upper()}"
    item = {
        "code": code,
        "name": f"试算满减 {code}",
        "name_en": f"Tried: spend and save {code}",
        "kind": "spend_save",
        "valid_from": _FAR,
        "steps": [{"from": "10", "value": "2"}],
        "items": [{"kind": "sku", "code": sku}],
        "exclusion_group": "browser",
        **fields,
    }
    await boss.ask("PUT", "/api/v1/promotions", {"items": [item]})
    return code


async def test_a_promotion_is_written_tried_and_published(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    sku = await sold_sku(boss)
    page, code = boss.page, f"T-{uuid4().hex[:6].upper()}"
    await boss.goto("/promotions/new")
    await page.get_by_label("编码", exact=True).fill(code)
    await page.get_by_label("名称", exact=True).fill("满十减二")
    await page.get_by_label("满 1", exact=True).fill("10")
    await page.get_by_label("减 1", exact=True).fill("2")
    await expect(page.get_by_test_id("sentence")).to_have_text("所有客户：所有商品合计满 ¥10.00 减 ¥2.00。")
    await page.get_by_text("指定商品", exact=True).click()
    await page.locator(".goods .of").click()
    await page.locator(".el-select-dropdown:visible li", has_text="单品").click()
    await page.get_by_label("添加单品").fill(sku["code"])
    await page.locator(".goods [role=option]", has_text=sku["code"]).first.click()
    await expect(page.get_by_test_id("sentence")).to_have_text(f"所有客户：{sku['name']}合计满 ¥10.00 减 ¥2.00。")
    begins = page.get_by_label("开始", exact=True)
    await begins.fill("2098-01-01 00:00")
    await begins.press("Enter")
    # Tried before it is published: the draft is saved for it.
    await page.get_by_role("button", name="保存并试算").click()
    await page.wait_for_url(re.compile(rf"/promotions/{code}/edit"))
    await page.get_by_label("选择客户").fill(sku["customer"]["code"])
    await page.locator(".try [role=option]", has_text=sku["customer"]["code"]).first.click()
    await page.locator(".try").get_by_label("添加商品").fill(sku["code"])
    await page.locator(".try [role=option]", has_text=sku["code"]).first.click()
    await page.get_by_test_id("tried").wait_for()
    await expect(page.get_by_test_id("tried")).to_contain_text("享受此促销")
    await expect(page.get_by_test_id("tried")).to_contain_text("−¥2.00")
    await boss.look("console-promotion-edit")
    await boss.accessible()
    await page.get_by_role("button", name="检查并发布").click()
    await page.get_by_test_id("trial").wait_for()
    await expect(page.locator("[data-tile=revenue]")).to_be_visible()
    await page.get_by_role("button", name="发布", exact=True).click()
    await page.wait_for_url(re.compile(rf"/promotions/{code}$"))
    now = await boss.ask("GET", f"/api/v1/promotions/{code}")
    assert (now["state"], now["phase"], now["steps"]) == ("published", "scheduled", [{"from": "10", "value": "2"}])
    await page.get_by_role("button", name="停止", exact=True).click()
    await page.get_by_text("已停止", exact=True).wait_for()
    assert (await boss.ask("GET", f"/api/v1/promotions/{code}"))["phase"] == "withdrawn"


@pytest.mark.parametrize(
    ("device", "language", "theme"), [("desk", "zh", "light"), ("phone", "en", "dark"), ("phone", "zh", "light")]
)
async def test_promotions_are_listed_read_and_tried_on_the_past(
    visit: Visit, device: Device, language: Language, theme: Theme
) -> None:
    boss = await visit("/", device=device, language=language, theme=theme)
    await boss.sign_in_to_console("boss")
    sku = await sold_sku(boss)
    page = boss.page
    rival = await draft_promotion(
        boss, sku["code"], budget="500", kind="percent", steps=[{"from": "0", "value": "95"}]
    )
    await boss.ask("POST", f"/api/v1/promotions/{rival}/publish", {}, revision=1)
    code = await draft_promotion(boss, sku["code"], customer_uses=2)
    await boss.goto(f"/promotions?search={code}")
    await page.get_by_text(code).first.wait_for()
    await boss.goto("/promotions")
    await boss.look("console-promotions")
    await boss.accessible()
    await boss.goto(f"/promotions/{code}/publish")
    await page.get_by_test_id("trial").wait_for()
    await page.get_by_role("link", name=re.compile(rival)).wait_for()
    await page.wait_for_timeout(400)
    await boss.look("console-promotion-publish")
    await boss.accessible()
    await page.get_by_test_id("trial").scroll_into_view_if_needed()
    await boss.look("console-promotion-trial")
    await boss.goto(f"/promotions/{rival}")
    await page.get_by_test_id("sentence").wait_for()
    await boss.look("console-promotion")
    await boss.accessible()
    await boss.goto(f"/promotions/{rival}/publish")
    # 95 % off leaves nothing: each such price leads to its list.
    await page.get_by_role("region", name=re.compile("成本的价格|below cost")).wait_for()
    await page.get_by_role("region", name=re.compile("限价的价格|below the floor")).wait_for()
    await boss.goto(f"/promotions/{rival}")
    await page.get_by_role("heading", name=re.compile("^(变更记录|History)$")).wait_for()
    happened = (await boss.ask("GET", f"/api/v1/promotions/{rival}/history"))["items"]
    assert [each["action"] for each in happened] == ["published", "created"]
    await boss.ask("POST", f"/api/v1/promotions/{rival}/withdraw", {}, revision=2)


async def test_a_floor_price_is_noted_beside_the_cost(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    sku = await sold_sku(boss)
    page = boss.page
    (found,) = (await boss.ask("GET", f"/api/v1/skus?code={sku['code']}"))["items"]
    await boss.goto(f"/products/skus/{found['id']}")
    await page.get_by_role("button", name="登记新限价").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").first.fill("0.01")
    await dialog.get_by_role("button", name="保存").click()
    await page.get_by_text("最低限价已登记").wait_for()
    floors = await boss.ask("GET", f"/api/v1/skus/{found['id']}/floors")
    assert floors[0]["floor"] == "0.010000"
    await boss.look("console-sku-floor")
    gone = {"sku": sku["code"], "valid_from": floors[0]["valid_from"], "floor": None}
    await boss.ask("PUT", "/api/v1/skus/floors", {"items": [gone]})


async def draft_list(boss: Visitor, sku: str, **fields: Any) -> str:
    """A draft with the prices of the base list, most raised, some lowered, and one far below cost."""
    code = f"L-{uuid4().hex[:6].upper()}"
    base = (await boss.ask("GET", "/api/v1/price-lists?state=published&kind=base&limit=1"))["items"][0]["code"]
    entries = (await boss.ask("GET", f"/api/v1/price-lists/{base}/entries?limit=200"))["items"]
    prices = [
        {name: entry[name] for name in ("sku", "unit", "minimum_quantity")}
        | {"price": "0.01" if entry["sku"] == sku else f"{float(entry['price']) * (1.06 if number % 3 else 0.9):.2f}"}
        for number, entry in enumerate(entries)
    ]
    head = {"code": code, "name": f"明年价 {code}", "name_en": f"Next year {code}", "valid_from": "2098-01-01"}
    await boss.ask("PUT", "/api/v1/price-lists", {"items": [head | fields]})
    await boss.ask("PUT", f"/api/v1/price-lists/{code}/entries", {"items": prices})
    return code


@pytest.mark.parametrize(
    ("device", "language", "theme"), [("desk", "zh", "light"), ("desk", "en", "dark"), ("phone", "zh", "light")]
)
async def test_a_price_list_that_clashes_is_tried_all_the_same(
    visit: Visit, device: Device, language: Language, theme: Theme
) -> None:
    boss = await visit("/", device=device, language=language, theme=theme)
    await boss.sign_in_to_console("boss")
    sku = await sold_sku(boss)
    page, code = boss.page, await draft_list(boss, sku["code"], kind="base")
    await boss.goto(f"/price-lists/{code}")
    await page.get_by_role("button", name="检查并发布" if language == "zh" else "Check and publish").click()
    await page.get_by_test_id("trial").wait_for()
    # The base list of today has no end: nothing can stand beside it.
    await page.get_by_role("alert").first.wait_for()
    await expect(page.get_by_role("button", name=re.compile("2098-01-01"))).to_be_disabled()
    await page.wait_for_timeout(400)
    await boss.look("console-price-list-publish")
    await boss.accessible()
    await page.get_by_test_id("trial").scroll_into_view_if_needed()
    await boss.look("console-price-list-trial")


async def test_a_price_list_is_published_with_its_date(visit: Visit) -> None:
    boss = await visit("/")
    await boss.sign_in_to_console("boss")
    sku = await sold_sku(boss)
    page = boss.page
    code = await draft_list(boss, sku["code"], kind="contract", customer=sku["customer"]["code"])
    await boss.goto(f"/price-lists/{code}/publish")
    await page.get_by_test_id("trial").wait_for()
    cell = page.locator("table a", has_text=sku["name"]).first
    await expect(cell).to_have_attribute("href", re.compile(rf"/price-lists/{code}\?search={re.escape(sku['code'])}"))
    starts = page.get_by_label("生效日", exact=True)
    await starts.fill("2098-02-01")
    await starts.press("Enter")
    await page.get_by_role("button", name="保存日期并重新检查").click()
    await page.get_by_role("button", name="发布，2098-02-01 起生效").click()
    await page.wait_for_url(re.compile(rf"/price-lists/{code}$"))
    now = await boss.ask("GET", f"/api/v1/price-lists/{code}")
    assert (now["state"], now["valid_from"]) == ("published", "2098-02-01")
    await boss.ask("POST", f"/api/v1/price-lists/{code}/withdraw", {}, revision=now["revision"])
