"""The sites that may embed a video: validation of the list, and the header that browsers enforce.

An empty list allows every site; otherwise it holds host names in lower case and punycode. ``*.example.org`` stands
for every subdomain of ``example.org`` but not for ``example.org`` itself, as in a content security policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import idna
from django.utils.translation import gettext as _

MAX_DOMAINS = 20
MAX_LENGTH = 253
LABEL = re.compile(r"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
SEPARATORS = re.compile(r"[\s,]+")
WILDCARD = "*."


def clean_domains(value: object) -> list[str]:
    """Return the list in its stored form, without duplicates.

    ``value`` is a list of strings, one string with commas or white space between the names, or ``None``. A URL
    such as ``https://example.org/`` counts as its host. Raises ``ValueError`` with a user-facing message.
    """
    names = SEPARATORS.split(value) if isinstance(value, str) else [] if value is None else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(_("Enter a list of domains."))
    found = list(dict.fromkeys(_clean_name(name) for name in names if name.strip()))
    if len(found) > MAX_DOMAINS:
        raise ValueError(_("Enter up to %(limit)d domains.") % {"limit": MAX_DOMAINS})
    return found


def is_allowed(domains: Iterable[str], host: str) -> bool:
    """Return whether a non-empty list contains ``host``, given in lower case and without a port."""
    return any(host.endswith(name[1:]) if name.startswith(WILDCARD) else host == name for name in domains)


def frame_ancestors(domains: Sequence[str]) -> str:
    """Return the value of ``frame-ancestors`` for a page that shows a video with this list.

    Any port of a listed host is allowed. This site may always frame its own player.
    """
    if not domains:
        return "*"
    return " ".join(["'self'", *(f"{name}:*" for name in domains)])


def _clean_name(raw: str) -> str:
    problem = ValueError(
        _("“%(name)s” isn't a domain. Use names such as example.org or *.example.org.")
        % {"name": raw.strip()[:60]}
    )
    name = raw.strip().lower()
    if "://" in name:
        name = _host_of(name)
    prefix, rest = (WILDCARD, name[2:]) if name.startswith(WILDCARD) else ("", name)
    try:
        host = idna.encode(rest, uts46=True).decode() if not rest.isascii() else rest
    except idna.IDNAError:
        raise problem from None
    host = host.removesuffix(".")
    labels = host.split(".")
    if not all(LABEL.match(label) for label in labels) or len(host) > MAX_LENGTH or _is_address(host):
        raise problem
    if prefix and len(labels) < 2:
        raise problem
    return prefix + host


def _host_of(address: str) -> str:
    """Return the host of a web URL without a path, or "" for any other text."""
    try:
        parts = urlsplit(address)
        is_plain = parts.scheme in {"http", "https"} and parts.path in {"", "/"} and parts.port is None
    except ValueError:
        return ""
    return parts.netloc if is_plain and not parts.query and not parts.fragment else ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host.rpartition(".")[2].isdecimal()
    return True
