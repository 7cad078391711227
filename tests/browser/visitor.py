"""Somebody in front of a browser: what they see is kept as a picture, and what goes wrong behind it is found."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, Response

ARTEFACTS = Path(__file__).parents[2] / "artefacts" / "screens"
Device = Literal["phone", "desk"]
Language = Literal["zh", "en"]
Theme = Literal["light", "dark"]

SIZES: dict[Device, tuple[int, int]] = {"phone": (390, 844), "desk": (1440, 900)}
_LOCALES: dict[Language, str] = {"zh": "zh-CN", "en": "en-GB"}
# Who comes is asked for their session first, and has none.
_ASKED = ((401, "/api/v1/me"), (401, "/portal/v1/me"))
_GRAVE = frozenset({"serious", "critical"})
# A movement may begin in the next frame, or when another has ended: looked for until two frames bring none.
_AT_REST = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done))
  const moving = () => document.getAnimations().filter((each) =>
    each.playState === 'running' && each.effect?.getComputedTiming().iterations !== Infinity)
  for (let turns = 0; turns < 50; turns += 1) {
    await frame()
    await frame()
    const left = moving()
    if (!left.length) return
    await Promise.all(left.map((each) => each.finished.catch(() => null)))
  }
}"""

# The times for which news are shown, of both clients.
_UNHURRIED = """(() => {
  const plain = window.setTimeout
  window.setTimeout = (act, after, ...rest) =>
    plain(act, [2500, 4000, 6000, 8000].includes(after) ? 600_000 : after, ...rest)
})()"""


@dataclass
class Visitor:
    """A page in a context of its own. `faults` is empty as long as nothing went wrong unseen."""

    page: Page
    url: str
    company: str
    password: str
    device: Device
    language: Language
    theme: Theme
    # Answers that a story provokes on purpose: (status, path).
    expected: list[tuple[int, str]] = field(default_factory=lambda: list(_ASKED))
    faults: list[str] = field(default_factory=list)
    # Other sites that a story leads to on purpose.
    elsewhere: list[str] = field(default_factory=list)
    offline: bool = False

    async def goto(self, path: str) -> None:
        await self.page.goto(f"{self.url}{path}", wait_until="domcontentloaded")

    async def unhurried(self) -> None:
        """What is said in passing stays: while a machine is busy it would be gone before it is seen."""
        await self.page.add_init_script(_UNHURRIED)
        await self.page.evaluate(_UNHURRIED)

    async def ask(
        self, method: str, path: str, body: Any = None, status: int = 200, revision: int | None = None
    ) -> Any:
        """What the server says to this visitor beside what is on screen."""
        me = await self.page.request.get(
            f"{self.url}{'/portal/v1/me' if path.startswith('/portal') else '/api/v1/me'}"
        )
        headers = {"origin": self.url, "x-csrf-token": me.headers.get("x-csrf-token", "")}
        if revision is not None:
            headers["if-match"] = str(revision)
        answer = await self.page.request.fetch(f"{self.url}{path}", method=method, data=body, headers=headers)
        assert answer.status == status, await answer.text()
        return await answer.json() if await answer.body() else None

    async def ask_out(self) -> None:
        """Sign out by the menu of one's own name."""
        await self.page.locator("button.user").click()
        await self.page.locator(".user-menu .entry").last.click()

    async def sign_in_to_portal(self, login: str) -> None:
        await self.goto("/portal/#/pages/sign-in/index")
        await self.page.fill("input[name=company]", self.company)
        await self.page.fill("input[name=username]", login)
        await self.page.fill("input[name=password]", self.password)
        await self.page.click("button[type=submit]")
        await self.page.wait_for_selector(".home-list .sku, .home")

    async def sign_in_to_console(self, login: str) -> None:
        """With the session's cookie; that the form works is a story of its own. The language is the device's: an
        account has one of its own, which counts where the browser was told none."""
        await self.page.add_init_script(
            f"localStorage.getItem('dinghuo.language') ?? localStorage.setItem('dinghuo.language', '{self.language}')"
        )
        body = {"company": self.company, "login": login, "password": self.password}
        answer = await self.page.request.post(f"{self.url}/api/v1/sign-in", data=body, headers={"origin": self.url})
        assert answer.status == 201, await answer.text()

    async def settled(self) -> None:
        """Wait until there are words and no skeleton, every picture in sight is there and what moves is at rest."""
        await self.page.wait_for_function(
            """() => document.body.innerText.trim()
              && !document.querySelector('[aria-busy="true"], .skeleton, .el-skeleton, .bone')
              && [...document.images].every((image) => image.complete || image.loading === 'lazy')
              && document.fonts.status === 'loaded'"""
        )
        await self.page.evaluate(_AT_REST)

    async def look(self, name: str) -> None:
        """Keep what is on screen as an artefact: `{name}.{device}.{language}.{theme}.png`."""
        await self.settled()
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        picture = ARTEFACTS / f"{name}.{self.device}.{self.language}.{self.theme}.png"
        await self.page.screenshot(path=picture, animations="disabled")

    async def on_screen(self) -> str:
        """Address and words of the page."""
        return f"{self.page.url}: {' '.join((await self.page.inner_text('body')).split())[:1500]}"

    async def graves(self) -> list[str]:
        """What axe finds serious or worse on the page."""
        await self.settled()
        found: Any = await Axe().run(self.page)
        return [
            f"{rule['id']} {node['target']} {node.get('failureSummary', '')[:200]}"
            for rule in found.response["violations"]
            if rule["impact"] in _GRAVE
            for node in rule["nodes"]
        ]

    async def accessible(self) -> None:
        graves = await self.graves()
        assert not graves, "\n".join(graves)

    def watch(self) -> None:
        page = self.page
        page.on("console", lambda said: self._console(said.type, said.text))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", lambda request: self._request(request.url))
        page.on("response", self._response)

    def _console(self, kind: str, text: str) -> None:
        # A refusal is told once as a response; the browser repeats it here without saying which.
        if kind == "error" and not text.startswith("Failed to load resource") and not self.offline:
            self.faults.append(f"console: {text}")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        own = {urlsplit(self.url).netloc, *self.elsewhere}
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc not in own:
            self.faults.append(f"third party: {url}")

    def _response(self, response: Response) -> None:
        path = urlsplit(response.url).path
        if response.status >= 400 and (response.status, path) not in self.expected:
            self.faults.append(f"{response.status}: {response.request.method} {path}")


async def context_options(device: Device, language: Language, theme: Theme) -> dict[str, Any]:
    width, height = SIZES[device]
    phone = device == "phone"
    return {
        "viewport": {"width": width, "height": height},
        "device_scale_factor": 2 if phone else 1,
        "is_mobile": phone,
        "has_touch": phone,
        "locale": _LOCALES[language],
        "timezone_id": "Asia/Shanghai",
        "color_scheme": theme,
        "reduced_motion": "reduce",
    }


async def close(visitor: Visitor, context: BrowserContext) -> None:
    await context.close()
    assert not visitor.faults, visitor.faults
