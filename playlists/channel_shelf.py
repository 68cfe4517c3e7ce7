"""The channel page's shelf of a playlist."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from playlists import access
from playlists.models import Playlist, PlaylistItem, Sort
from playlists.queries import RECENT
from streamsite.errors import Invalid, SiteError
from streamsite.visibility import is_owner, listed_match
from subscriptions.channel_page.shelf_types import MAX_VIDEOS_PER_SHELF, ShelfType, Stages

MAX_CHOICES = 200


def shelf_stages(channel_id: str, value: str) -> Stages:
    """Return the stages that find the first videos of a listed playlist of the channel, with its title."""
    # Order by hand and order by rule each have an index; the playlist's ``sort`` says which applies.
    chosen = {"$cond": [{"$eq": ["$sort", Sort.MANUAL.value]}, "$rank", "$sort_key"]}
    return [
        {"$match": {"_id": value, "owner_id": channel_id} | listed_match()},
        *(_first_items(name) for name in ("rank", "sort_key")),
        {"$project": {"title": 1, "items": chosen}},
        {"$unwind": "$items"},
        {"$project": {"_id": "$items.video_id", "title": 1}},
    ]


def _first_items(name: str) -> dict[str, object]:
    items = [
        {"$sort": {name: 1, "_id": 1}},
        {"$limit": 2 * MAX_VIDEOS_PER_SHELF},
        {"$project": {"_id": 0, "video_id": 1}},
    ]
    rows = {"from": PlaylistItem._meta.db_table, "localField": "_id", "foreignField": "playlist_id"}
    return {"$lookup": {**rows, "pipeline": items, "as": name}}


def clean_shelf_value(owner: User, value: str) -> str:
    """Return the id of a playlist of the owner. Raises ``Invalid``."""
    try:
        playlist = access.playlist_for_editing(owner, value)
        if is_owner(owner, playlist.owner_id):
            return playlist.pk
    except SiteError:
        pass
    raise Invalid(_("That playlist wasn't found."), fields={"shelves": [_("Choose one of your playlists.")]})


def playlist_choices(owner: User) -> list[tuple[str, str]]:
    """Return ids and titles of the owner's listed playlists."""
    rows = access.listed_playlists(owner.pk).order_by(*RECENT)[:MAX_CHOICES]
    return [(playlist.pk, playlist.title) for playlist in rows]


SHELF = ShelfType(
    name="playlist",
    title=gettext_lazy("Playlist"),
    group=gettext_lazy("Playlists"),
    source=Playlist._meta.db_table,
    stages=shelf_stages,
    url=lambda owner, value: f"/playlists/{value}",
    clean=clean_shelf_value,
    choices=playlist_choices,
)
