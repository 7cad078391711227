"""Which Chromium the browser tests drive: the system's, or the one that Playwright has downloaded."""

import os
import shutil
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find_chromium() -> str | None:
    """The path of a browser; None leaves it to Playwright's own. `DINGHUO_CHROMIUM` goes before all."""
    named = os.environ.get("DINGHUO_CHROMIUM")
    if named:
        return named
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return found or (str(_MAC) if _MAC.exists() else None)
