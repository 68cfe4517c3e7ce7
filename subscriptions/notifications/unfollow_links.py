"""The link by which a mail's reader stops following a thread without signing in.

Its token is signed and names account and thread. It never expires and changes nothing but that.
"""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.core import signing

from accounts.models import User
from streamsite.errors import Invalid

SALT = "streamsite.subscriptions.thread"
MAX_TOKEN_LENGTH = 400


class ThreadLinkInvalid(Invalid):
    """One answer for a link that was cut, made up, or belongs to an account that is gone."""

    code = "link_invalid"
    detail = "This link is not valid. You can choose what we email you in your settings."


def unfollow_url(user: User, thread_id: str) -> str:
    """Return the address that ends what the account is told of a thread's replies."""
    token = signing.Signer(salt=SALT).sign_object([user.pk, thread_id])
    return f"{settings.SITE_URL}/notifications/stop?token={quote(token)}"


def read_token(raw: str) -> tuple[User, str]:
    """Return the account and the thread's id of a link's token. Raises ``ThreadLinkInvalid``."""
    try:
        user_id, thread_id = signing.Signer(salt=SALT).unsign_object(raw[:MAX_TOKEN_LENGTH])
    except (signing.BadSignature, ValueError, TypeError):
        raise ThreadLinkInvalid from None
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise ThreadLinkInvalid
    return user, str(thread_id)
