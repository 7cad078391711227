"""What `make test` asks of the clients: style, types, tests, fresh types of the API, clean lock files, a build."""

import sys

from tools.clients.build import build_clients, install_packages
from tools.clients.contract import TYPES, types
from tools.clients.locks import faults
from tools.clients.node import NodeFailed, npm
from tools.clients.places import CLIENTS

# What a package has of these; the mini-program is built here, since nothing of it is served.
_SCRIPTS = ("lint", "typecheck", "test", "build:weapp")


def check_clients() -> None:
    if wrong := faults():
        raise NodeFailed("\n".join([*wrong, "Install with `python -m tools.clients install …`, which mends it."]))
    if TYPES.read_text(encoding="utf-8") != types():
        raise NodeFailed("web/api/src/schema.ts is not what the routes say: run `make types`")
    for client in CLIENTS:
        if not (client.package / "package.json").exists():
            continue
        install_packages(client.package)
        for script in _SCRIPTS:
            print(f"web {client.name}: {script}", file=sys.stderr, flush=True)
            npm(client.package, "run", "--if-present", script)
    build_clients()
