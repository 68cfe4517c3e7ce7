"""Domains of email addresses: their one form, and which of them may be used for an account."""

from __future__ import annotations

import re
from collections.abc import Iterable

import idna
from django.utils.translation import gettext as _

from accounts.registration import rules
from streamsite.errors import Invalid

LABEL = re.compile(r"\A[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
MAX_LENGTH = 253


def normalize_domain(raw: str) -> str:
    """Return a domain in lower case and Punycode, without the dots and the ``*.`` around it.

    Raises ``ValueError`` for what is no domain.
    """
    name = raw.strip().removeprefix("@").removeprefix("*.").strip(".")
    try:
        name = idna.encode(name, uts46=True).decode()
    except idna.IDNAError:
        name = name.lower()  # such as one with an underscore, which mail servers accept
    if "." not in name or len(name) > MAX_LENGTH or not all(LABEL.match(label) for label in name.split(".")):
        raise ValueError(raw)
    return name


def is_within(domain: str, domains: Iterable[str]) -> bool:
    """Return whether a normalized domain is one of ``domains`` or a subdomain of one."""
    return any(domain == other or domain.endswith(f".{other}") for other in domains)


def is_allowed(address: str) -> bool:
    """Return whether an address may be used for an account. The denied domains win over the allowed ones."""
    settings = rules.current()
    if not settings.allowed_domains and not settings.denied_domains:
        return True
    try:
        domain = normalize_domain(address.rpartition("@")[2])
    except ValueError:
        return False
    if is_within(domain, _normalized(settings.denied_domains)):
        return False
    return not settings.allowed_domains or is_within(domain, _normalized(settings.allowed_domains))


def domain_problems(address: str) -> list[str]:
    """Return what is wrong with the domain of an address, in a list for its field."""
    if is_allowed(address):
        return []
    return [_("Email addresses at this domain can't be used on this site. Use another address.")]


def require_allowed(address: str) -> None:
    """Raise ``Invalid`` for an address at a domain that may not be used."""
    if problems := domain_problems(address):
        raise Invalid(_("Please fix the errors below."), fields={"email": problems})


def _normalized(domains: Iterable[str]) -> list[str]:
    """Return those of ``domains`` that can be normalized: the environment may hold others."""
    found = []
    for domain in domains:
        try:
            found.append(normalize_domain(domain))
        except ValueError:
            continue
    return found
