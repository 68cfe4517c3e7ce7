"""The site as WebAuthn's relying party: the domain that passkeys belong to, and the origin of its pages."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from streamsite.errors import Conflict


class PasskeysUnavailable(Conflict):
    """The site's address is an IP address, which browsers take for no domain that passkeys could belong to."""

    code = "passkeys_unavailable"
    detail = _("Passkeys need a site with a domain name.")


@dataclass(frozen=True)
class RelyingParty:
    """``domain`` is the relying party's id, ``origin`` that of the pages which may use its passkeys."""

    domain: str
    origin: str


def is_available() -> bool:
    """Return whether the site can have passkeys."""
    return _find() is not None


def current() -> RelyingParty:
    """Return the site as relying party. Raises ``PasskeysUnavailable``."""
    found = _find()
    if found is None:
        raise PasskeysUnavailable
    return found


def _find() -> RelyingParty | None:
    site = urlsplit(settings.SITE_URL)
    host = str(site.hostname)
    if not _is_address(host):
        return RelyingParty(settings.PASSKEY_DOMAIN or host, settings.SITE_URL)
    if not ipaddress.ip_address(host).is_loopback:
        return None
    port = f":{site.port}" if site.port else ""
    return RelyingParty("localhost", f"{site.scheme}://localhost{port}")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
