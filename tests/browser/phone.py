"""What fingers do: Playwright taps, but it neither swipes nor pastes."""

from playwright.async_api import Locator, Page

_STEPS = 6


async def swipe_left(page: Page, over: Locator, by: float) -> None:
    """Draw a finger to the left over this, and lift it."""
    box = await over.bounding_box()
    assert box is not None, "it is not on screen"
    client = await page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2
    await client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, _STEPS + 1):
        moved = {"x": x - by * step / _STEPS, "y": y}
        await client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [moved]})
    await client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await client.detach()


_PASTE = """(field, text) => {
  const clipboardData = new DataTransfer()
  for (const kind of ['text/plain', 'text']) clipboardData.setData(kind, text)
  field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
}"""


async def paste(into: Locator, text: str) -> None:
    """Paste this text into a field."""
    await into.evaluate(_PASTE, text)
