"""Draw the pictures of the mini-program's tab bar, which takes nothing but PNG, from the portal's own icons.

`python web/portal/build/tab_icons.py CHROMIUM`, with Playwright at hand; only needed when an icon changes.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HOME = Path(__file__).parents[1] / "src"
ICONS = ("home", "grid", "bolt", "cart", "user")
COLOURS = {"": "#4e5561", "-on": "#e1251b"}
SIZE = 81


def main(chromium: str) -> None:
    paths = dict(re.findall(r"^  (\w+): '([^']+)',$", (HOME / "styles/icons.scss").read_text(), re.MULTILINE))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": SIZE, "height": SIZE})
        for name in ICONS:
            for suffix, colour in COLOURS.items():
                page.set_content(
                    f'<body style="margin:0"><svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" '
                    f'viewBox="-1 -1 26 26" fill="none" stroke="{colour}" stroke-width="1.7" stroke-linecap="round" '
                    f'stroke-linejoin="round"><path d="{paths[name]}"/></svg>'
                )
                page.screenshot(path=HOME / f"static/tab/{name}{suffix}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
