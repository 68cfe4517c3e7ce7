"""Access and refresh tokens: SimpleJWT's classes over an Ed25519 key ring with ``kid`` and ``typ``.

A token is valid if its header names a known key and the right ``typ``, the signature matches that key, and its claims
are complete, correctly typed, and in time. ``jku``, ``jwk``, and ``x5u`` are ignored.
"""

from __future__ import annotations

import hashlib
import math
import time
from datetime import UTC, datetime, timedelta
from typing import ClassVar, cast

import jwt
from django.conf import settings
from jwt.utils import base64url_decode, base64url_encode
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken
from rest_framework_simplejwt.tokens import Token

from accounts.signing_keys import find_verification_key, key_ring

ALGORITHM = "EdDSA"
MAX_TOKEN_BYTES = 4096
MAX_TIMESTAMP = 2**40


class KeyRingBackend(TokenBackend):
    """Signs with the newest key, verifies with the key the header names. One instance per ``typ``."""

    def __init__(self, typ: str) -> None:
        super().__init__(
            ALGORITHM,
            audience=settings.TOKEN_AUDIENCE,
            issuer=settings.SITE_URL,
            leeway=settings.TOKEN_LEEWAY_SECONDS,
        )
        self.typ = typ

    def encode(self, payload: dict[str, object]) -> str:
        """Return the claims as a signed token."""
        keys = key_ring()
        claims = payload | {"iss": self.issuer, "aud": self.audience}
        return jwt.encode(
            claims, keys.signing, algorithm=ALGORITHM, headers={"kid": keys.kid, "typ": self.typ}
        )

    def decode(self, token: object, verify: bool = True) -> dict[str, object]:
        """Return the claims of a valid token. Raises ``TokenBackendError``."""
        raw = token.encode() if isinstance(token, str) else bytes(cast("bytes", token))
        if len(raw) > MAX_TOKEN_BYTES:
            raise TokenBackendError("Token is invalid")
        try:
            if not _is_canonical(raw):
                raise TokenBackendError("Token is invalid")
            header = jwt.get_unverified_header(raw)
            key = find_verification_key(str(header.get("kid", "")))
            if key is None or header.get("alg") != ALGORITHM or header.get("typ") != self.typ:
                raise TokenBackendError("Token is invalid")
            claims: dict[str, object] = jwt.decode(
                raw,
                key,
                algorithms=[ALGORITHM],
                audience=self.audience,
                issuer=self.issuer,
                leeway=self.get_leeway(),
                options={"require": ["exp", "iat", "iss", "aud", "sub", "jti"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenBackendExpiredToken("Token is expired") from error
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise TokenBackendError("Token is invalid") from error
        _check_claims(claims, float(settings.TOKEN_LEEWAY_SECONDS))
        return claims


def _is_canonical(raw: bytes) -> bool:
    """Return whether ``raw`` is three base64url parts exactly as issued.

    Decoders ignore padding, foreign characters, and the last bits, so one token would have many spellings.
    """
    parts = raw.split(b".")
    return len(parts) == 3 and all(
        part and base64url_encode(base64url_decode(part)) == part for part in parts
    )


def _check_claims(claims: dict[str, object], leeway: float) -> None:
    """Check types and ranges that PyJWT does not check. Raises ``TokenBackendError``."""
    times = [claims.get("exp"), claims.get("iat")]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in times):
        raise TokenBackendError("Token is invalid")
    expires, issued = times
    if not (math.isfinite(expires) and 0 < expires < MAX_TIMESTAMP and 0 < issued <= time.time() + leeway):  # type: ignore[operator, arg-type]
        raise TokenBackendError("Token is invalid")
    if not all(isinstance(claims.get(name), str) and claims[name] for name in ("sub", "sid", "jti")):
        raise TokenBackendError("Token is invalid")


class SessionToken(Token):
    """A token of a session: ``sub`` is the user, ``sid`` the session."""

    typ: ClassVar[str]
    _backends: ClassVar[dict[str, KeyRingBackend]] = {}

    def get_token_backend(self) -> KeyRingBackend:
        """Return the backend of this class's ``typ``."""
        return self._backends.setdefault(self.typ, KeyRingBackend(self.typ))


class AccessToken(SessionToken):
    """A short-lived token sent in the ``Authorization`` header."""

    token_type = "access"  # noqa: S105 - a type, not a secret
    typ = "at+jwt"
    lifetime = timedelta(seconds=settings.ACCESS_TOKEN_SECONDS)

    @classmethod
    def issue(cls, user_id: str, session_id: str) -> AccessToken:
        """Return a new token for the session."""
        token = cls()
        token["sub"], token["sid"] = user_id, session_id
        return token


class RefreshToken(SessionToken):
    """A token for one rotation, kept in a cookie or by a native client. ``gen`` counts rotations."""

    token_type = "refresh"  # noqa: S105 - a type, not a secret
    typ = "rt+jwt"
    lifetime = timedelta(days=14)

    @classmethod
    def issue(
        cls, user_id: str, session_id: str, gen: int, issued: datetime, expires: datetime
    ) -> RefreshToken:
        """Return the token of generation ``gen``. Equal arguments give equal bytes, so it can be sent again."""
        token = cls()
        identity = hashlib.sha256(f"{session_id}:{gen}".encode()).hexdigest()[:32]
        token.payload |= {
            "sub": user_id,
            "sid": session_id,
            "gen": gen,
            "jti": identity,
            "iat": int(_utc(issued).timestamp()),
            "exp": int(_utc(expires).timestamp()),
        }
        return token

    def verify(self) -> None:
        """Check the claims, including ``gen``. Raises ``TokenBackendError``."""
        super().verify()
        generation = self.payload.get("gen")
        if not isinstance(generation, int) or isinstance(generation, bool) or not 0 <= generation < 2**53:
            raise TokenBackendError("Token is invalid")


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
