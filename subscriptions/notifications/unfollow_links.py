"""Signed links in emails that unfollow a thread without signing in.

The token contains account and thread, never expires, and allows nothing else.
"""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from streamsite.errors import Invalid

SALT = "streamsite.subscriptions.thread"
MAX_TOKEN_LENGTH = 400


class ThreadLinkInvalid(Invalid):
    """The one error for a truncated or forged link, or one of a deleted account."""

    code = "link_invalid"
    detail = _("This link is invalid. You can manage email notifications in your settings.")


def unfollow_url(user: User, thread_id: str) -> str:
    """Return the URL that unfollows a thread for the account."""
    token = signing.Signer(salt=SALT).sign_object([user.pk, thread_id])
    return f"{settings.SITE_URL}/notifications/stop?token={quote(token)}"


def read_token(raw: str) -> tuple[User, str]:
    """Return the account and the thread's id of a token. Raises ``ThreadLinkInvalid``."""
    try:
        user_id, thread_id = signing.Signer(salt=SALT).unsign_object(raw[:MAX_TOKEN_LENGTH])
    except (signing.BadSignature, ValueError, TypeError):
        raise ThreadLinkInvalid from None
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise ThreadLinkInvalid
    return user, str(thread_id)
