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
from streamsite.limits import REFRESH, address_prefix, client_address, enforce

logger = logging.getLogger("streamsite.sessions")

BROWSER, NATIVE, PAGE = "browser", "native", "page"
TOUCH_AFTER = timedelta(minutes=5)
RECENT = timedelta(minutes=10)
LIVE_CACHE_SECONDS = 5.0
ACCESS_SECONDS: int = settings.ACCESS_TOKEN_SECONDS
# Sent with ``user`` and ``session`` once a session was ended because a used token came again.
refresh_reused = Signal()
_live: dict[str, tuple[float, dict[str, Any]]] = {}


class RefreshRefused(SiteError):
    """401 of the refresh call; its code says why, and the cookie is deleted."""

    status, code = 401, "refresh_invalid"
    detail = "Sign in again."


@dataclass(frozen=True)
class Grant:
    """What a sign-in or a rotation gives: both tokens and the session's document."""

    access: str
    refresh: str
    session: dict[str, Any]
    user: User


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def start(
    request: HttpRequest, user: User, *, client: str, remember: bool, amr: Sequence[str] = ("pwd",)
) -> dict[str, Any]:
    """Store a new session of ``user``; beyond the cap the least recently used one is revoked."""
    idle, absolute = settings.SESSION_LIFETIMES[remember]
    moment = now()
    document = {
        "_id": secrets.token_urlsafe(16),
        "user_id": user.pk,
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
        "purge_at": moment + idle + mongo.KEPT_AFTER_END,
    }
    mongo.insert(document)
    for surplus in mongo.live(user.pk, moment, most=settings.MAX_SESSIONS_PER_USER + 20)[
        settings.MAX_SESSIONS_PER_USER :
    ]:
        revoke(surplus["_id"], user.pk, "too_many")
    return document


def grant(user: User, session: dict[str, Any]) -> Grant:
    """The tokens of the session's present generation."""
    expires = min(_aware(session["idle_exp"]), _aware(session["abs_exp"]))
    refresh = RefreshToken.issue(
        user.pk, session["_id"], session["gen"], _aware(session["rotated_at"]), expires
    )
    return Grant(str(AccessToken.issue(user.pk, session["_id"])), str(refresh), session, user)


def refresh(raw: str, *, client: str) -> Grant:
    """Rotate the session that ``raw`` belongs to. Raises ``RefreshRefused`` with the contract's codes."""
    token = _read_refresh(raw)
    session_id, generation = token["sid"], token["gen"]
    enforce(REFRESH, session_id)
    session = mongo.find(session_id)
    if session is not None and session["client"] != client:
        raise RefreshRefused(code="refresh_missing")
    user = User.objects.filter(pk=token["sub"]).first()
    if user is None or not user.is_active:
        raise RefreshRefused("This account is not active.", code="user_inactive")
    if session is None or session["revoked_at"] is not None or session["user_id"] != user.pk:
        raise RefreshRefused("This session has ended. Sign in again.", code="session_revoked")
    moment = now()
    idle, _ = settings.SESSION_LIFETIMES[session["remember"]]
    rotated = mongo.rotate(session_id, generation, moment, moment + idle)
    if rotated is not None:
        return grant(user, rotated)
    return _after_miss(user, session_id, generation)


def renew(session_id: str, user: User) -> Grant | None:
    """New tokens for a session whose owner has just proved it again; ``None`` when it has ended.

    Two generations on, not one: nobody who holds the old token gets the new one by the grace.
    """
    moment = now()
    session = mongo.find(session_id)
    if session is None:
        return None
    idle, _ = settings.SESSION_LIFETIMES[session["remember"]]
    renewed = mongo.renew(session_id, user.pk, moment, moment + idle)
    _live.pop(session_id, None)
    return grant(user, renewed) if renewed is not None else None


def _after_miss(user: User, session_id: str, generation: int) -> Grant:
    """The rotation did not apply: a second tab, a lost answer, a stolen token, or the end of the session."""
    session = mongo.find(session_id)
    if session is None or session["revoked_at"] is not None:
        raise RefreshRefused("This session has ended. Sign in again.", code="session_revoked")
    age = (now() - _aware(session["rotated_at"])).total_seconds()
    if session["gen"] == generation + 1 and age <= settings.REFRESH_GRACE_SECONDS:
        return grant(user, session)
    if session["gen"] > generation:
        if revoke(session_id, user.pk, "refresh_reused"):
            logger.warning("refresh token reused: session %s of user %s revoked", session_id[:6], user.pk)
            refresh_reused.send(sender=User, user=user, session=session)
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


def live_session(session_id: str, *, fresh: bool) -> dict[str, Any] | None:
    """The session when it is live. ``fresh=False`` may answer from what was seen at most five seconds ago."""
    kept = _live.get(session_id)
    if not fresh and kept is not None and time.monotonic() - kept[0] < LIVE_CACHE_SECONDS:
        return kept[1]
    session = mongo.find(session_id)
    moment = now()
    if (
        session is None
        or session["revoked_at"] is not None
        or _aware(session["idle_exp"]) <= moment
        or _aware(session["abs_exp"]) <= moment
    ):
        _live.pop(session_id, None)
        return None
    if len(_live) > 20_000:
        _live.clear()
    _live[session_id] = (time.monotonic(), session)
    return session


def user_of(session_id: str) -> str | None:
    """Return the id of the user of a live session, ``None`` when it has ended. Reads the database."""
    session = live_session(session_id, fresh=True)
    return None if session is None else str(session["user_id"])


def keep_alive(session: dict[str, Any]) -> None:
    """Push a page session's idle end back, at most every five minutes."""
    moment = now()
    if moment - _aware(session["rotated_at"]) < TOUCH_AFTER:
        return
    idle, _ = settings.SESSION_LIFETIMES[session["remember"]]
    mongo.touch(session["_id"], moment, moment + idle)
    session["rotated_at"] = moment


def is_recently_proved(session: dict[str, Any]) -> bool:
    """Whether the session's owner proved the identity within the last ten minutes."""
    return now() - _aware(session["auth_time"]) < RECENT


def revoke(session_id: str, user_id: str, reason: str) -> bool:
    """End one session of the user. Whether it was live."""
    _live.pop(session_id, None)
    return mongo.revoke(session_id, user_id, reason, now())


def revoke_all(user_id: str, reason: str, *, keep: str | None = None) -> int:
    """End the user's sessions but ``keep``; the number that were live."""
    _live.clear()
    return mongo.revoke_all(user_id, reason, now(), keep=keep)


def logout(refresh_token: str, access_token: str) -> None:
    """End the session that either token belongs to; a token that is not good ends nothing and is no error."""
    for token_class, raw in ((RefreshToken, refresh_token), (AccessToken, access_token)):
        if not raw:
            continue
        try:
            token = token_class(raw)  # type: ignore[arg-type]
        except (TokenError, TokenBackendError):
            continue
        revoke(token["sid"], token["sub"], "logout")


def forget_all() -> None:
    """Make this process look at every session again."""
    _live.clear()


def listing(user_id: str, current: str | None) -> list[dict[str, Any]]:
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
        for session in mongo.live(user_id, now(), most=settings.MAX_SESSIONS_PER_USER)
    ]


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
