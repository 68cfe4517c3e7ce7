"""One-click unsubscription from notification mail without signing in (RFC 8058).

A link's token is signed and contains the account and the kind of mail. It never expires and changes nothing but email
preferences.
"""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from accounts import preferences, profile
from accounts.models import User
from streamsite.errors import Invalid

SALT, UNDO_SALT = "streamsite.accounts.unsubscribe", "streamsite.accounts.unsubscribe.undo"
MAX_TOKEN_LENGTH = 2_000
UNDO_SECONDS = 86_400
DIGEST = "digest"
# The preferences that control each kind of mail.
EMAIL_PREFERENCES = {DIGEST: tuple(f"notify_{kind}" for kind in preferences.NOTIFICATION_KINDS)}
WITHOUT_EMAIL = {"email": "none", "both": "page"}


class UnsubscribeLinkInvalid(Invalid):
    """The one error for a truncated or forged link, or one of a deleted account."""

    code = "link_invalid"
    detail = _("This link is invalid. You can manage email notifications in your settings.")


def unsubscribe_url(user: User, kind: str) -> str:
    """Return the URL that unsubscribes the account from mail of ``kind``."""
    token = signing.Signer(salt=SALT).sign_object([user.pk, kind])
    return f"{settings.SITE_URL}/unsubscribe?token={quote(token)}"


def unsubscribe_headers(address: str) -> dict[str, str]:
    """Return the ``List-Unsubscribe`` headers for an unsubscribe URL; empty without one."""
    if not address:
        return {}
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read_token(raw: str) -> tuple[User, str]:
    """Return the account and the kind of mail of a token. Raises ``UnsubscribeLinkInvalid``."""
    try:
        user_id, kind = signing.Signer(salt=SALT).unsign_object(raw[:MAX_TOKEN_LENGTH])
    except (signing.BadSignature, ValueError, TypeError):
        raise UnsubscribeLinkInvalid from None
    if kind not in EMAIL_PREFERENCES:
        raise UnsubscribeLinkInvalid
    return _account(user_id), kind


def unsubscribe(user: User, kind: str) -> str:
    """Stop mail of this kind to the account and return a token for ``resubscribe``. Idempotent."""
    chosen = preferences.with_defaults(user.preferences)
    former = {name: str(chosen[name]) for name in EMAIL_PREFERENCES[kind] if chosen[name] in WITHOUT_EMAIL}
    if former:
        profile.update_preferences(user, {name: WITHOUT_EMAIL[value] for name, value in former.items()})
    return signing.dumps([user.pk, former], salt=UNDO_SALT, compress=True)


def resubscribe(raw: str) -> User:
    """Restore the preferences that ``unsubscribe`` changed and nobody has changed since; return the account.

    Raises ``UnsubscribeLinkInvalid``.
    """
    try:
        user_id, former = signing.loads(raw[:MAX_TOKEN_LENGTH], salt=UNDO_SALT, max_age=UNDO_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        raise UnsubscribeLinkInvalid from None
    user = _account(user_id)
    chosen = preferences.with_defaults(user.preferences)
    left = {name: value for name, value in former.items() if chosen[name] == WITHOUT_EMAIL.get(value)}
    return profile.update_preferences(user, left, expected_version=user.profile_version) if left else user


def _account(user_id: str) -> User:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise UnsubscribeLinkInvalid
    return user
