"""The authorization code flow with PKCE: to the provider and back, once, in the same browser.

The state is a challenge of this site (``accounts.passkeys.challenges``): random, used once, for ten minutes, and only
together with a cookie. Nonce and PKCE's verifier are derived from it, so that nothing else is stored.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.oidc import id_token, states
from accounts.oidc.discovery import Metadata, fetch_json, load_metadata
from accounts.oidc.errors import OidcDenied, OidcFailed
from accounts.oidc.id_token import Claims
from accounts.oidc.states import State
from streamsite.oidc_provider import OidcProvider
from streamsite.rate_limits import OIDC, enforce, throttle_key

SIGN_IN, LINK, PROOF = "sign_in", "link", "proof"
INTENTS = (SIGN_IN, LINK, PROOF)
MAX_CODE_LENGTH = 4_096
MAX_TOKEN_LENGTH = 16_384


@dataclass(frozen=True)
class Return:
    """Somebody who came back from a provider: who it says they are, and what they were sent there for."""

    claims: Claims
    state: State


def start(request: HttpRequest, provider: OidcProvider, state: State, browser: str) -> str:
    """Return the provider's URL to send the browser to. Raises ``OidcFailed`` or ``Throttled``."""
    enforce(OIDC, throttle_key(request))
    metadata = load_metadata(provider)
    value = states.issue(provider.id, browser, state)
    proof = {"prompt": "login", "max_age": "0"} if state["intent"] == PROOF else {}
    return str(
        prepare_grant_uri(
            metadata.authorization_url,
            client_id=provider.client_id,
            response_type="code",
            redirect_uri=callback_url(provider),
            scope=" ".join(provider.scopes),
            state=value,
            nonce=_derive("nonce", value),
            code_challenge=create_s256_code_challenge(_derive("verifier", value)),
            code_challenge_method="S256",
            **proof,
        )
    )


def finish(request: HttpRequest, provider: OidcProvider) -> Return:
    """Return who came back, from the query of the callback. Raises ``OidcDenied``, ``OidcFailed``, or ``Throttled``."""
    enforce(OIDC, throttle_key(request))
    value = request.GET.get("state", "")
    state = states.consume(value, provider.id, states.read_browser(request))
    if state is None:
        raise OidcFailed("the state is unknown, used, too old, or another browser's or provider's")
    metadata = load_metadata(provider)
    issuer = request.GET.get("iss")
    if (issuer is not None or metadata.sends_issuer) and issuer != metadata.issuer:
        raise OidcFailed("the answer is of another issuer")
    if error := request.GET.get("error"):
        if error in {"access_denied", "login_required", "interaction_required", "consent_required"}:
            raise OidcDenied
        raise OidcFailed(f"the provider said {error[:80]!r}")
    code = request.GET.get("code", "")
    if not 0 < len(code) <= MAX_CODE_LENGTH:
        raise OidcFailed("there is no code")
    tokens = _redeem(provider, metadata, code, _derive("verifier", value))
    access_token = tokens.get("access_token")
    access_token = access_token if isinstance(access_token, str) else ""
    claims = id_token.verify(
        tokens.get("id_token"),
        provider,
        metadata,
        nonce=_derive("nonce", value),
        access_token=access_token,
    )
    return Return(_with_userinfo(claims, metadata, access_token), state)


def callback_url(provider: OidcProvider) -> str:
    """Return the redirect URI that is registered at the provider."""
    return f"{settings.SITE_URL}{reverse('oidc-callback', args=[provider.id])}"


def logout_url(provider: OidcProvider) -> str:
    """Return the provider's page that ends its own session, "" where it has none."""
    metadata = load_metadata(provider)
    if not metadata.logout_url:
        return ""
    query = {"client_id": provider.client_id, "post_logout_redirect_uri": f"{settings.SITE_URL}/"}
    separator = "&" if "?" in metadata.logout_url else "?"
    return f"{metadata.logout_url}{separator}{urlencode(query)}"


def _redeem(provider: OidcProvider, metadata: Metadata, code: str, verifier: str) -> dict[str, Any]:
    """Exchange the code for tokens."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_url(provider),
        "code_verifier": verifier,
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if not provider.client_secret:
        fields["client_id"] = provider.client_id
    elif "client_secret_basic" in metadata.token_auth_methods:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        fields |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    return fetch_json(metadata.token_url, body=urlencode(fields).encode(), headers=headers)


def _with_userinfo(claims: Claims, metadata: Metadata, access_token: str) -> Claims:
    """Return the claims with those of the provider's userinfo endpoint; what the ID token says comes first."""
    if not metadata.userinfo_url or not 0 < len(access_token) <= MAX_TOKEN_LENGTH:
        return claims
    if not access_token.isascii() or not access_token.isprintable():
        return claims
    found = fetch_json(metadata.userinfo_url, headers={"authorization": f"Bearer {access_token}"})
    if found.get("sub") != claims.subject:
        raise OidcFailed("the user information is somebody else's")
    return Claims(claims.issuer, claims.subject, claims.auth_time, found | claims.values)


def _derive(what: str, state: str) -> str:
    return salted_hmac(f"accounts.oidc.{what}", state, algorithm="sha256").hexdigest()
