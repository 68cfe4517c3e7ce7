"""HTTPS requests to addresses that callers have given: allowed hosts and public addresses only, no redirects.

The name is looked up once, every address that it has is checked, and the connection is made to one that was checked, so
that a second lookup cannot give another. TLS proves the name.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

from streamsite.telemetry.spans import Attributes, Kind, within

MAX_URL_LENGTH = 2_000
MAX_BODY = 4_096
MAX_RETRY_AFTER = 86_400
HTTPS_PORT = 443
# Prefixes in whose addresses an IPv4 address is embedded: those are judged by it.
EMBEDDING = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))
# A host and its port: a name of at most 253 characters, whose labels have 63 at most, or an address in brackets.
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
NAME = rf"(?![^:]{{254}}){LABEL}(?:\.{LABEL})*"
HOST = re.compile(rf"(?P<host>{NAME}|\[[0-9a-f.]*:[0-9a-f:.]*\])(?::(?P<port>[0-9]{{1,5}}))?")
ENTRY = re.compile(rf"(?P<any>\*\.(?!\[))?{HOST.pattern}")


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
class Answer:
    """An answer's status, and the seconds of its ``Retry-After``, 0 without."""

    status: int
    retry_after: int = 0


def parse_allowed_host(entry: str, *, may_be_private: bool = False) -> AllowedHost | None:
    """Return the host of ``push.example.org``, ``*.example.org`` or ``localhost:8443``; ``None`` for other texts."""
    found = ENTRY.fullmatch(entry.lower())
    port = int(found["port"] or HTTPS_PORT) if found else 0
    if found is None or not 0 < port < 65_536:
        return None
    return AllowedHost(found["host"].strip("[]"), bool(found["any"]), port, may_be_private)


def find_allowed(url: str, allowed: Iterable[AllowedHost]) -> AllowedHost | None:
    """Return the entry that allows an https URL; ``None`` when none does."""
    parts = _split(url)
    if parts is None:
        return None
    return next((one for one in allowed if one.allows(*_host_and_port(parts))), None)


def lower_host(url: str) -> str:
    """Return a URL with its host in lower case; paths and queries may differ in case alone."""
    return re.sub(r"\Ahttps://[^/?#]+", lambda found: found[0].lower(), url)


def _split(url: str) -> SplitResult | None:
    if len(url) > MAX_URL_LENGTH or not re.fullmatch(r"https://[!-~]+", url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        is_plain = HOST.fullmatch(parts.netloc.lower()) is not None and parts.port != 0
    except ValueError:
        return None
    return parts if is_plain and not parts.fragment else None


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    return str(parts.hostname), parts.port or HTTPS_PORT


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and any(ip in network for network in EMBEDDING):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def resolve(host: str, port: int, *, may_be_private: bool) -> list[str]:
    """Return the addresses of a host.

    Raises ``OutboundRefused`` when one of them is not public or the host can have none, ``OSError``.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except ValueError as error:  # UnicodeError for empty and long labels
        raise OutboundRefused(f"{host!r} is no name of a host") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not may_be_private and not all(is_public(address) for address in addresses):
        raise OutboundRefused(f"{host} has an address that is not public")
    return addresses


class GuardedConnection(http.client.HTTPSConnection):
    """A connection to a checked address of an allowed host."""

    def __init__(self, host: str, port: int, *, may_be_private: bool, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds, context=_tls())
        self._seconds = seconds
        self._may_be_private = may_be_private

    def connect(self) -> None:
        """Connect to the first address that answers."""
        failure: OSError = OSError("the host has no address")
        for address in resolve(self.host, self.port, may_be_private=self._may_be_private):
            try:
                plain = socket.create_connection((address, self.port), self._seconds)
            except OSError as error:
                failure = error
                continue
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock = _tls().wrap_socket(plain, server_hostname=self.host)
            return
        raise failure


class Client:
    """Sends requests to one host after the other over a connection that is kept open. Not for several threads."""

    def __init__(self, allowed: Iterable[AllowedHost], *, seconds: float) -> None:
        self._allowed = list(allowed)
        self._seconds = seconds
        self._connection: GuardedConnection | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a POST; redirects are not followed. Raises ``OutboundRefused``, ``OSError``, ``HTTPException``."""
        parts, entry = _split(url), find_allowed(url, self._allowed)
        if parts is None or entry is None:
            raise OutboundRefused("the address is not one of an allowed host")
        host, port = _host_and_port(parts)
        kept = self._connection
        if kept is not None and (kept.host, kept.port) == (host, port):
            try:
                return self._send(kept, parts, body, headers)
            except (OSError, http.client.HTTPException):
                self.close()  # the host may have closed a connection that was idle
        self.close()
        fresh = GuardedConnection(host, port, may_be_private=entry.may_be_private, seconds=self._seconds)
        self._connection = fresh
        try:
            return self._send(fresh, parts, body, headers)
        except BaseException:
            self.close()
            raise

    def _send(
        self, connection: GuardedConnection, parts: SplitResult, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        # The path of a push service's address is a secret.
        about: Attributes = {
            "http.request.method": "POST",
            "server.address": connection.host,
            "server.port": connection.port,
        }
        with within("POST", Kind.CLIENT, about) as span:
            connection.request("POST", target, body, dict(headers))
            response = connection.getresponse()
            response.read(MAX_BODY)
            if span is not None:
                span.describe({"http.response.status_code": response.status})
        if not response.isclosed():  # there is more, which nobody wants
            self.close()
        return Answer(response.status, _retry_after(response.headers.get("Retry-After", "")))

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _retry_after(header: str) -> int:
    """Return the seconds of a header, at most a day. A date counts as none: the sender's own pause is longer."""
    return min(int(header), MAX_RETRY_AFTER) if re.fullmatch(r"[0-9]{1,9}", header.strip()) else 0


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
