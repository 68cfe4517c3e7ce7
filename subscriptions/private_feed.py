"""The feed as RSS at a secret URL, for programs that cannot sign in.

The secret has 256 random bits, so a plain SHA-256 of it needs no salt and can be looked up by an index. The feed shows
only public videos, but reveals its owner's subscriptions; its URL can be replaced or revoked at any time, and ends when
the owner's credentials change (``accounts.security_epoch``).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import reauthentication
from accounts.models import User
from streamsite.api.renderers import iso
from streamsite.errors import Absent
from subscriptions import private_feed_store, queries
from subscriptions.models import PrivateFeed
from subscriptions.schemas import PrivateFeedDict
from videos.syndication import urls
from videos.syndication.feed_entries import MAX_ITEMS, FeedHeader
from videos.syndication.feeds import ENTRY_FIELDS, Feed, build_feed

TOKEN_PATTERN = re.compile(r"\A[A-Za-z0-9_-]{43}\Z")
TOUCH_AFTER = timedelta(hours=1)


def create_address(user: User, *, session_id: str | None) -> str:
    """Create the account's feed URL, which cannot be read again; a former one ends.

    Raises ``ProofRequired`` unless the session ``session_id`` has a recent proof of identity.
    """
    reauthentication.require_recent_proof(user, session_id)
    token = secrets.token_urlsafe(32)
    private_feed_store.replace(user.pk, token_hash=_hash(token), epoch=user.security_epoch, at=timezone.now())
    return _address(token)


def revoke(user_id: str) -> None:
    """Revoke the feed's URL. Idempotent."""
    PrivateFeed.objects.filter(pk=user_id).delete()


def load_status(user: User) -> PrivateFeedDict:
    """Return ``{active, created_at, last_used_at}``."""
    row = PrivateFeed.objects.filter(pk=user.pk, epoch=user.security_epoch).first()
    if row is None:
        return {"active": False, "created_at": None, "last_used_at": None}
    return {"active": True, "created_at": iso(row.created_at), "last_used_at": iso(row.last_used_at)}


def feed_by_token(token: str) -> Feed:
    """Return the feed of a token. Raises ``Absent`` for an unknown one or an inactive account."""
    if not TOKEN_PATTERN.match(token):
        raise Absent
    row = PrivateFeed.objects.select_related("user").filter(token_hash=_hash(token)).first()
    if row is None:
        raise Absent
    user = row.user
    if not user.is_active or row.epoch != user.security_epoch:
        raise Absent
    now = timezone.now()
    if row.last_used_at is None or now - row.last_used_at >= TOUCH_AFTER:
        PrivateFeed.objects.filter(pk=row.pk, token_hash=row.token_hash).update(last_used_at=now)
    head = FeedHeader(
        title=_("%(name)s's subscriptions") % {"name": user.get_full_name()},
        description=_("New videos from your subscriptions"),
        author=user.get_full_name(),
        page=urls.absolute_url(reverse("feed")),
        address=_address(token),
    )
    return build_feed(head, queries.newest_feed_videos(user, MAX_ITEMS, *ENTRY_FIELDS))


def _address(token: str) -> str:
    return urls.absolute_url(reverse("private-feed", args=[token]))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
