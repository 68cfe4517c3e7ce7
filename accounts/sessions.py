"""Sessions: sign in, rotate tokens, detect token reuse, revoke. Documents are described in ``auth_session_store``."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenBackendError, TokenError

from accounts import mongo
from accounts.models import User
from accounts.signals import refresh_token_reused
from accounts.tokens import AccessToken, RefreshToken
from streamsite.caching import cached
from streamsite.errors import SiteError
from streamsite.rate_limits import REFRESH, address_prefix, client_address, enforce

logger = logging.getLogger("streamsite.sessions")

BROWSER, NATIVE, PAGE = "browser", "native", "page"
TOUCH_AFTER = timedelta(minutes=5)
SESSION_ENDED = "This session has ended. Sign in again."
# How often one refresh looks again because the account was changed between two of its reads.
MAX_REFRESH_ATTEMPTS = 3
PROOF_LIFETIME = timedelta(minutes=10)
LIVE_CACHE_SECONDS = 5.0
ACCESS_SECONDS: int = settings.ACCESS_TOKEN_SECONDS


class RefreshRefused(SiteError):
    """401 of the refresh endpoint. The code gives the reason; the cookie is deleted."""

    status, code = 401, "refresh_invalid"
    detail = "Sign in again."


@dataclass(frozen=True)
class SessionTokens:
    """Access token, refresh token, and the session document they belong to."""

    access: str
    refresh: str
    session: dict[str, Any]
    user: User


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def create_session(
    request: HttpRequest, user: User, *, client: str, remember: bool, amr: Sequence[str] = ("pwd",)
) -> dict[str, Any]:
    """Store and return a new session of ``user``; above the limit, revoke the least recently used sessions.

    ``user`` must be the object whose password, code, or link was checked, not a fresh copy: the session stores the
    ``security_epoch`` of that moment, so a concurrent change of credentials invalidates it.
    """
    idle, absolute = settings.SESSION_LIFETIMES[remember]
    moment = utc_now()
    document = {
        "_id": secrets.token_urlsafe(16),
        "user_id": user.pk,
        "epoch": user.security_epoch,
        "gen": 0,
        "client": client,
        "created_at": moment,
        "auth_time": moment,
        "amr": list(amr),
        "rotated_at": moment,
        "idle_exp": moment + idle,
        "abs_exp": moment + absolute,
        "remember": remember,
        "user_agent": request.headers.get("User-Agent", "")[:300],
        "ip_prefix": address_prefix(client_address(request)),
        "revoked_at": None,
        "revoked_reason": "",
        "purge_at": moment + idle + mongo.RETENTION_AFTER_END,
    }
    mongo.insert(document)
    most: int = settings.MAX_SESSIONS_PER_USER
    for surplus in mongo.list_live(user.pk, user.security_epoch, moment, most=most + 20)[most:]:
        revoke(surplus["_id"], user.pk, "too_many")
    return document


def issue_tokens(user: User, session: dict[str, Any]) -> SessionTokens:
    """Issue tokens for the session's current generation."""
    expires = min(_aware(session["idle_exp"]), _aware(session["abs_exp"]))
    refresh = RefreshToken.issue(
        user.pk, session["_id"], session["gen"], _aware(session["rotated_at"]), expires
    )
    return SessionTokens(str(AccessToken.issue(user.pk, session["_id"])), str(refresh), session, user)


def rotate_refresh_token(raw: str, *, client: str) -> SessionTokens:
    """Rotate the session that the refresh token ``raw`` belongs to and return new tokens. Raises ``RefreshRefused``."""
    token = _read_refresh(raw)
    session_id, generation = token["sid"], token["gen"]
    enforce(REFRESH, session_id)
    for _ in range(MAX_REFRESH_ATTEMPTS):
        session = mongo.find(session_id)
        if session is not None and session["client"] != client:
            raise RefreshRefused(code="refresh_missing")
        user = User.objects.filter(pk=token["sub"]).first()
        if user is None or not user.is_active:
            raise RefreshRefused("This account is not active.", code="user_inactive")
        session = _require_current(session, user)
        moment = utc_now()
        idle, _ = settings.SESSION_LIFETIMES[session["remember"]]
        rotated = mongo.rotate(session_id, generation, user.security_epoch, moment, moment + idle)
        if rotated is not None:
            return issue_tokens(user, rotated)
        session = mongo.find(session_id)
        if session is None or mongo.epoch_of(session) == user.security_epoch:
            return _after_failed_rotation(user, session, generation)
    raise RefreshRefused(SESSION_ENDED, code="session_revoked")


def _require_current(session: dict[str, Any] | None, user: User) -> dict[str, Any]:
    """Return the session if it is valid for the user. Raises ``RefreshRefused``.

    ``session`` was read before ``user``, so it is read again if only the epoch differs: a change in between may have
    advanced it.
    """
    if session is not None and not is_current_for(session, user):
        session = mongo.find(session["_id"])
    if session is None or session["revoked_at"] is not None or not is_current_for(session, user):
        raise RefreshRefused(SESSION_ENDED, code="session_revoked")
    return session


def renew_tokens(session_id: str, user: User) -> SessionTokens | None:
    """Issue new tokens for a session whose owner has just proved their identity again; ``None`` if it has ended.

    Skips a generation so the grace period cannot hand the new token to a holder of the old one.
    """
    moment = utc_now()
    session = mongo.find(session_id)
    if session is None:
        return None
    idle, _ = settings.SESSION_LIFETIMES[session["remember"]]
    renewed = mongo.renew(session_id, user.pk, user.security_epoch, moment, moment + idle)
    _load_live.discard(session_id)
    return issue_tokens(user, renewed) if renewed is not None else None


def _after_failed_rotation(user: User, session: dict[str, Any] | None, generation: int) -> SessionTokens:
    """Handle a rotation that did not apply: a second tab, a lost response, a stolen token, or an ended session.

    Returns tokens within the grace period, raises ``RefreshRefused`` otherwise; reuse revokes the session.
    """
    if session is None or session["revoked_at"] is not None:
        raise RefreshRefused(SESSION_ENDED, code="session_revoked")
    age = (utc_now() - _aware(session["rotated_at"])).total_seconds()
    if session["gen"] == generation + 1 and age <= settings.REFRESH_GRACE_SECONDS:
        return issue_tokens(user, session)
    if session["gen"] > generation:
        if revoke(session["_id"], user.pk, "refresh_reused"):
            logger.warning("refresh token reused: session %s of user %s revoked", session["_id"][:6], user.pk)
            refresh_token_reused.send(sender=User, user=user, session=session)
        raise RefreshRefused("This token was used before; the session was ended.", code="refresh_reused")
    raise RefreshRefused("This session has expired. Sign in again.", code="session_expired")


def _read_refresh(raw: str) -> RefreshToken:
    try:
        return RefreshToken(raw)  # type: ignore[arg-type]
    except ExpiredTokenError:
        raise RefreshRefused("This session has expired. Sign in again.", code="refresh_expired") from None
    except (TokenError, TokenBackendError):
        raise RefreshRefused(code="refresh_invalid") from None


def is_refresh_token(raw: str) -> bool:
    """Return whether ``raw`` is an unexpired refresh token of this site, used or not."""
    try:
        _read_refresh(raw)
    except RefreshRefused:
        return False
    return True


def is_current_for(session: dict[str, Any], user: User) -> bool:
    """Return whether the session is the user's and at the user's current security epoch.

    Every check of whether a session is live must include this one.
    """
    return bool(session["user_id"] == user.pk and mongo.epoch_of(session) == user.security_epoch)


def find_live_session(user: User, session_id: str, *, fresh: bool) -> dict[str, Any] | None:
    """Return the user's live session, or ``None``. ``fresh=False`` may use a copy up to five seconds old.

    ``user`` must have just been read. If the epochs differ, one of the two may have been read before a change that
    keeps this session and the other after it, so both are read again before the session is rejected.
    """
    session = _load_live.refresh(session_id) if fresh else _load_live(session_id)
    if session is None or session["user_id"] != user.pk:
        return None
    if is_current_for(session, user):
        return session
    session = _load_live.refresh(session_id)
    if session is None or is_current_for(session, user):
        return session
    owner = User.objects.filter(pk=user.pk, is_active=True).first()
    return session if owner is not None and is_current_for(session, owner) else None


@cached(seconds=LIVE_CACHE_SECONDS, max_entries=20_000, keep=lambda session: session is not None)
def _load_live(session_id: str) -> dict[str, Any] | None:
    session = mongo.find(session_id)
    return session if session is not None and _is_open(session) else None


def _is_open(session: dict[str, Any]) -> bool:
    """Return whether the session has neither been revoked nor expired."""
    moment = utc_now()
    return (
        session["revoked_at"] is None
        and _aware(session["idle_exp"]) > moment
        and _aware(session["abs_exp"]) > moment
    )


def user_id_for_session(session_id: str) -> str | None:
    """Return the id of the user of a live session, or ``None``. Reads the database, once if the session is live.

    Session and owner are read in one command. A concurrent change may fall in between, so a mismatch is checked twice.
    """
    for _ in range(2):
        session = mongo.find_with_owner(session_id)
        if session is None or not _is_open(session) or not session["owner"].get("is_active", True):
            return None
        if mongo.epoch_of(session) == session["owner"].get("security_epoch", 0):
            return str(session["user_id"])
    return None


def extend_session(session: dict[str, Any]) -> None:
    """Extend a web session's idle expiry, at most every five minutes."""
    moment = utc_now()
    if moment - _aware(session["rotated_at"]) < TOUCH_AFTER:
        return
    idle, _ = settings.SESSION_LIFETIMES[session["remember"]]
    mongo.extend_idle(session["_id"], moment, moment + idle)
    session["rotated_at"] = moment


def record_proof(session_id: str, user: User) -> bool:
    """Record that ``user`` has just proved their identity again in this session. Return whether the session is live."""
    _load_live.discard(session_id)
    return mongo.record_proof(session_id, user.pk, user.security_epoch, utc_now())


def has_recent_proof(session: dict[str, Any]) -> bool:
    """Return whether the session's owner proved their identity within the last ten minutes."""
    return utc_now() - _aware(session["auth_time"]) < PROOF_LIFETIME


def revoke(session_id: str, user_id: str, reason: str) -> bool:
    """End one session of the user. Return whether it was live."""
    _load_live.discard(session_id)
    return mongo.revoke(session_id, user_id, reason, utc_now())


def revoke_all(user_id: str, reason: str, *, keep: str | None = None) -> int:
    """End the user's sessions except ``keep``. Return how many were live."""
    _load_live.clear()
    return mongo.revoke_all(user_id, reason, utc_now(), keep=keep)


def log_out(refresh_token: str, access_token: str) -> None:
    """End the session of either token. Invalid tokens are ignored."""
    for token_class, raw in ((RefreshToken, refresh_token), (AccessToken, access_token)):
        if not raw:
            continue
        try:
            token = token_class(raw)  # type: ignore[arg-type]
        except (TokenError, TokenBackendError):
            continue
        revoke(token["sid"], token["sub"], "logout")


def clear_cache() -> None:
    """Drop this process's cache of live sessions."""
    _load_live.clear()


def list_sessions(user: User, current: str | None) -> list[dict[str, Any]]:
    """Return the user's live sessions as the API and the settings page show them."""
    return [
        {
            "id": session["_id"],
            "client": session["client"],
            "user_agent": session["user_agent"],
            "ip_prefix": session["ip_prefix"],
            "created_at": _aware(session["created_at"]),
            "last_used_at": _aware(session["rotated_at"]),
            "expires_at": min(_aware(session["idle_exp"]), _aware(session["abs_exp"])),
            "current": session["_id"] == current,
        }
        for session in mongo.list_live(
            user.pk, user.security_epoch, utc_now(), most=settings.MAX_SESSIONS_PER_USER
        )
    ]


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
