"""`python -m tools.clients build | check | format | types | install web|portal PACKAGE… | mend | dev`"""

import sys

from tools.clients.build import NotBuilt, build_clients
from tools.clients.locks import install, mend_all
from tools.clients.node import NodeFailed, npm
from tools.clients.places import CLIENTS, WEB


def main(arguments: list[str]) -> int:
    match arguments:
        case ["build"]:
            build_clients()
        case ["check"]:
            # Only these two need the application itself.
            from tools.clients.check import check_clients

            check_clients()
        case ["format"]:
            for client in CLIENTS:
                npm(client.package, "run", "--if-present", "format")
        case ["types"]:
            from tools.clients.contract import write_types

            write_types()
        case ["install", package, *wanted]:
            install(package, wanted)
        case ["mend"]:
            mend_all()
        case ["dev"]:
            npm(WEB, "run", "dev")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (NodeFailed, NotBuilt) as failure:
        sys.exit(str(failure))
