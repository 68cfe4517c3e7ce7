"""Playlists, Watch later, and saved playlists."""

from __future__ import annotations

from playlists import services as playlists
from playlists.access import OBJECT_ID, may_view
from playlists.models import MAX_ITEMS, Playlist, SavedPlaylist, Sort
from playlists.services.restoring import FormerItem, restore_items, restore_playlist
from playlists.services.watch_later import get_or_create_watch_later
from streamsite.errors import SiteError
from streamsite.visibility import Visibility
from takeout import formats
from takeout.imports import codes, items
from takeout.imports.context import PLAYLIST, ImportContext
from takeout.imports.report import CHANGED, MISSING, NEW, PRESENT, REFUSED

# Of Watch later so many are added at a time.
BATCH = 500


def write_playlist(context: ImportContext, item: items.Playlist) -> None:
    """Import a playlist; one that is here gets the videos that it lacks."""
    kind = formats.PLAYLISTS
    present = _find(context, item.id)
    found = _former_items(context, item.items, kind, item.title)
    if context.is_dry:
        context.report.add(kind, PRESENT if present is not None else NEW)
        return
    playlist = present or _create(context, item)
    restore_items(playlist, context.user, found)
    context.report.add(kind, PRESENT if present is not None else NEW)


def write_watch_later(context: ImportContext, group: list[items.PlaylistItem]) -> None:
    """Import items of Watch later."""
    kind = formats.WATCH_LATER
    found = _former_items(context, group, kind, "")
    planned = sum(context.will_exist(item.video) for item in group)
    if context.is_dry:
        for _one in range(len(found) + planned):
            context.report.add(kind, NEW)
        return
    if found:
        added = restore_items(get_or_create_watch_later(context.user), context.user, found)
        for number in range(len(found)):
            context.report.add(kind, NEW if number < added else PRESENT)


def write_saved(context: ImportContext, item: items.SavedPlaylist) -> None:
    """Import a playlist of others in the account's library."""
    kind = formats.SAVED_PLAYLISTS
    said = {"ref": item.id, "title": item.title, "url": item.url}
    row = None
    if context.is_own_site and OBJECT_ID.match(item.id):
        row = Playlist.objects.select_related("owner").filter(pk=item.id).first()
    if row is None or not may_view(context.user, row):
        context.report.add(kind, MISSING, codes.NOT_HERE, **said)
        return
    rows = SavedPlaylist.objects.filter(user=context.user, playlist=row)
    if rows.exists():
        context.report.add(kind, PRESENT)
        return
    if not context.is_dry:
        playlists.save_playlist(context.user, row)
        rows.update(created_at=context.moment(item.saved_at, kind, item.id))
    context.report.add(kind, NEW)


def _find(context: ImportContext, ref: str) -> Playlist | None:
    ids = [context.derived_id(PLAYLIST, ref)]
    if context.is_own_site and OBJECT_ID.match(ref):
        ids.append(ref)
    rows = Playlist.objects.select_related("owner").filter(pk__in=ids, owner=context.user)
    return rows.filter(is_watch_later=False).first()


def _create(context: ImportContext, item: items.Playlist) -> Playlist:
    data: dict[str, object] = {
        "title": item.title,
        "description": item.description,
        "visibility": item.visibility if item.visibility in Visibility.values else Visibility.PRIVATE.value,
        "sort": item.sort if item.sort in Sort.values else Sort.MANUAL.value,
        "allow_duplicates": item.allow_duplicates,
    }
    options = {
        "playlist_id": context.derived_id(PLAYLIST, item.id),
        "created_at": context.moment(item.created_at, formats.PLAYLISTS, item.id),
    }
    try:
        return restore_playlist(context.user, data, **options)  # type: ignore[arg-type]
    except SiteError:
        if data["visibility"] == Visibility.PRIVATE:
            raise
    # Its owner may not publish for the time being.
    made = restore_playlist(context.user, {**data, "visibility": Visibility.PRIVATE.value}, **options)  # type: ignore[arg-type]
    context.report.note(formats.PLAYLISTS, CHANGED, codes.MADE_PRIVATE, ref=item.id, title=item.title)
    return made


def _former_items(
    context: ImportContext, group: list[items.PlaylistItem], kind: str, title: str
) -> list[FormerItem]:
    """Return those items whose video is here; each other one gets a row."""
    found = []
    for item in group[:MAX_ITEMS]:
        if context.items_left <= 0:
            context.report.note(kind, REFUSED, codes.TOO_MANY_OBJECTS, title=title)
            break
        context.items_left -= 1
        context.report.advance(0)
        video = context.resolve(item.video)
        if video is not None:
            added_at = context.moment(item.added_at, kind, item.video.id)
            found.append(FormerItem(video, item.note, added_at))
        elif not context.will_exist(item.video):
            told = context.report.add if kind == formats.WATCH_LATER else context.report.note
            ref = item.video
            named = " · ".join(part for part in (title, ref.title) if part)
            told(kind, MISSING, codes.NOT_HERE, ref=ref.id, title=named, url=ref.url)
    if len(group) > MAX_ITEMS:
        context.report.note(kind, REFUSED, codes.TOO_LARGE, title=title)
    return found
