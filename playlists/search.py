"""Search for public playlists by title."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from accounts.mappers import serialize_badge
from playlists import pages
from playlists.access import playlists_for_listing, searchable_playlists
from playlists.models import Playlist
from playlists.schemas import PlaylistDict
from streamsite.visibility import Viewer
from videos.schemas.search import SuggestedPlaylistDict
from videos.search import finders
from videos.search.name_store import IndexedName, NameIndex, name_variants


def _named(playlist: Playlist) -> IndexedName:
    # Newest first: the time of creation never changes, so nothing moves between two pages.
    texts = (playlist.title, *name_variants(playlist.title))
    return IndexedName(playlist.pk, texts, int(playlist.created_at.timestamp()))


def _load(ids: Collection[str] | None) -> Iterator[IndexedName]:
    rows = searchable_playlists() if ids is None else searchable_playlists().filter(pk__in=list(ids))
    return map(_named, rows.only("title", "created_at").iterator())


INDEX = NameIndex("search_playlist", _load)
INDEXES = INDEX.indexes


def _load_visible(viewer: Viewer, ids: Sequence[str]) -> list[Playlist]:
    return playlists_for_listing(viewer, ids)


def _serialize(viewer: Viewer, rows: list[Playlist]) -> list[PlaylistDict]:
    return [row for row in pages.serialize_playlists(rows, viewer, only_listed=True) if row["item_count"]]


def _serialize_suggestions(viewer: Viewer, rows: list[Playlist]) -> list[SuggestedPlaylistDict]:
    return [
        {"id": row.pk, "title": row.title, "owner": serialize_badge(row.owner), "url": row.get_absolute_url()}
        for row in rows
    ]


FINDER = finders.Finder(
    name="playlists",
    label=_("Playlists"),
    all_label=_("All playlists"),
    template="playlists/_search_playlists.html",
    index=INDEX,
    load=_load_visible,
    body=_serialize,
    brief=_serialize_suggestions,
)
