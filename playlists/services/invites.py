"""Invitation links: whoever has one and signs in may become a collaborator, until it expires or is revoked.

The secret has 256 random bits, so a plain SHA-256 of it needs no salt and can be looked up by an index. It is shown
once and not stored. A link ends with its playlist and when the owner's credentials change.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import email_verification
from accounts.models import User
from playlists.models import Playlist, PlaylistInvite
from playlists.services.collaborators import add_collaborator, remove_collaborator
from playlists.services.playlists import WatchLaterProtected
from streamsite import origin
from streamsite.errors import Absent, Invalid, SiteError
from streamsite.rate_limits import INVITE_ATTEMPTS, enforce
from streamsite.row_limits import RowLimit

TOKEN = re.compile(r"\A[A-Za-z0-9_-]{43}\Z")
NEWEST = ("-created_at", "-id")
MAX_INVITES = 20
DEFAULT_LIFETIME, MIN_LIFETIME, MAX_LIFETIME = timedelta(days=7), timedelta(minutes=1), timedelta(days=30)


def invites_of_playlist(playlist: Playlist) -> QuerySet[PlaylistInvite]:
    """Return the links of a playlist, expired ones too; order by ``NEWEST``."""
    return PlaylistInvite.objects.filter(playlist=playlist)


def create_invite(playlist: Playlist, *, expires_in: int | None = None) -> tuple[PlaylistInvite, str]:
    """Create a link that expires after ``expires_in`` seconds; return it with its URL, which cannot be read again.

    Raises ``Invalid`` for the time, ``EmailNotVerified``, ``LimitReached``, or ``WatchLaterProtected``.
    """
    if playlist.is_watch_later:
        raise WatchLaterProtected
    email_verification.require_verified_email(playlist.owner)
    lifetime = DEFAULT_LIFETIME if expires_in is None else _lifetime(expires_in)
    cap = RowLimit(
        invites_of_playlist(playlist).count,
        MAX_INVITES,
        _("A playlist can have up to %(limit)d invite links. Revoke one first.") % {"limit": MAX_INVITES},
    )
    cap.require_room()
    token = secrets.token_urlsafe(32)
    invite = PlaylistInvite.objects.create(
        playlist=playlist,
        token_hash=_hash(token),
        epoch=playlist.owner.security_epoch,
        expires_at=timezone.now() + lifetime,
    )
    cap.confirm(invite.delete)
    return invite, f"{origin.current()}{reverse('playlist-join', args=[token])}"


def revoke_invite(playlist: Playlist, invite_id: str) -> None:
    """Delete a link; those who joined by it stay. Raises ``Absent``."""
    if not PlaylistInvite.objects.filter(pk=invite_id, playlist=playlist).delete()[0]:
        raise Absent


def end_collaboration(playlist: Playlist, user_id: str, *, actor: User) -> Playlist:
    """Remove a collaborator. Idempotent. Unless they leave by themselves, all invite links are revoked first.

    They may have kept one, and would join again by it.
    """
    if actor.pk != user_id:
        invites_of_playlist(playlist).delete()
    return remove_collaborator(playlist, user_id)


def open_invite(user: User, token: str) -> PlaylistInvite:
    """Return the link with playlist and owner. Raises ``Absent`` for one that lets nobody in, and ``Throttled``."""
    enforce(INVITE_ATTEMPTS, user.pk)
    if not TOKEN.match(token):
        raise Absent
    invite = PlaylistInvite.objects.select_related("playlist__owner").filter(token_hash=_hash(token)).first()
    if invite is None or is_over(invite):
        raise Absent
    owner = invite.playlist.owner
    if not owner.is_active or owner.security_epoch != invite.epoch:
        raise Absent
    return invite


def accept_invite(user: User, token: str) -> Playlist:
    """Make the account a collaborator by a link, and count it. Safe to repeat.

    Raises what ``open_invite`` and ``add_collaborator`` raise. The count is taken first, by an update that a revoked or
    expired link refuses, and given back when the account cannot join.
    """
    invite = open_invite(user, token)
    playlist = invite.playlist
    if user.pk in playlist.collaborators:
        return playlist
    rows = PlaylistInvite.objects.filter(pk=invite.pk)
    if not rows.filter(expires_at__gt=timezone.now()).update(uses=F("uses") + 1):
        raise Absent
    try:
        return add_collaborator(playlist, user, is_invited=False)
    except SiteError:
        rows.update(uses=F("uses") - 1)
        raise


def is_over(invite: PlaylistInvite) -> bool:
    """Return whether the link has expired."""
    return invite.expires_at <= timezone.now()


def _lifetime(seconds: int) -> timedelta:
    if not MIN_LIFETIME.total_seconds() <= seconds <= MAX_LIFETIME.total_seconds():
        sentence = _("Choose a time between one minute and 30 days.")
        raise Invalid(sentence, fields={"expires_in": [sentence]})
    return timedelta(seconds=seconds)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
