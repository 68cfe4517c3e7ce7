"""Sign-in by other identity providers (OpenID Connect), and whether passwords sign in."""

from __future__ import annotations

import re

from streamsite import env
from streamsite.oidc_provider import OidcProvider
from streamsite.outbound_hosts import OutboundRefused, parse_url
from streamsite.settings.outbound import OUTBOUND_PRIVATE_HOSTS


def _issuer(name: str) -> str:
    """Return the provider's address: https, or a host that OUTBOUND_PRIVATE_HOSTS names."""
    issuer = env.text(name)
    try:
        target = parse_url(issuer)
    except OutboundRefused:
        target = None
    is_own = target is not None and any(
        one.allows(target.host, target.port) for one in OUTBOUND_PRIVATE_HOSTS
    )
    if target is None or "?" in issuer or (target.scheme != "https" and not is_own):
        raise env.invalid_value(
            name, "use the provider's issuer, such as https://login.example.org/realms/main"
        )
    return issuer


def _quotas(name: str) -> dict[str, int]:
    """Return bytes by group of ``editors=50,team=0``, which are gigabytes; 0 is no limit."""
    found = {}
    for entry in env.text_list(name):
        group, separator, gigabytes = entry.rpartition("=")
        if not separator or not group or not re.fullmatch(r"[0-9]{1,6}", gigabytes):
            raise env.invalid_value(name, "use groups and gigabytes, such as editors=50,team=0")
        found[group] = int(gigabytes) * 10**9
    return found


def _provider(provider_id: str) -> OidcProvider:
    prefix = f"OIDC_{provider_id.upper().replace('-', '_')}_"
    client_id = env.text(f"{prefix}CLIENT_ID")
    if not client_id:
        raise env.invalid_value(f"{prefix}CLIENT_ID", "set what the provider calls this site")
    return OidcProvider(
        id=provider_id,
        label=env.text(f"{prefix}LABEL", provider_id.replace("-", " ").capitalize()),
        issuer=_issuer(f"{prefix}ISSUER"),
        client_id=client_id,
        client_secret=env.secret(f"{prefix}CLIENT_SECRET"),
        scopes=tuple(env.text(f"{prefix}SCOPES", "openid profile email").split()),
        may_sign_up=env.flag(f"{prefix}SIGN_UP", True),
        trusts_email=env.flag(f"{prefix}TRUST_EMAIL"),
        groups_claim=env.text(f"{prefix}GROUPS_CLAIM", "groups"),
        staff_groups=tuple(env.text_list(f"{prefix}STAFF_GROUPS")),
        quotas=_quotas(f"{prefix}QUOTAS"),
        offers_logout=env.flag(f"{prefix}LOGOUT", True),
    )


def _providers() -> tuple[OidcProvider, ...]:
    ids = env.text_list("OIDC_PROVIDERS")
    if not all(re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", one) for one in ids):
        raise env.invalid_value("OIDC_PROVIDERS", "use short names such as keycloak,google")
    if len({one.replace("-", "_") for one in ids}) != len(ids):
        raise env.invalid_value("OIDC_PROVIDERS", "name each provider once")
    return tuple(_provider(one) for one in ids)


OIDC_PROVIDERS = _providers()
# Off: people sign in by a provider only.
PASSWORD_SIGN_IN = env.flag("PASSWORD_SIGN_IN", True)
if not PASSWORD_SIGN_IN and not OIDC_PROVIDERS:
    raise env.invalid_value(
        "PASSWORD_SIGN_IN", "name a provider in OIDC_PROVIDERS first, or nobody could sign in"
    )
