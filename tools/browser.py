"""A Chromium for the browser tests: `python -m tools.browser`. Does nothing when there is one.

Playwright's own download is tried first, then, on Debian and Ubuntu as root, the distribution's package.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.browser.chromium import find_chromium

_HELP = "No Chromium for the browser tests: install one (apt install chromium), or name one in DINGHUO_CHROMIUM."
_PACKAGES = ["chromium", "fonts-noto-cjk"]


def main() -> None:
    if find_chromium() or _has_own():
        return
    if _runs(sys.executable, "-m", "playwright", "install", "chromium"):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        _runs("apt-get", "update", "-q")
        if _runs("apt-get", "install", "-y", "-q", "--no-install-recommends", *_PACKAGES):
            return
    sys.exit(_HELP)


def _has_own() -> bool:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def _runs(*command: str) -> bool:
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    main()
