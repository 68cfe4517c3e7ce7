"""A provider's metadata: its endpoints and keys, read through the guarded client and cached for some minutes."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from accounts.oidc.errors import OidcFailed
from streamsite import outbound
from streamsite.caching import ExpiringCache
from streamsite.oidc_provider import OidcProvider
from streamsite.outbound_hosts import parse_url

LIMITS = outbound.Limits(seconds=10.0, max_bytes=200_000)
KEPT_SECONDS = 600.0
# How often an unknown key makes the site read a provider's keys again, at most.
RENEW_AFTER = 30.0
MAX_KEYS = 50
# Which of them are offered decides the provider; never "none", nor any that is signed with the client's secret.
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)


@dataclass(frozen=True)
class Metadata:
    """The parts of a provider's metadata that are used. An empty URL stands for none."""

    issuer: str
    authorization_url: str
    token_url: str
    keys_url: str
    userinfo_url: str
    logout_url: str
    algorithms: tuple[str, ...]
    token_auth_methods: tuple[str, ...]
    sends_issuer: bool


_metadata: ExpiringCache[str, Metadata] = ExpiringCache(seconds=KEPT_SECONDS, max_entries=50)
_keys: dict[str, tuple[float, KeySet]] = {}
_lock = Lock()


def load_metadata(provider: OidcProvider) -> Metadata:
    """Return the provider's metadata. Raises ``OidcFailed``."""
    found: Metadata | None = _metadata.get(provider.issuer, None)
    if found is None:
        found = _read_metadata(provider)
        _metadata.put(provider.issuer, found)
    return found


def load_keys(url: str, *, fresh: bool = False) -> KeySet:
    """Return a provider's keys. ``fresh`` reads them again unless that was done a moment ago. Raises ``OidcFailed``."""
    with _lock:
        known = _keys.get(url)
    age = time.monotonic() - known[0] if known else KEPT_SECONDS
    if known is not None and age < (RENEW_AFTER if fresh else KEPT_SECONDS):
        return known[1]
    body = fetch_json(url)
    listed = body.get("keys")
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise OidcFailed("the provider's keys are not a list of keys")
    keys = [key for entry in listed if (key := _import(entry)) is not None]
    found = KeySet(keys)
    with _lock:
        _keys[url] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Drop everything that is kept."""
    _metadata.clear()
    with _lock:
        _keys.clear()


def fetch_json(
    url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Get a URL of the provider, or post ``body`` to it; return the object it answers. Raises ``OidcFailed``."""
    sent = {"accept": "application/json", **(headers or {})}
    try:
        answer = outbound.request(
            "GET" if body is None else "POST", url, body=body, headers=sent, limits=LIMITS
        )
    except (outbound.OutboundRefused, outbound.OutboundFailed) as error:
        raise OidcFailed(f"no answer from the provider: {error}") from error
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise OidcFailed(f"the provider answered {answer.status} without an object")
    if answer.status != 200:
        raise OidcFailed(f"the provider answered {answer.status} {str(found.get('error', ''))[:80]!r}")
    return found


def _read_metadata(provider: OidcProvider) -> Metadata:
    found = OpenIDProviderMetadata(fetch_json(get_well_known_url(provider.issuer, external=True)))
    if found.get("issuer") != provider.issuer:
        raise OidcFailed("the provider's metadata is of another issuer")
    return Metadata(
        issuer=provider.issuer,
        authorization_url=_url(provider, found, "authorization_endpoint"),
        token_url=_url(provider, found, "token_endpoint"),
        keys_url=_url(provider, found, "jwks_uri"),
        userinfo_url=_url(provider, found, "userinfo_endpoint", is_optional=True),
        logout_url=_url(provider, found, "end_session_endpoint", is_optional=True),
        algorithms=tuple(
            one for one in ALGORITHMS if one in _texts(found, "id_token_signing_alg_values_supported")
        ),
        token_auth_methods=_texts(found, "token_endpoint_auth_methods_supported") or ("client_secret_basic",),
        sends_issuer=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _url(provider: OidcProvider, found: Mapping[str, Any], name: str, *, is_optional: bool = False) -> str:
    """Return a URL of the metadata: https, or of the scheme and host of an issuer that the operator named with http."""
    url = found.get(name)
    if url is None and is_optional:
        return ""
    try:
        target = parse_url(str(url))
        own = parse_url(provider.issuer)
    except outbound.OutboundRefused as error:
        raise OidcFailed(f"the provider's {name} is not a URL") from error
    if target.scheme != "https" and target.origin != own.origin:
        raise OidcFailed(f"the provider's {name} is not https")
    return str(url)


def _texts(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = found.get(name)
    return tuple(str(one) for one in values) if isinstance(values, list) else ()


def _import(entry: object) -> Any:
    """Return a public key that may verify signatures, ``None`` for another one: one bad key spoils no others."""
    if not isinstance(entry, dict) or entry.get("kty") not in {"RSA", "EC", "OKP"}:
        return None
    if entry.get("use", "sig") != "sig":
        return None
    try:
        return KeySet.import_key_set({"keys": [entry]}).keys[0]
    except (JoseError, ValueError, TypeError, KeyError):
        return None
