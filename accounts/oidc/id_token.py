"""ID tokens: who the provider says has signed in, checked as OpenID Connect Core 3.1.3.7 asks."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from accounts.oidc.discovery import Metadata, load_keys
from accounts.oidc.errors import OidcFailed
from streamsite.oidc_provider import OidcProvider

LEEWAY_SECONDS = 30
MAX_LENGTH = 32_768
MAX_SUBJECT_LENGTH = 255


@dataclass(frozen=True)
class Claims:
    """The claims of a verified ID token. ``subject`` never changes within ``issuer``; other values may be untrue."""

    issuer: str
    subject: str
    auth_time: int | None
    values: dict[str, Any]

    def text(self, name: str) -> str:
        """Return a claim that is a text, "" for others."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


def verify(
    raw: object, provider: OidcProvider, metadata: Metadata, *, nonce: str, access_token: str
) -> Claims:
    """Return the claims of an ID token of this provider, for this site, and of this sign-in. Raises ``OidcFailed``."""
    if not isinstance(raw, str) or len(raw) > MAX_LENGTH:
        raise OidcFailed("there is no ID token")
    header = _read_header(raw)
    algorithm = header.get("alg")
    if algorithm not in metadata.algorithms:
        raise OidcFailed(f"the ID token's algorithm is {str(algorithm)[:20]!r}")
    key = _find_key(metadata.keys_url, header.get("kid"))
    try:
        token = jwt.decode(raw, key, algorithms=[str(algorithm)])
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            params={"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
        )
        claims.validate(now=int(time.time()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError) as error:
        raise OidcFailed(f"the ID token is not valid: {type(error).__name__} {error}"[:200]) from error
    return _accepted(provider, dict(claims))


def _accepted(provider: OidcProvider, claims: dict[str, Any]) -> Claims:
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != provider.client_id:
        raise OidcFailed("the ID token is for several sites and not given to this one")
    subject, auth_time = claims["sub"], claims.get("auth_time")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_LENGTH:
        raise OidcFailed("the ID token's subject is no name")
    is_time = isinstance(auth_time, int | float) and not isinstance(auth_time, bool)
    return Claims(provider.issuer, subject, int(auth_time) if is_time and auth_time else None, claims)


def _read_header(raw: str) -> dict[str, Any]:
    first = raw.partition(".")[0]
    try:
        found = json.loads(urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError) as error:
        raise OidcFailed("the ID token has no header") from error
    if not isinstance(found, dict):
        raise OidcFailed("the ID token has no header")
    return found


def _find_key(url: str, kid: object) -> Any:
    """Return the key that a token names; where it names none, the provider's only one.

    A name that is not known makes the keys be read again: the provider may have a new one.
    """
    for fresh in (False, True):
        keys = load_keys(url, fresh=fresh)
        if (found := _match(keys, kid)) is not None:
            return found
    raise OidcFailed("the ID token's key is not one of the provider's")


def _match(keys: KeySet, kid: object) -> Any:
    if kid is None:
        return keys.keys[0] if len(keys.keys) == 1 else None
    return next((key for key in keys.keys if key.as_dict(private=False).get("kid") == kid), None)
