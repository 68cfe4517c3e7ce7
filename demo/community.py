"""Playlists, posts, and announcements, once the clips are there."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts import image_processing, image_storage
from accounts.models import User
from demo import activity, people
from demo.drawing import portraits
from demo.ids import demo_id, demo_random, demo_video_id
from demo.tables.clips import BY_KEY, CLIPS
from demo.tables.community import PLAYLISTS, POSTS, WATCH_LATER, DemoPlaylist, DemoPost
from playlists import services
from playlists.models import Playlist
from streamsite.mongo import counters
from streamsite.visibility import Visibility
from subscriptions.models import Broadcast, Post, PostReaction
from subscriptions.notifications.notification_types import POST, VIDEO
from subscriptions.notifications.services import announce_to_subscribers
from videos.access import listed_videos
from videos.models import Video
from videos.models.reaction import ReactionValue

# Of what is younger, subscribers find an announcement at the bell.
ANNOUNCED_DAYS = 4.0


def add_all(since: datetime) -> None:
    """Add what is missing."""
    users = people.demo_users()
    for playlist in PLAYLISTS:
        if playlist.owner in users:
            _add_playlist(playlist, users[playlist.owner], since)
    for post in POSTS:
        if post.channel in users:
            _add_post(post, users, since)
    if "demo" in users:
        for video in Video.objects.filter(pk__in=[demo_video_id(key) for key in WATCH_LATER], listed=True):
            services.add_to_watch_later(users["demo"], video.pk)
    for clip in CLIPS:
        video_id = demo_video_id(clip.key)
        if clip.channel in users and clip.days < ANNOUNCED_DAYS and _is_listed(video_id):
            _announce(users[clip.channel], VIDEO, video_id, since - timedelta(days=clip.days))


def playlist_id(row: DemoPlaylist) -> str:
    """Return the id of one of the demo's playlists."""
    return demo_id("playlist", row.key)


def _is_listed(video_id: str) -> bool:
    return listed_videos().filter(pk=video_id).exists()


def _add_playlist(row: DemoPlaylist, owner: User, since: datetime) -> None:
    pk = playlist_id(row)
    if Playlist.objects.filter(pk=pk).exists():
        return
    ids = [pk for pk in map(demo_video_id, row.clips) if _is_listed(pk)]
    visibility = Visibility.PUBLIC if row.is_listed else Visibility.PRIVATE
    data = {
        "title": row.title,
        "description": row.description,
        "visibility": visibility,
        "video_ids": ids,
    }
    services.create_playlist(owner, data, playlist_id=pk)
    newest = min((BY_KEY[key].days for key in row.clips), default=1.0)
    at = since - timedelta(days=newest)
    Playlist.objects.filter(pk=pk).update(created_at=at, updated_at=at)


def _add_post(row: DemoPost, users: dict[str, User], since: datetime) -> None:
    pk, at, channel = demo_id("post", row.key), since - timedelta(days=row.days), users[row.channel]
    if not Post.objects.filter(pk=pk).exists():
        prepared = {}
        if row.has_image:
            prepared = {
                "picture": image_processing.prepare_image(portraits.post_image(), image_processing.POST)
            }
        size = (
            list(image_processing.dimensions(prepared["picture"], image_processing.POST)) if prepared else []
        )
        video_id = demo_video_id(row.clip) if row.clip else None
        with image_storage.stored_images(prepared) as folders:
            post = Post(
                id=pk,
                channel=channel,
                text=row.text,
                picture=folders.get("picture", ""),
                picture_size=size,
                video_id=video_id if video_id and _is_listed(video_id) else None,
                created_at=at,
            )
            post.save(force_insert=True)
    activity.add_talk(row.key, "post", pk, channel, at, since)
    fans = [name for name in users if name not in {row.channel, "demoadmin", "demo"}]
    chosen = demo_random("post-fans", row.key).sample(fans, min(row.likes, len(fans)))
    rows = [
        PostReaction(
            id=demo_id("post-like", row.key, name),
            user=users[name],
            post_id=pk,
            value=ReactionValue.LIKE,
            created_at=min(at + timedelta(hours=6), since),
        )
        for name in chosen
    ]
    activity.insert_missing(PostReaction, rows)
    counters.set_right_now(Post._meta.db_table, [pk])
    if row.days < ANNOUNCED_DAYS:
        _announce(channel, POST, pk, at)


def _announce(channel: User, kind: str, subject: str, at: datetime) -> None:
    """Announce something at its own time."""
    if announce_to_subscribers(channel.pk, kind, subject):
        Broadcast.objects.filter(subject=subject).update(created_at=at)
