"""Tokens of sessions: issue and rotate them, and detect reuse of refresh tokens."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenBackendError, TokenError

from accounts import auth_session_store, sessions
from accounts.auth_session_store import SessionDoc
from accounts.models import User
from accounts.signals import refresh_token_reused
from accounts.tokens import AccessToken, RefreshToken
from streamsite.errors import SiteError
from streamsite.rate_limits import REFRESH, enforce

logger = logging.getLogger("streamsite.sessions")

SESSION_ENDED = gettext_lazy("This session has ended. Sign in again.")
# How often one refresh is retried because the account was changed between two of its reads.
MAX_REFRESH_ATTEMPTS = 3


class RefreshRefused(SiteError):
    """401 of the refresh endpoint. The code gives the reason; the cookie is deleted."""

    status, code = 401, "refresh_invalid"
    detail = gettext_lazy("Sign in again.")


@dataclass(frozen=True)
class SessionTokens:
    """Access token, refresh token, and the session document they belong to."""

    access: str
    refresh: str
    session: SessionDoc
    user: User


def issue_tokens(user: User, session: SessionDoc) -> SessionTokens:
    """Issue tokens for the session's current generation."""
    expires = min(sessions.aware(session["idle_exp"]), sessions.aware(session["abs_exp"]))
    refresh = RefreshToken.issue(
        user.pk, session["_id"], session["gen"], sessions.aware(session["rotated_at"]), expires
    )
    return SessionTokens(str(AccessToken.issue(user.pk, session["_id"])), str(refresh), session, user)


def rotate_refresh_token(raw: str, *, client: str) -> SessionTokens:
    """Rotate the session that the refresh token ``raw`` belongs to and return new tokens. Raises ``RefreshRefused``."""
    token = _read_refresh(raw)
    session_id, generation = token["sid"], token["gen"]
    enforce(REFRESH, session_id)
    for _attempt in range(MAX_REFRESH_ATTEMPTS):
        session = auth_session_store.find(session_id)
        if session is not None and session["client"] != client:
            raise RefreshRefused(code="refresh_missing")
        user = User.objects.filter(pk=token["sub"]).first()
        if user is None or not user.is_active:
            raise RefreshRefused(_("This account isn't active."), code="user_inactive")
        session = _require_current(session, user)
        moment = sessions.utc_now()
        idle, _absolute = settings.SESSION_LIFETIMES[session["remember"]]
        rotated = auth_session_store.rotate(
            session_id, generation, user.security_epoch, moment, moment + idle
        )
        if rotated is not None:
            return issue_tokens(user, rotated)
        session = auth_session_store.find(session_id)
        if session is None or auth_session_store.epoch_of(session) == user.security_epoch:
            return _after_failed_rotation(user, session, generation)
    raise RefreshRefused(SESSION_ENDED, code="session_revoked")


def _require_current(session: SessionDoc | None, user: User) -> SessionDoc:
    """Return the session if it is valid for the user. Raises ``RefreshRefused``.

    ``session`` was read before ``user``, so it is read again if only the epoch differs: a change in between may have
    advanced it.
    """
    if session is not None and not sessions.is_current_for(session, user):
        session = auth_session_store.find(session["_id"])
    if session is None or session["revoked_at"] is not None or not sessions.is_current_for(session, user):
        raise RefreshRefused(SESSION_ENDED, code="session_revoked")
    return session


def renew_tokens(session_id: str, user: User) -> SessionTokens | None:
    """Issue new tokens for a session whose owner has just proved their identity again; ``None`` if it has ended.

    Skips a generation so the grace period cannot hand the new token to a holder of the old one.
    """
    moment = sessions.utc_now()
    session = auth_session_store.find(session_id)
    if session is None:
        return None
    idle, _absolute = settings.SESSION_LIFETIMES[session["remember"]]
    renewed = auth_session_store.renew(session_id, user.pk, user.security_epoch, moment, moment + idle)
    sessions.forget_cached(session_id)
    return issue_tokens(user, renewed) if renewed is not None else None


def _after_failed_rotation(user: User, session: SessionDoc | None, generation: int) -> SessionTokens:
    """Handle a rotation that did not apply: a second tab, a lost response, a stolen token, or an ended session.

    Returns tokens within the grace period, raises ``RefreshRefused`` otherwise; reuse revokes the session.
    """
    if session is None or session["revoked_at"] is not None:
        raise RefreshRefused(SESSION_ENDED, code="session_revoked")
    age = (sessions.utc_now() - sessions.aware(session["rotated_at"])).total_seconds()
    if session["gen"] == generation + 1 and age <= settings.REFRESH_GRACE_SECONDS:
        return issue_tokens(user, session)
    if session["gen"] > generation:
        if sessions.revoke(session["_id"], user.pk, "refresh_reused"):
            logger.warning("refresh token reused: session %s of user %s revoked", session["_id"][:6], user.pk)
            refresh_token_reused.send(sender=User, user=user, session=session)
        raise RefreshRefused(
            _("This token was already used, so we ended the session."), code="refresh_reused"
        )
    raise RefreshRefused(_("This session has expired. Sign in again."), code="session_expired")


def _read_refresh(raw: str) -> RefreshToken:
    try:
        return RefreshToken(raw)  # type: ignore[arg-type]
    except ExpiredTokenError:
        raise RefreshRefused(_("This session has expired. Sign in again."), code="refresh_expired") from None
    except (TokenError, TokenBackendError):
        raise RefreshRefused(code="refresh_invalid") from None


def is_refresh_token(raw: str) -> bool:
    """Return whether ``raw`` is an unexpired refresh token of this site, used or not."""
    try:
        _read_refresh(raw)
    except RefreshRefused:
        return False
    return True


def log_out(refresh_token: str, access_token: str) -> None:
    """End the session of either token. Invalid tokens are ignored."""
    for token_class, raw in ((RefreshToken, refresh_token), (AccessToken, access_token)):
        if not raw:
            continue
        try:
            token = token_class(raw)  # type: ignore[arg-type]
        except (TokenError, TokenBackendError):
            continue
        sessions.revoke(token["sid"], token["sub"], "logout")
