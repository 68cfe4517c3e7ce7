"""The objects of an account as an archive has them, one generator for each kind; files are named, not opened.

What belongs to others is named by id, title and username, as far as the account may see it now. There are no password
hashes, tokens, sessions, or addresses of others, and nothing that others wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from accounts import preferences
from accounts.models import User
from playlists.access import may_view
from playlists.models import Playlist, PlaylistItem, SavedPlaylist
from playlists.ordering import order_fields
from streamsite.api.renderers import iso
from subscriptions.models import Post, Subscription
from takeout import formats
from videos.access import may_watch
from videos.chapters.services import get_chapters
from videos.comments.filters import get_rules
from videos.comments.targets import VIDEO
from videos.models import Block, Comment, Reaction, Video, Watch
from videos.models.comment import CommentState
from videos.syndication.urls import absolute_url

Object = dict[str, object]


def count_objects(user: User) -> dict[str, int]:
    """Return how many objects of each kind the account has, about."""
    mine = {"user_id": user.pk}
    return {
        formats.ACCOUNT: 1,
        formats.VIDEOS: Video.objects.filter(channel=user).count(),
        formats.SUBSCRIPTIONS: Subscription.objects.filter(subscriber=user).count(),
        formats.PLAYLISTS: Playlist.objects.filter(owner=user, is_watch_later=False).count(),
        formats.WATCH_LATER: Playlist.objects.filter(owner=user, is_watch_later=True).count(),
        formats.SAVED_PLAYLISTS: SavedPlaylist.objects.filter(**mine).count(),
        formats.HISTORY: Watch.objects.filter(**mine).count(),
        formats.REACTIONS: Reaction.objects.filter(**mine).count(),
        formats.POSTS: Post.objects.filter(channel=user).count(),
        formats.COMMENTS: Comment.objects.filter(author=user).count(),
    }


def account(user: User) -> Iterator[Object]:
    """Yield the account itself."""
    rules = get_rules(user.pk)
    blocked = Block.objects.filter(blocker=user).select_related("blocked").order_by("-created_at", "-id")
    yield {
        "username": user.username,
        "url": absolute_url(f"/@{user.username}"),
        "full_name": user.full_name,
        "email": user.email,
        "bio": user.bio,
        "links": list(user.links),
        "is_sensitive": user.is_sensitive,
        "created_at": iso(user.created_at),
        "preferences": dict(preferences.with_defaults(user.preferences)),
        "comment_filters": {
            "words": list(rules.words),
            "hold_links": rules.hold_links,
            "hold_all": rules.hold_all,
        },
        "blocked": [_channel(row.blocked) for row in blocked if row.blocked.is_active],
        "avatar": None,
        "cover": None,
    }


def video(row: Video) -> Object:
    """Return one of the account's videos, without its files."""
    return {
        "id": row.pk,
        "url": absolute_url(row.get_absolute_url()),
        "title": row.title,
        "description": row.description,
        "tags": list(row.tags),
        "category": row.category,
        "language": row.language,
        "license": row.license,
        "is_sensitive": row.is_sensitive,
        "visibility": row.visibility,
        "status": row.status,
        "duration": row.duration,
        "chapters": list(get_chapters(row)),
        "chapters_edited": row.chapters_edited,
        "allow_comments": row.allow_comments,
        "allow_embed": row.allow_embed,
        "embed_domains": list(row.embed_domains),
        "allow_download": row.allow_download,
        "normalise_loudness": row.normalise_loudness,
        "created_at": iso(row.created_at),
        "published_at": iso(row.published_at),
        "originally_published_on": _day(row.originally_published_on),
        "counts": {"views": row.view_count, "likes": row.like_count, "comments": row.comment_count},
        "media": None,
        "thumbnail": None,
        "captions": [],
    }


def subscriptions(user: User) -> Iterator[Object]:
    """Yield the account's subscriptions, the first one first."""
    rows = Subscription.objects.filter(subscriber=user, away=False).select_related("channel")
    for row in rows.order_by("created_at", "id").iterator():
        if row.channel.is_active:
            yield {
                "channel": _channel(row.channel),
                "notify": row.notify,
                "created_at": iso(row.created_at),
            }


def playlists(user: User) -> Iterator[Object]:
    """Yield the account's playlists with their items in their order."""
    rows = Playlist.objects.filter(owner=user, is_watch_later=False)
    for row in rows.order_by("created_at", "id").iterator():
        yield {
            "id": row.pk,
            "url": absolute_url(row.get_absolute_url()),
            "title": row.title,
            "description": row.description,
            "visibility": row.visibility,
            "sort": row.sort,
            "allow_duplicates": row.allow_duplicates,
            "created_at": iso(row.created_at),
            "updated_at": iso(row.updated_at),
            "items": [_item(user, item) for item in _items(row)],
        }


def watch_later(user: User) -> Iterator[Object]:
    """Yield the items of Watch later, in their order."""
    row = Playlist.objects.filter(owner=user, is_watch_later=True).first()
    if row is not None:
        for item in _items(row):
            yield _item(user, item)


def saved_playlists(user: User) -> Iterator[Object]:
    """Yield the playlists of others that the account keeps and may open."""
    rows = SavedPlaylist.objects.filter(user=user).select_related("playlist__owner")
    for row in rows.order_by("created_at", "id").iterator():
        if may_view(user, row.playlist):
            yield {
                "id": row.playlist_id,
                "url": absolute_url(row.playlist.get_absolute_url()),
                "title": row.playlist.title,
                "owner": _channel(row.playlist.owner),
                "saved_at": iso(row.created_at),
            }


def history(user: User) -> Iterator[Object]:
    """Yield the account's watch history, the oldest entry first."""
    rows = Watch.objects.filter(user_id=user.pk).select_related("video__channel")
    for row in rows.order_by("watched_at", "id").iterator():
        yield {
            "video": _video(user, _related(row, "video"), row.video_id, title=row.title),
            "position": row.position,
            "duration": row.duration,
            "completed": row.completed,
            "watched_at": iso(row.watched_at),
        }


def reactions(user: User) -> Iterator[Object]:
    """Yield the account's likes and dislikes of videos, the oldest first."""
    rows = Reaction.objects.filter(user_id=user.pk).select_related("video__channel")
    for row in rows.order_by("created_at", "id").iterator():
        yield {
            "video": _video(user, _related(row, "video"), row.video_id),
            "value": row.value,
            "created_at": iso(row.created_at),
        }


def posts(user: User) -> Iterator[Object]:
    """Yield the channel's posts, the oldest first, without their images."""
    rows = Post.objects.filter(channel=user).select_related("video__channel")
    for row in rows.order_by("created_at", "id").iterator():
        yield {
            "id": row.pk,
            "url": absolute_url(row.get_absolute_url()),
            "text": row.text,
            "video": _video(user, _related(row, "video"), row.video_id) if row.video_id else None,
            "image": row.picture or None,
            "allow_comments": row.allow_comments,
            "created_at": iso(row.created_at),
            "edited_at": iso(row.edited_at),
        }


def comments(user: User) -> Iterator[Object]:
    """Yield what the account commented, the oldest first, so that a reply comes after what it answers."""
    rows = Comment.objects.filter(author_id=user.pk, state__in=[CommentState.SHOWN, CommentState.HELD])
    for row in rows.order_by("created_at", "id").iterator():
        path = f"/watch/{row.subject}" if row.about == VIDEO else f"/posts/{row.subject}"
        yield {
            "id": row.pk,
            "about": row.about,
            "target": {"id": row.subject, "url": absolute_url(path)},
            "parent": row.parent or None,
            "text": row.text,
            "created_at": iso(row.created_at),
            "edited_at": iso(row.edited_at),
        }


# Those whose objects have no files.
PLAIN: dict[str, Callable[[User], Iterator[Object]]] = {
    formats.SUBSCRIPTIONS: subscriptions,
    formats.PLAYLISTS: playlists,
    formats.WATCH_LATER: watch_later,
    formats.SAVED_PLAYLISTS: saved_playlists,
    formats.HISTORY: history,
    formats.REACTIONS: reactions,
    formats.COMMENTS: comments,
}


def _items(playlist: Playlist) -> Iterator[PlaylistItem]:
    rows = PlaylistItem.objects.filter(playlist=playlist).select_related("video__channel")
    return rows.order_by(*order_fields(playlist)).iterator()


def _item(user: User, item: PlaylistItem) -> Object:
    return {
        "video": _video(user, item.video, item.video_id),
        "note": item.note,
        "added_at": iso(item.added_at),
    }


def _video(user: User, row: Video | None, video_id: str, *, title: str = "") -> Object:
    """Name a video: fully as long as the account may watch it, else by its id and what the account knew of it."""
    if row is None or not may_watch(user, row):
        return {"id": video_id, "url": None, "title": title or None, "channel": None}
    return {
        "id": row.pk,
        "url": absolute_url(row.get_absolute_url()),
        "title": row.title,
        "channel": _channel(row.channel),
    }


def _related(row: Watch | Reaction | Post, name: str) -> Video | None:
    """Return the video of a row whose video may have been deleted."""
    try:
        found: Video | None = getattr(row, name)
    except Video.DoesNotExist:
        return None
    return found


def _channel(user: User) -> Object:
    return {
        "username": user.username,
        "full_name": user.get_full_name(),
        "url": absolute_url(f"/@{user.username}"),
    }


def _day(value: date | datetime | None) -> str | None:
    return value.strftime("%Y-%m-%d") if value is not None else None
