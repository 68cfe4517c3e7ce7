"""The options of ``script/server --domain``: command line, environment, and what they mean together."""

from __future__ import annotations

import argparse
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from streamsite import env, network
from streamsite.front.caddy.domain import HTTPS_PORT, url_of
from streamsite.front.caddy.names import DomainError, PublicName, parse_name

HTTP_PORT = 80
LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"
EMAIL = re.compile(r"\A[^\s@<>,;:]+@[^\s@<>,;:]+\Z")
# Listen on every address of this machine, of both versions of IP.
EVERYWHERE = ("",)


class HttpsError(Exception):
    """The public site cannot be served so; the message is one line for the person at the terminal."""


@dataclass(frozen=True)
class HttpsOptions:
    """Where Caddy listens, for which name, and who vouches for it.

    ``is_internal`` is ``--tls internal``: an authority of this site's own. ``acme_ca`` is the directory of another one.
    """

    name: PublicName
    site_url: str
    http_port: int = HTTP_PORT
    https_port: int = HTTPS_PORT
    addresses: tuple[str, ...] = EVERYWHERE
    is_internal: bool = False
    acme_ca: str = LETS_ENCRYPT
    acme_ca_root: Path | None = None
    acme_email: str = ""

    @property
    def authority(self) -> str:
        """The authority's host, for people."""
        return "this site's own authority" if self.is_internal else str(urlsplit(self.acme_ca).hostname)

    @property
    def own_address(self) -> str:
        """An address at which this machine reaches itself."""
        first = self.addresses[0]
        return first if first not in {"", "0.0.0.0", "::"} else network.LOOPBACK  # noqa: S104 - compared

    def listeners(self, port: int) -> list[str]:
        """Return the addresses with ``port`` as Caddy has them."""
        return [f"{network.bracket_ipv6(address)}:{port}" for address in self.addresses]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options to the command line of ``script/server``."""
    group = parser.add_argument_group(
        "a public site",
        "HTTPS on 443 and a redirect on 80; the certificate is obtained and renewed by itself",
    )
    group.add_argument("--domain", help="the public name, such as videos.example.org (DOMAIN)")
    group.add_argument(
        "--tls",
        choices=("acme", "internal"),
        help="who vouches for the name: Let's Encrypt (acme), or an authority of this site's own, which phones in your "
        "network are told to trust (internal) (DOMAIN_TLS)",
    )
    group.add_argument("--acme-email", help="where Let's Encrypt writes to, optional (ACME_EMAIL)")
    group.add_argument("--acme-ca", help="directory URL of another ACME authority (ACME_CA)")
    group.add_argument("--acme-ca-root", help="its root certificate, a PEM file (ACME_CA_ROOT)")
    group.add_argument("--http-port", type=int, help="instead of 80; from outside it must be 80 (HTTP_PORT)")
    group.add_argument("--https-port", type=int, help="instead of 443 (HTTPS_PORT)")


def read(arguments: argparse.Namespace) -> HttpsOptions | None:
    """Return the options that command line and environment give; ``None`` for a site without ``--domain``.

    Raise ``HttpsError`` for what cannot be meant.
    """
    given = (arguments.domain if arguments.domain is not None else env.text("DOMAIN")).strip()
    if not given and arguments.domain is None:
        _refuse_without_domain(arguments)
        return None
    try:
        name = parse_name(given)
    except DomainError as error:
        raise HttpsError(f"--domain {given}: {error}") from error
    is_internal = (arguments.tls or env.choice("DOMAIN_TLS", "acme", ("acme", "internal"))) == "internal"
    acme_ca = _acme_ca(arguments.acme_ca or env.text("ACME_CA"))
    https_port = _port("--https-port", arguments.https_port, "HTTPS_PORT", HTTPS_PORT)
    options = HttpsOptions(
        name=name,
        site_url=_site_url(name, https_port),
        http_port=_port("--http-port", arguments.http_port, "HTTP_PORT", HTTP_PORT),
        https_port=https_port,
        addresses=_addresses(arguments.host),
        is_internal=is_internal,
        acme_ca=acme_ca or LETS_ENCRYPT,
        acme_ca_root=_root_file(arguments.acme_ca_root or env.text("ACME_CA_ROOT")),
        acme_email=_email(arguments.acme_email or env.text("ACME_EMAIL")),
    )
    _refuse_contradictions(options, arguments, has_own_ca=bool(acme_ca))
    return options


def _refuse_without_domain(arguments: argparse.Namespace) -> None:
    for name in ("tls", "acme_email", "acme_ca", "acme_ca_root", "http_port", "https_port"):
        if getattr(arguments, name) is not None:
            raise HttpsError(
                f"--{name.replace('_', '-')} belongs to a public site: add --domain videos.example.org"
            )


def _refuse_contradictions(options: HttpsOptions, arguments: argparse.Namespace, *, has_own_ca: bool) -> None:
    name = options.name
    if arguments.port is not None:
        raise HttpsError("--port is for a site without --domain: use --https-port and --http-port")
    if options.http_port == options.https_port:
        raise HttpsError(f"--http-port and --https-port are both {options.http_port}: they must differ")
    if options.is_internal and (has_own_ca or options.acme_ca_root):
        raise HttpsError("--tls internal makes its own authority: leave out --acme-ca and --acme-ca-root")
    if options.acme_ca_root and not has_own_ca:
        raise HttpsError("--acme-ca-root is the root certificate of another authority: add --acme-ca URL")
    if name.is_private and not options.is_internal and not has_own_ca:
        kind = "an IP address" if name.is_address else "a name that only your own network knows"
        raise HttpsError(
            f"--domain {name.host}: no public authority issues a certificate for {kind}; use a name that you own, or "
            "--tls internal in your own network"
        )
    if os.environ.get("TRUSTED_PROXIES", "").strip() not in {"", "1"}:
        raise HttpsError(
            "TRUSTED_PROXIES is set, and with --domain no other proxy is in front: remove it, or use your proxy "
            "without --domain"
        )


def _site_url(name: PublicName, https_port: int) -> str:
    """Return the site's address. ``SITE_URL`` may only say another port, that of a router that forwards to this one."""
    made = url_of(name, https_port)
    try:
        named = env.server_url("SITE_URL", made, example=made)
    except ImproperlyConfigured as error:
        raise HttpsError(str(error)) from error
    if named.scheme != "https" or named.hostname != name.host:
        raise HttpsError(
            f"SITE_URL={named.geturl()} is not the address of --domain {name.host}: remove SITE_URL"
        )
    return named.geturl()


def _addresses(host: str | None) -> tuple[str, ...]:
    if host is None:
        return EVERYWHERE
    try:
        addresses = network.resolve_listen_target(host).addresses
    except network.HostError as error:
        raise HttpsError(str(error)) from error
    # Caddy's way to say both versions of IP.
    return EVERYWHERE if "::" in addresses else addresses


def _port(option: str, given: int | None, variable: str, default: int) -> int:
    port = env.integer(variable, default, least=1, most=65_535) if given is None else given
    if not 1 <= port <= 65_535:
        raise HttpsError(f"{option} must be between 1 and 65535")
    return port


def _acme_ca(url: str) -> str:
    try:
        is_whole = not url or (urlsplit(url).scheme == "https" and bool(urlsplit(url).hostname))
    except ValueError:
        is_whole = False
    if not is_whole or set(url) & set(" {}\"'"):
        raise HttpsError(f"--acme-ca {url} is not the https address of an ACME directory")
    return url


def _root_file(path: str) -> Path | None:
    if not path:
        return None
    file = Path(path).expanduser().resolve()
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a PEM file"
        raise HttpsError(f"--acme-ca-root {path} cannot be read: {reason}") from error
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise HttpsError(f"--acme-ca-root {path} holds no certificate in PEM form")
    return file


def _email(address: str) -> str:
    if address and not EMAIL.match(address):
        raise HttpsError(f"--acme-email {address} is not an email address")
    return address
