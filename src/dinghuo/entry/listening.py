"""The sockets of the web processes: one for each where the kernel spreads connections over them, else one for all."""

import socket
import sys

# Linux deals connections out evenly among listeners of one port; elsewhere the last to come would get them all.
_SPREADS = sys.platform == "linux"


class CannotListen(Exception):
    """The address cannot be had; the text says which and why."""


def bind(host: str, port: int, processes: int) -> list[socket.socket]:
    """Bound sockets, one a process, which listen once their process is ready. Port 0 takes any free one."""
    many = _SPREADS and processes > 1
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # First alone: a shared port would let a second server slip in beside one that runs already.
        first = _bound(family, kind, protocol, address, shared=False)
        if not many:
            return [first]
        address = first.getsockname()
        first.close()
        return [_bound(family, kind, protocol, address, shared=True) for _ in range(processes)]
    except OSError as error:
        raise CannotListen(f"{host}:{port}: {error.strerror or error}") from error


def _bound(family: int, kind: int, protocol: int, address: object, *, shared: bool) -> socket.socket:
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        if shared:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        opened.bind(address)  # type: ignore[arg-type]
    except OSError:
        opened.close()
        raise
    return opened


def url_of(bound: socket.socket) -> str:
    """What a person on this machine types to reach it."""
    host, port = bound.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{host}:{port}"
