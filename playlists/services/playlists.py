"""Create, describe, sort, and delete playlists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict, cast

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import email_verification
from accounts.models import User
from playlists import ordering
from playlists.models import MAX_ITEMS, Playlist, PlaylistItem, Sort
from playlists.ordering import GAP
from playlists.services.locking import item_cap as items_of
from playlists.services.locking import lock_playlist, run_locked
from playlists.signals import playlist_changed, playlist_deleted
from streamsite.errors import Absent, Conflict, Invalid, Stale
from streamsite.mongo.retry import run_in_transaction
from streamsite.row_limits import RowLimit
from streamsite.sanitize import clean_line, clean_text, is_blank
from streamsite.visibility import Visibility, is_linkable
from videos import strikes
from videos.access import may_watch
from videos.models import Video


class WatchLaterProtected(Conflict):
    """Watch later cannot be renamed, shared, or deleted."""

    detail = gettext_lazy("Watch later is private and can't be renamed, shared, or deleted.")


# Fields that others see, or that decide whether they see the playlist.
PUBLIC_FIELDS = {"title", "description", "visibility"}


class PlaylistFields(TypedDict, total=False):
    """Fields of a playlist that its owner sets."""

    title: str
    description: str
    allow_duplicates: bool
    visibility: str
    sort: str


def create_playlist(owner: User, data: Mapping[str, object], *, playlist_id: str = "") -> Playlist:
    """Create a playlist with the videos of ``video_ids`` in their order; its id is random unless it is given.

    Raises ``Absent`` if the owner may not watch one of them, ``Invalid``, or ``Conflict`` at a limit.
    """
    clean = _clean(data, complete=True)
    if is_linkable(clean.get("visibility", Visibility.PRIVATE)):
        strikes.require_may_publish(owner)
        email_verification.require_verified_email(owner)
    video_ids = list(cast("Sequence[str]", data.get("video_ids") or []))
    if len(video_ids) > MAX_ITEMS:
        raise Invalid(
            _("A playlist can hold up to {limit} videos.").format(limit=MAX_ITEMS),
            fields={"video_ids": [_("Send up to %(limit)d videos.") % {"limit": MAX_ITEMS}]},
        )
    if not clean.get("allow_duplicates"):
        video_ids = list(dict.fromkeys(video_ids))
    item_cap = items_of(owner.pk)
    item_cap.require_room(len(video_ids))
    limit = settings.MAX_PLAYLISTS_PER_USER
    cap = RowLimit(
        Playlist.objects.filter(owner=owner).count,
        limit,
        ngettext(
            "You can have up to %(limit)d playlist. Delete one first.",
            "You can have up to %(limit)d playlists. Delete one first.",
            limit,
        )
        % {"limit": limit},
    )
    cap.require_room()
    videos = _watchable_videos(owner, video_ids)

    def store() -> Playlist:
        playlist = Playlist(owner=owner, **clean)
        playlist.pk = playlist_id or playlist.pk
        playlist.item_count = len(videos)
        playlist.duration = sum(video.duration for video in videos)
        playlist.save(force_insert=True)
        rows = [_new_item(playlist, video, GAP * (index + 1), owner) for index, video in enumerate(videos)]
        PlaylistItem.objects.bulk_create(rows)
        return playlist

    playlist = run_in_transaction(store)
    for each in (cap, item_cap):
        each.confirm(lambda: delete_any_playlist(playlist))
    playlist_changed.send(sender=Playlist, playlist_id=playlist.pk)
    return playlist


def _watchable_videos(owner: User, video_ids: list[str]) -> list[Video]:
    known = Video.objects.select_related("channel").in_bulk(set(video_ids))
    videos = [known[video_id] for video_id in video_ids if video_id in known]
    if len(videos) < len(video_ids) or not all(may_watch(owner, video) for video in known.values()):
        raise Absent
    return videos


def _new_item(playlist: Playlist, video: Video, rank: float, owner: User) -> PlaylistItem:
    item = PlaylistItem(
        playlist=playlist,
        video=video,
        rank=rank,
        sort=playlist.sort,
        sort_key=ordering.sort_key_for(video, playlist.sort),
        duration=video.duration,
        added_by=owner,
    )
    item.copy = item.pk if playlist.allow_duplicates else ""
    return item


def update_playlist(
    playlist: Playlist, data: Mapping[str, object], *, expected_version: int | None = None
) -> Playlist:
    """Change title, description, visibility, whether duplicates are allowed, or the sort rule."""
    changes = _clean(data, complete=False)
    if playlist.is_watch_later and changes.keys() - {"sort"}:
        raise WatchLaterProtected
    if is_linkable(changes.get("visibility", playlist.visibility)) and changes.keys() & PUBLIC_FIELDS:
        strikes.require_may_publish(playlist.owner)
    if is_linkable(changes.get("visibility", playlist.visibility)) and not is_linkable(playlist.visibility):
        email_verification.require_verified_email(playlist.owner)

    def store() -> Playlist:
        former = Playlist.objects.filter(pk=playlist.pk).values_list("sort", flat=True).first()
        now = lock_playlist(playlist, None, version=expected_version, **changes)
        if now.sort != former:
            ordering.apply_sort_rule(now.pk, now.sort)
        return now

    changed = run_locked(playlist.pk, store)
    if changes.keys() & PUBLIC_FIELDS:
        playlist_changed.send(sender=Playlist, playlist_id=playlist.pk)
    return changed


def delete_playlist(playlist: Playlist, *, expected_version: int | None = None) -> None:
    """Delete the playlist, its items, and saves of it; the videos stay. Raises ``WatchLaterProtected``."""
    if playlist.is_watch_later:
        raise WatchLaterProtected
    delete_any_playlist(playlist, expected_version=expected_version)


def delete_any_playlist(playlist: Playlist, *, expected_version: int | None = None) -> None:
    """Delete any playlist, including the Watch later of a deleted account."""

    def remove_rows() -> None:
        rows = Playlist.objects.filter(pk=playlist.pk)
        if expected_version is not None:
            rows = rows.filter(version=expected_version)
        removed = rows.count()
        if not removed:
            if expected_version is not None and Playlist.objects.filter(pk=playlist.pk).exists():
                raise Stale
            return
        PlaylistItem.objects.filter(playlist_id=playlist.pk).delete()
        playlist.saves.all().delete()
        Playlist.objects.filter(pk=playlist.pk).delete()

    run_locked(playlist.pk, remove_rows)
    playlist_changed.send(sender=Playlist, playlist_id=playlist.pk)
    playlist_deleted.send(sender=Playlist, playlist_id=playlist.pk)


def _clean(data: Mapping[str, object], *, complete: bool) -> PlaylistFields:
    clean: PlaylistFields = {}
    problems: dict[str, list[str]] = {}
    if complete or "title" in data:
        clean["title"] = clean_line(str(data.get("title") or ""))
        if is_blank(clean["title"]):
            problems["title"] = [_("Enter a title.")]
        elif len(clean["title"]) > 150:
            problems["title"] = [_("Use up to %(limit)d characters.") % {"limit": 150}]
    if "description" in data:
        clean["description"] = clean_text(str(data["description"] or ""))[:5000]
    if "allow_duplicates" in data:
        clean["allow_duplicates"] = bool(data["allow_duplicates"])
    if "visibility" in data:
        clean["visibility"] = _clean_choice(data, "visibility", Visibility, problems)
    if "sort" in data:
        clean["sort"] = _clean_choice(data, "sort", Sort, problems)
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    return clean


def _clean_choice(
    data: Mapping[str, object], name: str, choices: type[TextChoices], problems: dict[str, list[str]]
) -> str:
    if data[name] not in choices.values:
        problems[name] = [_("Choose one of: %(choices)s.") % {"choices": ", ".join(choices.values)}]
    return str(data[name])
