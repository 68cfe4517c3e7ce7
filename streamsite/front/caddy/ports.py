"""Whether Caddy may listen on its ports, tried before anything is started."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from streamsite.front.caddy.binary import may_bind_low_ports
from streamsite.front.caddy.options import HttpsError, HttpsOptions

PRIVILEGE = (
    "this user may not listen below 1024. Run it as a service (sudo script/install-service --domain {name}), or allow "
    "it for everyone on this machine: sudo sysctl net.ipv4.ip_unprivileged_port_start=80"
)


def require_free_ports(options: HttpsOptions, caddy: Path) -> None:
    """Raise ``HttpsError`` unless both ports are free, that of HTTPS for HTTP/3 over UDP too."""
    for address in options.addresses:
        for option, port in (("--http-port", options.http_port), ("--https-port", options.https_port)):
            _require(options, caddy, (address, port, socket.SOCK_STREAM), option)
        _require(options, caddy, (address, options.https_port, socket.SOCK_DGRAM), "--https-port")


def _require(
    options: HttpsOptions, caddy: Path, place: tuple[str, int, socket.SocketKind], option: str
) -> None:
    address, port, kind = place
    shown = f"port {port}" + (" (UDP)" if kind == socket.SOCK_DGRAM else "")
    try:
        _try_to_bind(address, port, kind)
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EPERM}:
            if not may_bind_low_ports(caddy):
                raise HttpsError(f"{shown}: {PRIVILEGE.format(name=options.name.host)}") from error
        elif error.errno == errno.EADDRINUSE:
            raise HttpsError(
                f"{shown} is in use by another program, perhaps a web server: stop that one, or choose another port "
                f"with {option}"
            ) from error
        else:
            raise HttpsError(f"{shown} cannot be used: {error.strerror}") from error


def _try_to_bind(address: str, port: int, kind: socket.SocketKind) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, port))


def warn_if_unknown(options: HttpsOptions, tell: Callable[[str], None]) -> None:
    """Call ``tell`` with a warning when the name does not resolve on this machine. Do not wait for the answer."""

    def look_up() -> None:
        try:
            socket.getaddrinfo(options.name.host, None)
        except (OSError, UnicodeError):
            tell(
                f"WARNING: {options.name.host} does not resolve on this machine: a DNS record has to lead it here "
                "before anybody, the certificate authority included, can reach the site"
            )

    if not options.name.is_address:
        threading.Thread(target=look_up, daemon=True).start()
