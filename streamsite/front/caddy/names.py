"""The public name of a site, as ``--domain`` or ``DOMAIN`` gives it. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import idna

# Names that mean something in one machine or network only (RFC 6761, 6762, 7686, 8375, and what home routers use).
PRIVATE_SUFFIXES = (
    *("localhost", "local", "localdomain", "test", "example", "invalid", "internal", "home.arpa"),
    *("lan", "home", "intranet", "corp", "onion"),
)


class DomainError(ValueError):
    """The text is not a name that a site can have; the message is one sentence."""


@dataclass(frozen=True)
class PublicName:
    """A host name in ASCII, in lower case and without a final dot, or an IP address without brackets."""

    host: str

    @property
    def is_address(self) -> bool:
        """True for an IP address."""
        return _is_address(self.host)

    @property
    def in_url(self) -> str:
        """The name as URLs have it: IPv6 in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def is_private(self) -> bool:
        """True when no public authority vouches for it: an address, or a name that is not everybody's."""
        labels = f".{self.host}"
        return (
            self.is_address
            or "." not in self.host
            or labels.endswith(tuple(f".{s}" for s in PRIVATE_SUFFIXES))
        )


def parse_name(text: str) -> PublicName:
    """Return the name that ``text`` holds, an international one in its ASCII form.

    Raise ``DomainError`` for URLs, ports, wildcards and what no name may hold.
    """
    named = text.strip().removeprefix("[").removesuffix("]")
    if _is_address(named):
        return PublicName(str(ipaddress.ip_address(named)))
    if "://" in named or set(named) & set("/?#@\\"):
        raise DomainError(
            "give the name alone, such as videos.example.org, without https:// and without a path"
        )
    host, colon, _ = named.partition(":")
    if colon:
        raise DomainError(
            f"give the name alone, {host or 'videos.example.org'}, and the port with --https-port"
        )
    if "*" in host or "," in host or len(host.split()) != 1:
        raise DomainError("give one name, such as videos.example.org")
    try:
        encoded = idna.encode(host.removesuffix("."), uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError as error:
        raise DomainError("it is not a valid domain name") from error
    if encoded.rpartition(".")[2].isdigit():
        raise DomainError("it is neither a name nor an IP address")
    return PublicName(encoded)


def _is_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.version == 6 and address.scope_id)
