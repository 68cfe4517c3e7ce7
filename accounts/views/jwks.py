"""The public signing keys, for other services that verify access tokens."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import conditional_page, require_safe
from jwt.utils import base64url_encode

from accounts.signing_keys import KEY_SET_SECONDS, key_ring
from accounts.tokens import ALGORITHM
from streamsite import cors
from streamsite.cache_headers import public_for


@login_not_required  # services verify tokens with it
@cors.allow_preflight
@require_safe
def key_set(request: HttpRequest) -> HttpResponse:
    """Serve the JSON Web Key Set: the key that signs, the next one, and those whose tokens may still be valid."""
    response = _key_set(request)
    cors.allow_any_origin(response)
    return response


@conditional_page
def _key_set(request: HttpRequest) -> HttpResponse:
    keys = [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": base64url_encode(key.public_bytes_raw()).decode(),
            "kid": kid,
            "use": "sig",
            "alg": ALGORITHM,
        }
        for kid, key in key_ring().verifying.items()
    ]
    response = JsonResponse({"keys": keys}, content_type="application/jwk-set+json")
    return public_for(KEY_SET_SECONDS).set_on(response)
