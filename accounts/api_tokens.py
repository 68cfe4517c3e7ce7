"""Personal tokens for scripts: named, scoped, expiring, shown once, stored as a hash.

A token has 256 random bits, so a plain SHA-256 of it needs no salt and can be looked up by an index.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts import reauthentication
from accounts.models import ApiToken, User
from accounts.schemas import ApiTokenDict
from streamsite.api.renderers import iso
from streamsite.errors import Conflict, Invalid
from streamsite.mongo.engine import kept_documents
from streamsite.sanitize import clean_line

PREFIX = "sst_"
SCOPES = {
    "read": pgettext_lazy("token permission", "Read: view everything you can view"),
    "upload": pgettext_lazy("token permission", "Upload: add videos"),
    "write": pgettext_lazy("token permission", "Write: edit and delete your content (includes upload)"),
}
NEWEST = ("-created_at", "-id")
DEFAULT_LIFETIME = timedelta(days=90)
TOUCH_AFTER = timedelta(minutes=1)


def create(
    user: User, *, session_id: str | None, name: str, scopes: list[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Create a token; return it with its plain text, which cannot be read again.

    Raises ``Invalid`` with field errors, ``Conflict`` at the limit, and ``ProofRequired`` unless the session
    ``session_id`` has a recent proof of identity.
    """
    now = timezone.now()
    ends = expires_at or now + DEFAULT_LIFETIME
    name = clean_line(name)
    problems: dict[str, list[str]] = {}
    if not name or len(name) > 80:
        problems["name"] = [_("Enter a name of up to %(limit)d characters.") % {"limit": 80}]
    if not scopes or not set(scopes) <= SCOPES.keys():
        problems["scopes"] = [_("Choose from: %(choices)s.") % {"choices": ", ".join(SCOPES)}]
    if not now < ends <= now + timedelta(days=settings.API_TOKEN_MAX_DAYS):
        problems["expires_at"] = [
            ngettext(
                "Choose a date within the next %(days)d day.",
                "Choose a date within the next %(days)d days.",
                settings.API_TOKEN_MAX_DAYS,
            )
            % {"days": settings.API_TOKEN_MAX_DAYS}
        ]
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    reauthentication.require_recent_proof(user, session_id)
    if current_tokens(user).count() >= settings.MAX_API_TOKENS_PER_USER:
        raise Conflict(
            ngettext(
                "You've reached the limit of %(limit)d token. Delete one first.",
                "You've reached the limit of %(limit)d tokens. Delete one first.",
                settings.MAX_API_TOKENS_PER_USER,
            )
            % {"limit": settings.MAX_API_TOKENS_PER_USER}
        )
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        epoch=user.security_epoch,
        name=name,
        scopes=[scope for scope in SCOPES if scope in scopes],
        token_hash=_hash(text),
        hint=text[:8],
        created_at=now,
        expires_at=ends,
    )
    token.save(force_insert=True)
    return token, text


def current_tokens(user: User) -> QuerySet[ApiToken]:
    """Return the account's tokens that have not been deleted, including expired ones; order by ``NEWEST``."""
    return ApiToken.objects.filter(user=user, epoch=user.security_epoch)


def is_current(token: ApiToken) -> bool:
    """Return whether the owner's credentials are unchanged since its creation. ``token.user`` must be loaded."""
    return bool(token.epoch == token.user.security_epoch)


def revoke(user_id: str, token_id: str) -> bool:
    """Delete a token of the account. Return whether it existed."""
    removed, _ = ApiToken.objects.filter(pk=token_id, user_id=user_id).delete()
    return bool(removed)


def revoke_all(user_id: str) -> int:
    """Delete all tokens of the account. Return how many there were."""
    removed, _ = ApiToken.objects.filter(user_id=user_id).delete()
    return removed


def find_by_text(text: str) -> ApiToken | None:
    """Return the token with this text, expired or not, with its user loaded; ``None`` if there is none."""
    if not text.startswith(PREFIX) or len(text) > 100 or not text.isascii():
        return None
    with kept_documents.bypass():
        return ApiToken.objects.select_related("user").filter(token_hash=_hash(text)).first()


def reader_id_by_token_id(token_id: str) -> str | None:
    """Return the id of the account that the token with this id may read for, or ``None``."""
    with kept_documents.bypass():
        return _reader_id(ApiToken.objects.select_related("user").filter(pk=token_id).first())


def reader_id_by_text(text: str) -> str | None:
    """Return the id of the account that the token with this text may read for, or ``None``. Records the use."""
    token = find_by_text(text)
    user_id = _reader_id(token)
    if token is not None and user_id is not None:
        record_use(token)
    return user_id


def _reader_id(token: ApiToken | None) -> str | None:
    if token is None or token.expires_at <= timezone.now() or "read" not in token.scopes:
        return None
    return str(token.user_id) if token.user.is_active and is_current(token) else None


def record_use(token: ApiToken) -> None:
    """Record that the token was used, at most once a minute."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= TOUCH_AFTER:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def serialize(token: ApiToken) -> ApiTokenDict:
    """Return the token as its owner sees it, without its text."""
    return {
        "id": token.pk,
        "name": token.name,
        "scopes": token.scopes,
        "hint": token.hint,
        "created_at": iso(token.created_at),
        "expires_at": iso(token.expires_at),
        "last_used_at": iso(token.last_used_at),
        "expired": token.expires_at <= timezone.now(),
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
