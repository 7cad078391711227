"""Where the clients' sources stand and where what is built of them goes."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
BUILT = ROOT / "src" / "dinghuo" / "entry" / "web"


@dataclass(frozen=True, slots=True)
class Client:
    """`package` is where npm runs its `script`; `sources` are what goes in; `made` is where the files come out."""

    name: str
    package: Path
    script: str
    sources: tuple[Path, ...]
    made: Path

    @property
    def target(self) -> Path:
        return BUILT / self.name


_SHARED = (WEB / "api" / "src",)
CONSOLE = Client(
    "console",
    WEB,
    "build",
    (*_SHARED, WEB / "package.json", WEB / "package-lock.json", WEB / "console"),
    WEB / "console" / "dist",
)
PORTAL = Client(
    "portal",
    WEB / "portal",
    "build:h5",
    (*_SHARED, WEB / "portal"),
    WEB / "portal" / "dist" / "build" / "h5",
)
CLIENTS = (CONSOLE, PORTAL)
