"""Sessions: create, check, extend, and revoke. ``token_rotation`` issues their tokens."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

from accounts import auth_session_store
from accounts.auth_session_store import SessionDoc
from accounts.models import User
from accounts.schemas import SessionDict
from accounts.signals import sessions_ended
from streamsite import change_mark
from streamsite.caching import cached
from streamsite.rate_limits import address_prefix, client_address

BROWSER, NATIVE, PAGE = "browser", "native", "page"
LIVE, ENDED, UNCERTAIN = "live", "ended", "uncertain"
TOUCH_AFTER = timedelta(minutes=5)
PROOF_LIFETIME = timedelta(minutes=10)
# Together with KEPT_CALLER_SECONDS, for which a caller is kept with a session, these are five seconds.
LIVE_CACHE_SECONDS = 3.0
ACCESS_SECONDS: int = settings.ACCESS_TOKEN_SECONDS


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def create_session(
    request: HttpRequest,
    user: User,
    *,
    client: str,
    remember: bool,
    amr: Sequence[str] = ("pwd",),
    is_proof: bool = True,
) -> SessionDoc:
    """Store and return a new session of ``user``; above the limit, revoke the least recently used sessions.

    ``user`` must be the object whose password, code, or link was checked, not a fresh copy: the session stores the
    ``security_epoch`` of that moment, so a concurrent change of credentials invalidates it. ``is_proof`` is whether
    the sign-in counts as a recent proof of identity: a provider may have let somebody in without asking.
    """
    idle, absolute = settings.SESSION_LIFETIMES[remember]
    moment = utc_now()
    document: SessionDoc = {
        "_id": secrets.token_urlsafe(16),
        "user_id": user.pk,
        "epoch": user.security_epoch,
        "gen": 0,
        "client": client,
        "created_at": moment,
        "auth_time": moment if is_proof else moment - PROOF_LIFETIME,
        "amr": list(amr),
        "rotated_at": moment,
        "idle_exp": moment + idle,
        "abs_exp": moment + absolute,
        "remember": remember,
        "user_agent": request.headers.get("User-Agent", "")[:300],
        "ip_prefix": address_prefix(client_address(request)),
        "revoked_at": None,
        "revoked_reason": "",
        "purge_at": moment + idle + auth_session_store.RETENTION_AFTER_END,
    }
    auth_session_store.insert(document)
    limit: int = settings.MAX_SESSIONS_PER_USER
    for surplus in auth_session_store.list_live(user.pk, user.security_epoch, moment, limit=limit + 20)[
        limit:
    ]:
        revoke(surplus["_id"], user.pk, "too_many")
    return document


def is_current_for(session: SessionDoc, user: User) -> bool:
    """Return whether the session is the user's and at the user's current security epoch.

    Every check of whether a session is live must include this one.
    """
    return bool(session["user_id"] == user.pk and auth_session_store.epoch_of(session) == user.security_epoch)


def find_live_session(user: User, session_id: str, *, fresh: bool) -> SessionDoc | None:
    """Return the user's live session, or ``None``. ``fresh=False`` may use a copy up to ``LIVE_CACHE_SECONDS`` old.

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
def _load_live(session_id: str) -> SessionDoc | None:
    session = auth_session_store.find(session_id)
    return session if session is not None and _is_open(session) else None


def _is_open(session: SessionDoc) -> bool:
    """Return whether the session has neither been revoked nor expired."""
    moment = utc_now()
    return (
        session["revoked_at"] is None
        and aware(session["idle_exp"]) > moment
        and aware(session["abs_exp"]) > moment
    )


def user_id_for_session(session_id: str) -> str | None:
    """Return the id of the user of a live session, or ``None``. Reads the database, once if the session is live.

    Session and owner are read in one command. A concurrent change may fall in between, so a mismatch is checked twice.
    """
    for _ in range(2):
        session = auth_session_store.find_with_owner(session_id)
        if session is None or not _is_open(session) or not session["owner"].get("is_active", True):
            return None
        if auth_session_store.epoch_of(session) == session["owner"].get("security_epoch", 0):
            return str(session["user_id"])
    return None


def find_states(session_ids: Iterable[str], users: Mapping[str, User]) -> dict[str, str]:
    """Return by id whether sessions of ``users``, by their ids, are ``LIVE`` or ``ENDED``. One read.

    ``UNCERTAIN`` is one at another security epoch: its owner's credentials may be changing at this moment.
    """
    wanted = list(session_ids)
    states = dict.fromkeys(wanted, ENDED)
    for session in auth_session_store.find_many(wanted):
        owner = users.get(session["user_id"])
        if owner is not None and _is_open(session):
            states[session["_id"]] = LIVE if is_current_for(session, owner) else UNCERTAIN
    return states


def extend_session(session: SessionDoc) -> None:
    """Extend a web session's idle expiry, at most every five minutes."""
    moment = utc_now()
    if moment - aware(session["rotated_at"]) < TOUCH_AFTER:
        return
    idle, _ = settings.SESSION_LIFETIMES[session["remember"]]
    auth_session_store.extend_idle(session["_id"], moment, moment + idle)
    session["rotated_at"] = moment


def record_proof(session_id: str, user: User) -> bool:
    """Record that ``user`` has just proved their identity again in this session. Return whether the session is live."""
    _load_live.discard(session_id)
    return auth_session_store.record_proof(session_id, user.pk, user.security_epoch, utc_now())


def has_recent_proof(session: SessionDoc) -> bool:
    """Return whether the session's owner proved their identity within the last ten minutes."""
    return utc_now() - aware(session["auth_time"]) < PROOF_LIFETIME


def revoke(session_id: str, user_id: str, reason: str) -> bool:
    """End one session of the user. Return whether it was live."""
    _load_live.discard(session_id)
    was_live = auth_session_store.revoke(session_id, user_id, reason, utc_now())
    change_mark.renew()
    if was_live:
        sessions_ended.send(sender=User, user_id=user_id, session_id=session_id, keep=None)
    return was_live


def revoke_all(user_id: str, reason: str, *, keep: str | None = None) -> int:
    """End the user's sessions except ``keep``. Return how many were live."""
    _load_live.clear()
    ended = auth_session_store.revoke_all(user_id, reason, utc_now(), keep=keep)
    change_mark.renew()
    sessions_ended.send(sender=User, user_id=user_id, session_id=None, keep=keep)
    return ended


def forget_cached(session_id: str) -> None:
    """Drop one session from this process's cache of live sessions."""
    _load_live.discard(session_id)


def clear_cache() -> None:
    """Drop this process's cache of live sessions."""
    _load_live.clear()


def list_sessions(user: User, current: str | None) -> list[SessionDict]:
    """Return the user's live sessions as the API and the settings page show them."""
    return [
        {
            "id": session["_id"],
            "client": session["client"],
            "user_agent": session["user_agent"],
            "ip_prefix": session["ip_prefix"],
            "created_at": aware(session["created_at"]),
            "last_used_at": aware(session["rotated_at"]),
            "expires_at": min(aware(session["idle_exp"]), aware(session["abs_exp"])),
            "current": session["_id"] == current,
        }
        for session in auth_session_store.list_live(
            user.pk, user.security_epoch, utc_now(), limit=settings.MAX_SESSIONS_PER_USER
        )
    ]


def aware(moment: datetime) -> datetime:
    """Return ``moment`` with a time zone; naive times are UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
