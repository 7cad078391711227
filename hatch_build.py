"""A wheel carries the built web clients: who installs it needs no Node."""

import os
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebClients(BuildHookInterface[Any]):
    """Builds them unless they are there already, as in a source distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if version == "editable" or os.environ.get("DINGHUO_NO_CLIENTS"):
            return
        sys.path.insert(0, self.root)
        from tools.clients.build import build_clients

        build_clients()
