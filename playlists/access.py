"""Access rules of playlists: who may list, open, fill, or change one.

The owner may do everything. Collaborators open it, add and sort videos, and remove those they added.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.badge_rows import with_badges
from accounts.models import User
from accounts.usernames import normalize_username
from playlists.models import Playlist, PlaylistItem, SavedPlaylist
from streamsite.errors import Absent, Forbidden
from streamsite.visibility import Viewer, is_linkable, is_listed, is_owner, listed
from videos.access import ANONYMOUS, filter_blocked, may_watch
from videos.models import Video

OBJECT_ID = re.compile(r"\A[A-Za-z0-9_-]{12,32}\Z")


def listed_playlists(owner_id: str) -> QuerySet[Playlist]:
    """Return a channel's playlists that may appear in public lists."""
    return with_badges(Playlist.objects.filter(listed(), owner_id=owner_id), "owner")


def searchable_playlists() -> QuerySet[Playlist]:
    """Return every playlist that may appear in public lists, including those of inactive accounts."""
    return Playlist.objects.filter(listed(), is_watch_later=False)


def playlists_for_listing(viewer: Viewer, ids: Sequence[str]) -> list[Playlist]:
    """Return the playlists with these ids that ``viewer`` may find, in the order of ``ids``, with owners loaded.

    Leaves out empty ones and those of inactive accounts and of accounts that ``viewer`` blocks.
    """
    rows = searchable_playlists().filter(pk__in=list(ids), item_count__gt=0).select_related("owner")
    found = {row.pk: row for row in rows if row.owner.is_active}
    hidden = filter_blocked(viewer, {row.owner_id for row in found.values()}) if found else set()
    return [found[one] for one in ids if one in found and found[one].owner_id not in hidden]


def own_playlists(owner_id: str) -> QuerySet[Playlist]:
    """Return every playlist of an owner."""
    return with_badges(Playlist.objects.filter(owner_id=owner_id), "owner")


def playlists_shared_with(user_id: str) -> QuerySet[Playlist]:
    """Return the playlists an account collaborates on, including those of inactive accounts: see ``may_view``."""
    return with_badges(Playlist.objects.filter(collaborators__has_element=user_id), "owner")


def playlists_for_contributing(user_id: str) -> QuerySet[Playlist]:
    """Return the playlists an account may add videos to: its own and those it collaborates on."""
    return with_badges(Playlist.objects.filter(contributor_filter(user_id)), "owner")


def saved_playlists(user_id: str) -> QuerySet[SavedPlaylist]:
    """Return the playlists of others that an account saved, owners loaded. It may no longer be allowed to open them."""
    return SavedPlaylist.objects.filter(user_id=user_id).select_related("playlist__owner")


def contributor_filter(user_id: str) -> Q:
    """Return the filter for playlists an account may add to and sort."""
    return Q(owner_id=user_id) | Q(collaborators__has_element=user_id)


def is_collaborator(viewer: Viewer, playlist: Playlist) -> bool:
    """Return whether ``viewer`` is signed in and collaborates on the playlist."""
    return viewer.is_authenticated and viewer.pk in playlist.collaborators


def may_contribute(viewer: Viewer, playlist: Playlist) -> bool:
    """Return whether ``viewer`` may add and sort videos."""
    if is_owner(viewer, playlist.owner_id):
        return True
    return playlist.owner.is_active and is_collaborator(viewer, playlist)


def may_view(viewer: Viewer, playlist: Playlist) -> bool:
    """Return whether ``viewer`` may open the playlist. Its owner must be loaded."""
    if may_contribute(viewer, playlist):
        return True
    if not playlist.owner.is_active:
        return False
    return is_linkable(playlist.visibility)


def may_show_video(viewer: Viewer, playlist: Playlist, video: Video) -> bool:
    """Return whether the playlist, which ``viewer`` may open, shows them the video.

    A public playlist does not list other channels' unlisted videos: that is for their owner to decide. Contributors and
    the video's owner still see them. A public video that is too new for lists is shown to its owner alone.
    """
    if not may_watch(viewer, video):
        return False
    if is_listed(video.visibility) and not video.listed:
        return is_owner(viewer, video.channel_id)
    if not is_listed(playlist.visibility):
        return True
    if video.listed or video.channel_id == playlist.owner_id:
        return True
    return may_contribute(viewer, playlist) or is_owner(viewer, video.channel_id)


def playlist_for_viewing(viewer: Viewer, playlist_id: str) -> Playlist:
    """Return the playlist if ``viewer`` may open it. Raises ``Absent``."""
    if not OBJECT_ID.match(playlist_id):
        raise Absent
    playlist = Playlist.objects.select_related("owner").filter(pk=playlist_id).first()
    if playlist is None:
        raise Absent
    if not may_view(viewer, playlist):
        raise Absent
    return playlist


def playlist_for_sharing(playlist_id: str) -> Playlist:
    """Return the playlist if anyone with the link may open it. Raises ``Absent``, also for its owner."""
    return playlist_for_viewing(ANONYMOUS, playlist_id)


def is_reachable_by_link(playlist: Playlist) -> bool:
    """Return whether anyone with the link may open the playlist."""
    return playlist.owner.is_active and is_linkable(playlist.visibility)


def playlist_for_editing(viewer: Viewer, playlist_id: str) -> Playlist:
    """Return the playlist if ``viewer`` may change it. Raises ``Absent``, or ``Forbidden`` if they may only view it."""
    playlist = playlist_for_viewing(viewer, playlist_id)
    if not is_owner(viewer, playlist.owner_id):
        raise Forbidden
    return playlist


def playlist_for_contributing(viewer: Viewer, playlist_id: str) -> Playlist:
    """Return the playlist if ``viewer`` may add and sort. Raises ``Absent``, or ``Forbidden`` for viewers."""
    playlist = playlist_for_viewing(viewer, playlist_id)
    if not may_contribute(viewer, playlist):
        raise Forbidden
    return playlist


def collaboration_for_removal(viewer: Viewer, playlist_id: str, username: str) -> tuple[Playlist, str]:
    """Return playlist and account id if ``viewer`` may end that collaboration: as the owner, or their own.

    The account may be inactive. Raises ``Absent`` or ``Forbidden``.
    """
    playlist = playlist_for_viewing(viewer, playlist_id)
    user = User.objects.filter(username=normalize_username(username)).first()
    is_own = user is not None and is_owner(viewer, user.pk)
    if not is_own and not is_owner(viewer, playlist.owner_id):
        raise Forbidden
    if user is None:
        raise Absent
    return playlist, user.pk


def get_item(playlist: Playlist, item_id: str) -> PlaylistItem:
    """Return an item of a playlist that was fetched for contributing. Raises ``Absent``."""
    if not OBJECT_ID.match(item_id):
        raise Absent
    item = PlaylistItem.objects.filter(pk=item_id, playlist=playlist).first()
    if item is None:
        raise Absent
    return item


def may_edit_item(viewer: Viewer, playlist: Playlist, item: PlaylistItem) -> bool:
    """Return whether ``viewer`` may remove the item or change its note: owners any, collaborators their own."""
    if is_owner(viewer, playlist.owner_id):
        return True
    return is_collaborator(viewer, playlist) and item.added_by_id == viewer.pk


def require_may_edit_item(viewer: Viewer, playlist: Playlist, item: PlaylistItem) -> None:
    """Raise ``Forbidden`` unless ``viewer`` added the item or owns the playlist."""
    if not may_edit_item(viewer, playlist, item):
        raise Forbidden(_("Only the playlist's owner or the person who added the video can do this."))


def item_for_editing(viewer: Viewer, playlist: Playlist, item_id: str) -> PlaylistItem:
    """Return an item that ``viewer`` may remove or annotate. Raises ``Absent`` or ``Forbidden``."""
    item = get_item(playlist, item_id)
    require_may_edit_item(viewer, playlist, item)
    return item
