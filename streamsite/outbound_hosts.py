"""Addresses that requests to the outside may go to: their syntax, hosts, and ports. No look-ups."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

MAX_URL_LENGTH = 2_000
HTTP_PORT = 80
HTTPS_PORT = 443
DEFAULT_PORTS = {"http": HTTP_PORT, "https": HTTPS_PORT}
# NAT64: its addresses contain an IPv4 address, by which they are judged.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that is routed on the internet; without it neither translated, nor local, nor future addresses.
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Ranges that the standard library of some supported Python does not know as special.
SPECIAL = tuple(map(ipaddress.ip_network, ("192.88.99.0/24", "192.0.0.0/24", "2001::/23", "3fff::/20")))
# A host and its port: a name of at most 253 characters, whose labels have 63 at most, or an address in brackets.
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
NAME = rf"(?![^:]{{254}}){LABEL}(?:\.{LABEL})*"
HOST = re.compile(rf"(?P<host>{NAME}|\[[0-9a-f.]*:[0-9a-f:.]*\])(?::(?P<port>[0-9]{{1,5}}))?")
ENTRY = re.compile(rf"(?P<any>\*\.(?!\[))?{HOST.pattern}")
# Resolvers read "127.1", "0x7f.1" and "2130706433" as IPv4 addresses.
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class OutboundRefused(Exception):
    """The site does not connect to this address. The message says why and is for the log."""


@dataclass(frozen=True)
class AllowedHost:
    """A host, or with ``subdomains`` all hosts below it, on one port. ``may_be_private`` is for an operator's own."""

    name: str
    subdomains: bool = False
    port: int = HTTPS_PORT
    may_be_private: bool = False

    def allows(self, host: str, port: int) -> bool:
        """Return whether the host and port of a URL are this one's."""
        is_named = host.endswith(f".{self.name}") if self.subdomains else host == self.name
        return is_named and port == self.port


@dataclass(frozen=True)
class Target:
    """A URL in parts. ``path`` includes the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host, and port."""
        return self.scheme, self.host, self.port


def parse_allowed_host(entry: str, *, may_be_private: bool = False) -> AllowedHost | None:
    """Return the host of ``push.example.org``, ``*.example.org`` or ``localhost:8443``; ``None`` for other texts."""
    found = ENTRY.fullmatch(entry.lower())
    port = int(found["port"] or HTTPS_PORT) if found else 0
    if found is None or not 0 < port < 65_536:
        return None
    return AllowedHost(found["host"].strip("[]"), bool(found["any"]), port, may_be_private)


def parse_private_host(entry: str) -> AllowedHost | None:
    """Return the host and port of ``127.0.0.1:9000`` or ``receiver.lan:80``; ``None`` for texts that lack either."""
    found = HOST.fullmatch(entry.lower())
    if found is None or found["port"] is None:
        return None
    return parse_allowed_host(entry, may_be_private=True)


def find_allowed(url: str, allowed: Iterable[AllowedHost]) -> AllowedHost | None:
    """Return the entry that allows an https URL; ``None`` when none does."""
    try:
        target = parse_url(url, schemes=("https",))
    except OutboundRefused:
        return None
    return next((one for one in allowed if one.allows(target.host, target.port)), None)


def lower_host(url: str) -> str:
    """Return a URL with scheme and host in lower case; paths and queries may differ in case alone."""
    return re.sub(r"\Ahttps?://[^/?#]+", lambda found: found[0].lower(), url, flags=re.IGNORECASE)


def parse_url(url: str, *, schemes: Iterable[str] = ("https", "http")) -> Target:
    """Return an absolute URL in parts. Raises ``OutboundRefused`` unless it is plain.

    Plain are ASCII letters without user, password, fragment, or backslash, with a host of names or one IP address.
    """
    if len(url) > MAX_URL_LENGTH or not re.fullmatch(r"[a-z]+://[!-~]+", url) or "\\" in url:
        raise OutboundRefused("this address cannot be fetched")
    try:
        parts = urlsplit(url)
        is_plain = HOST.fullmatch(parts.netloc.lower()) is not None and parts.port != 0
    except ValueError as error:
        raise OutboundRefused("the address has no host") from error
    if parts.scheme not in schemes:
        raise OutboundRefused(f"{parts.scheme} is not allowed")
    if not is_plain or "#" in url:
        raise OutboundRefused("the address has no plain host, or a fragment")
    return _target(parts)


def _target(parts: SplitResult) -> Target:
    host = str(parts.hostname)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return Target(parts.scheme, host, parts.port or DEFAULT_PORTS[parts.scheme], path)


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip not in GLOBAL_UNICAST:
            return False
    is_special = ip.is_multicast or any(ip in network for network in SPECIAL)
    return ip.is_global and not is_special


def require_possible(target: Target) -> None:
    """Raise ``OutboundRefused`` for hosts that cannot be public whatever a look-up says: some literals, lone labels."""
    if ":" in target.host or NUMBER.fullmatch(target.host.rpartition(".")[2]):
        address = target.host
    elif "." not in target.host:
        raise OutboundRefused("the host is no name of the public internet")
    else:
        return
    try:
        is_good = is_public(address)
    except ValueError as error:
        raise OutboundRefused("the host is not an address in the usual form") from error
    if not is_good:
        raise OutboundRefused("the address is not public")
