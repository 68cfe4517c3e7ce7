"""Collaborators: ids in the playlist's own document, so that removing one ends their access with that one write."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from playlists import access
from playlists.models import MAX_COLLABORATORS, Playlist
from playlists.services.locking import lock_playlist, run_locked
from playlists.services.playlists import WatchLaterProtected
from playlists.signals import collaborator_added, collaborator_removed
from streamsite.errors import Conflict, Invalid
from videos import blocks


def add_collaborator(playlist: Playlist, user: User, *, is_invited: bool = True) -> Playlist:
    """Make an active account a collaborator. Idempotent. It is notified if the owner invited it by name.

    Raises ``Invalid`` for the owner, ``BlockedByChannel`` or ``Conflict`` if either blocks the other, and ``Conflict``
    if there are too many.
    """
    if user.pk == playlist.owner_id:
        raise Invalid(_("You own this playlist."), fields={"username": [_("You can't add yourself.")]})
    if playlist.is_watch_later:
        raise WatchLaterProtected
    blocks.require_not_blocked(playlist.owner, user.pk)
    if blocks.has_blocked(playlist.owner_id, user.pk):
        raise Conflict(_("You blocked this channel. Unblock it first."))
    changed, is_new = _set_membership(playlist, user.pk, is_in=True)
    if is_new and is_invited:
        collaborator_added.send(sender=Playlist, playlist=changed, user=user)
    return changed


def remove_collaborator(playlist: Playlist, user_id: str) -> Playlist:
    """Remove a collaborator; the videos they added stay. Idempotent."""
    changed, was_in = _set_membership(playlist, user_id, is_in=False)
    if was_in:
        collaborator_removed.send(sender=Playlist, playlist_id=playlist.pk, user_id=user_id)
    return changed


def leave_all_playlists(user_id: str) -> None:
    """End every collaboration of an account. Idempotent."""
    for playlist in access.playlists_shared_with(user_id).order_by():
        remove_collaborator(playlist, user_id)


def end_collaborations_between(user_id: str, other_id: str) -> None:
    """End collaborations between two accounts. Idempotent."""
    for owner_id, guest_id in ((user_id, other_id), (other_id, user_id)):
        for playlist in access.playlists_shared_with(guest_id).filter(owner_id=owner_id).order_by():
            remove_collaborator(playlist, guest_id)


def _set_membership(playlist: Playlist, user_id: str, *, is_in: bool) -> tuple[Playlist, bool]:
    def store() -> tuple[Playlist, bool]:
        now = Playlist.objects.select_related("owner").get(pk=playlist.pk)
        if (user_id in now.collaborators) == is_in:
            return now, False
        if is_in and len(now.collaborators) >= MAX_COLLABORATORS:
            raise Conflict(
                ngettext(
                    "A playlist can have up to %(limit)d collaborator.",
                    "A playlist can have up to %(limit)d collaborators.",
                    MAX_COLLABORATORS,
                )
                % {"limit": MAX_COLLABORATORS}
            )
        others = [one for one in now.collaborators if one != user_id]
        members = [*others, user_id] if is_in else others
        return lock_playlist(now, None, version=now.version, collaborators=members), True

    return run_locked(playlist.pk, store)
