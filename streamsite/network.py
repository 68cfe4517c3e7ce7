"""The addresses ``script/server --host`` listens on, and the hosts by which its network reaches this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import ifaddr

LOOPBACK = "127.0.0.1"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class HostError(Exception):
    """The site cannot listen there; the message is one line for the person at the terminal."""


@dataclass(frozen=True)
class ListenTarget:
    """``addresses`` to listen on, and ``hosts`` as a browser's address bar has them, the most useful first.

    ``hosts`` is empty for the usual place, loopback. ``is_open`` says whether other machines can connect.
    """

    addresses: tuple[str, ...] = (LOOPBACK,)
    hosts: tuple[str, ...] = ()
    is_open: bool = False

    @property
    def site_host(self) -> str:
        """The host of URLs that are made outside of a request."""
        listens_on_all = any(ipaddress.ip_address(address).is_unspecified for address in self.addresses)
        return "localhost" if listens_on_all or not self.hosts else self.hosts[0]

    @property
    def own_address(self) -> str:
        """An address at which this machine reaches itself."""
        first = ipaddress.ip_address(self.addresses[0])
        return LOOPBACK if first.is_unspecified else str(first)


def resolve_listen_target(host: str) -> ListenTarget:
    """Return the place that ``host`` names: an address of this machine, ``0.0.0.0`` or ``::`` for all, or its name.

    Raise ``HostError`` for anything else.
    """
    named = host.strip().removeprefix("[").removesuffix("]")
    address = _address(named)
    if address is None:
        return _of_name(named)
    if address.is_unspecified:
        versions = (4,) if address.version == 4 else (4, 6)
        own = tuple(bracket_ipv6(one) for one in _own_addresses() if one.version in versions)
        everywhere = ("0.0.0.0",) if address.version == 4 else ("0.0.0.0", "::")  # noqa: S104 - what was asked for
        return ListenTarget(everywhere, (*own, *_names()), is_open=True)
    if not _is_own(address):
        raise HostError(_refusal(host))
    if named == LOOPBACK:
        return ListenTarget()
    return ListenTarget((str(address),), (bracket_ipv6(address),), is_open=not address.is_loopback)


def require_free_port(place: ListenTarget, port: int) -> None:
    """Raise ``HostError`` unless ``port`` is free at the place."""
    for address in place.addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind((address, port))
        except OSError as error:
            raise HostError(
                f"port {port} on {address} cannot be used ({error.strerror}): choose another with --port"
            ) from error


def describe_access(place: ListenTarget, site_url: str, port: int, *, demo: bool) -> Iterator[str]:
    """Yield the lines that tell the person at the terminal how the network reaches the site, and what that means."""
    if not place.is_open:
        return
    if site_url.startswith("https:"):
        yield f"port {port} is open to the network, without TLS: only your own proxy should reach it"
        return
    # Names are answered too; whether a phone can find one depends on the network.
    shown = [host for host in place.hosts if _address(host.strip("[]"))] or list(place.hosts)
    yield "On this network, open " + " or ".join(f"http://{host}:{port}" for host in shown)
    yield (
        "WARNING: it is open to everyone on this network over plain HTTP: they can sign up, and passwords can be "
        "intercepted; use --host only on a network that you trust"
    )
    if demo:
        yield (
            "WARNING: anyone on this network who knows the demo password is an administrator; --no-demo with a new "
            "data folder starts without these accounts"
        )


def bracket_ipv6(address: Address | str) -> str:
    """Return the address as URLs and nginx have it: IPv6 in brackets."""
    return f"[{address}]" if ":" in str(address) else str(address)


def _of_name(name: str) -> ListenTarget:
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM) if name else []
    except (OSError, UnicodeError):
        found = []
    addresses = [
        one for one in (_address(str(entry[4][0])) for entry in found) if one is not None and _is_own(one)
    ]
    if not addresses:
        raise HostError(_refusal(name))
    usable = min(addresses, key=lambda address: address.is_loopback)
    if not usable.is_loopback:
        return ListenTarget((str(usable),), (name.lower(), bracket_ipv6(usable)), is_open=True)
    if name.lower() != "localhost":
        # As Debian's /etc/hosts has it: nobody else could connect.
        raise HostError(f"--host {name} is {usable}, which this machine alone can reach: {_advice()}")
    return ListenTarget()


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A browser has no way to write the interface that such an address needs.
    return None if address.version == 6 and (address.is_link_local or address.scope_id) else address


def _is_own(address: Address) -> bool:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True


def _own_addresses() -> list[Address]:
    """Return this machine's addresses that others can reach, that of the way out first, IPv4 before IPv6."""
    found: list[Address] = []
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            address = _address(entry.ip if isinstance(entry.ip, str) else entry.ip[0])
            if address is not None and not (address.is_loopback or address.is_link_local):
                found.append(address)
    out = _of_way_out()
    return sorted(dict.fromkeys(found), key=lambda one: (one.version, str(one) != out))


def _of_way_out() -> str:
    """Return the IPv4 address from which this machine would send to the internet; nothing is sent."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def _names() -> tuple[str, ...]:
    """Return the names under which home networks know a machine."""
    name = socket.gethostname().partition(".")[0].lower()
    is_usable = bool(name) and name != "localhost" and all(part.isalnum() for part in name.split("-"))
    return (f"{name}.local", name) if is_usable else ()


def _refusal(host: str) -> str:
    return f"--host {host} is not an address of this machine: {_advice()}"


def _advice() -> str:
    own = ", ".join(str(address) for address in _own_addresses()) or "none"
    return f"use 0.0.0.0 for all of them (:: with IPv6), or one of its own ({own})"
