"""Sessions: sign in, rotate, detect reuse, revoke. The rules of one document, see ``accounts.mongo``."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.dispatch import Signal
from django.http import HttpRequest
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenBackendError, TokenError

from accounts import mongo
from accounts.models import User
from accounts.tokens import AccessToken, RefreshToken
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
# Sent with ``user`` and ``session`` once a session was ended because a used token came again.
refresh_token_reused = Signal()
_live_cache: dict[str, tuple[float, dict[str, Any]]] = {}


class RefreshRefused(SiteError):
    """401 of the refresh call; its code says why, and the cookie is deleted."""

    status, code = 401, "refresh_invalid"
    detail = "Sign in again."


@dataclass(frozen=True)
class SessionTokens:
    """What a sign-in or a rotation gives: both tokens and the session's document."""

    access: str
    refresh: str
    session: dict[str, Any]
    user: User


def utc_now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def create_session(
    request: HttpRequest, user: User, *, client: str, remember: bool, amr: Sequence[str] = ("pwd",)
) -> dict[str, Any]:
    """Store a new session of ``user``; beyond the cap the least recently used one is revoked.

    ``user`` is the object whose password, code or link was checked, never one that was read again since: the session
    gets the ``security_epoch`` of that moment, so that a change made meanwhile shuts it out.
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
    """The tokens of the session's present generation."""
    expires = min(_aware(session["idle_exp"]), _aware(session["abs_exp"]))
    refresh = RefreshToken.issue(
        user.pk, session["_id"], session["gen"], _aware(session["rotated_at"]), expires
    )
    return SessionTokens(str(AccessToken.issue(user.pk, session["_id"])), str(refresh), session, user)


def rotate_refresh_token(raw: str, *, client: str) -> SessionTokens:
    """Rotate the session that ``raw`` belongs to. Raises ``RefreshRefused`` with the contract's codes."""
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
    """Return the session when it is the user's; read it again when only the epoch differs.

    ``session`` was read before ``user``: a change in between may have moved it along.
    """
    if session is not None and not is_current_for(session, user):
        session = mongo.find(session["_id"])
    if session is None or session["revoked_at"] is not None or not is_current_for(session, user):
        raise RefreshRefused(SESSION_ENDED, code="session_revoked")
    return session


def renew_tokens(session_id: str, user: User) -> SessionTokens | None:
    """New tokens for a session whose owner has just proved it again; ``None`` when it has ended.

    Two generations on, not one: nobody who holds the old token gets the new one by the grace.
    """
    moment = utc_now()
    session = mongo.find(session_id)
    if session is None:
        return None
    idle, _ = settings.SESSION_LIFETIMES[session["remember"]]
    renewed = mongo.renew(session_id, user.pk, user.security_epoch, moment, moment + idle)
    _live_cache.pop(session_id, None)
    return issue_tokens(user, renewed) if renewed is not None else None


def _after_failed_rotation(user: User, session: dict[str, Any] | None, generation: int) -> SessionTokens:
    """The rotation did not apply: a second tab, a lost answer, a stolen token, or the end of the session."""
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
    """Whether this is a refresh token of ours that has not expired, used or not."""
    try:
        _read_refresh(raw)
    except RefreshRefused:
        return False
    return True


def is_current_for(session: dict[str, Any], user: User) -> bool:
    """Whether the session is the user's and was opened, or moved along, since the last change of what proves them.

    Every place that asks whether a session is live asks this too.
    """
    return bool(session["user_id"] == user.pk and mongo.epoch_of(session) == user.security_epoch)


def find_live_session(user: User, session_id: str, *, fresh: bool) -> dict[str, Any] | None:
    """The session when it is live and the user's. ``fresh=False`` may trust what was seen up to five seconds ago.

    ``user`` has just been read. When the epochs differ, one of the two may have been read before a change that keeps
    this session and the other after it: both are read again before the session is refused.
    """
    session = _load_live(session_id, fresh=fresh)
    if session is None or session["user_id"] != user.pk:
        return None
    if is_current_for(session, user):
        return session
    session = _load_live(session_id, fresh=True)
    if session is None or is_current_for(session, user):
        return session
    owner = User.objects.filter(pk=user.pk, is_active=True).first()
    return session if owner is not None and is_current_for(session, owner) else None


def _load_live(session_id: str, *, fresh: bool) -> dict[str, Any] | None:
    kept = _live_cache.get(session_id)
    if not fresh and kept is not None and time.monotonic() - kept[0] < LIVE_CACHE_SECONDS:
        return kept[1]
    session = mongo.find(session_id)
    if session is None or not _is_open(session):
        _live_cache.pop(session_id, None)
        return None
    if len(_live_cache) > 20_000:
        _live_cache.clear()
    _live_cache[session_id] = (time.monotonic(), session)
    return session


def _is_open(session: dict[str, Any]) -> bool:
    """Whether it has neither been ended nor expired."""
    moment = utc_now()
    return (
        session["revoked_at"] is None
        and _aware(session["idle_exp"]) > moment
        and _aware(session["abs_exp"]) > moment
    )


def user_id_for_session(session_id: str) -> str | None:
    """Return the id of the user of a live session, ``None`` when it has ended. Reads the database, once if it is live.

    Session and owner come from one command, which a change may still fall into: a second look decides.
    """
    for _ in range(2):
        session = mongo.find_with_owner(session_id)
        if session is None or not _is_open(session) or not session["owner"].get("is_active", True):
            return None
        if mongo.epoch_of(session) == session["owner"].get("security_epoch", 0):
            return str(session["user_id"])
    return None


def extend_session(session: dict[str, Any]) -> None:
    """Push a page session's idle end back, at most every five minutes."""
    moment = utc_now()
    if moment - _aware(session["rotated_at"]) < TOUCH_AFTER:
        return
    idle, _ = settings.SESSION_LIFETIMES[session["remember"]]
    mongo.extend_idle(session["_id"], moment, moment + idle)
    session["rotated_at"] = moment


def record_proof(session_id: str, user: User) -> bool:
    """Note that ``user``, who was checked just now, proved the identity again in this session. Whether it is live."""
    _live_cache.pop(session_id, None)
    return mongo.record_proof(session_id, user.pk, user.security_epoch, utc_now())


def has_recent_proof(session: dict[str, Any]) -> bool:
    """Whether the session's owner proved the identity within the last ten minutes."""
    return utc_now() - _aware(session["auth_time"]) < PROOF_LIFETIME


def revoke(session_id: str, user_id: str, reason: str) -> bool:
    """End one session of the user. Whether it was live."""
    _live_cache.pop(session_id, None)
    return mongo.revoke(session_id, user_id, reason, utc_now())


def revoke_all(user_id: str, reason: str, *, keep: str | None = None) -> int:
    """End the user's sessions but ``keep``; the number that were live."""
    _live_cache.clear()
    return mongo.revoke_all(user_id, reason, utc_now(), keep=keep)


def log_out(refresh_token: str, access_token: str) -> None:
    """End the session that either token belongs to; a token that is not good ends nothing and is no error."""
    for token_class, raw in ((RefreshToken, refresh_token), (AccessToken, access_token)):
        if not raw:
            continue
        try:
            token = token_class(raw)  # type: ignore[arg-type]
        except (TokenError, TokenBackendError):
            continue
        revoke(token["sid"], token["sub"], "logout")


def clear_cache() -> None:
    """Make this process look at every session again."""
    _live_cache.clear()


def list_sessions(user: User, current: str | None) -> list[dict[str, Any]]:
    """The user's live sessions as the API and the settings page show them."""
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
