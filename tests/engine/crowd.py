"""A site with thousands of everything, written as documents: models for so many take a minute."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from accounts.models import User
from playlists import queries, services
from playlists.models import Playlist, PlaylistItem, SavedPlaylist
from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from streamsite.visibility import Visibility
from subscriptions.models import Broadcast, Notification, Post, Subscription
from tests.support.users import Cast
from videos import facet_store, folded_titles, video_store
from videos.models import (
    Block,
    Case,
    Comment,
    CommentReaction,
    Reaction,
    Report,
    Status,
    Strike,
    Video,
    Watch,
)
from videos.playback import statistics_store
from videos.search import finders, index
from videos.search import store as search_store

ROW_COUNT = 3_000
CHANNEL_COUNT = 50
START = dt.datetime(2025, 1, 1)
LATER = START + dt.timedelta(days=9_000)
AWARE_LATER = LATER.replace(tzinfo=dt.UTC)
NOW = dt.datetime.now(dt.UTC).replace(tzinfo=None)
RARE_INTERVAL = 500  # every 500th has what few have


class Crowd(Cast):
    """The cast among thousands; the owner has much of it, the member follows many and has watched everything."""

    comment = post = playlist = ""
    places: dict[str, str]

    def build(self) -> None:
        """Write everything."""
        owner, member = self.owner, self.member
        self.users = insert_rows(
            User(username="template", email="template@example.org"),
            (
                {
                    "username": f"user{n:05d}",
                    "email": f"user{n}@example.org",
                    "email_key": f"user{n}@example.org",
                }
                for n in range(ROW_COUNT)
            ),
        )
        self.channels = [owner.pk, *self.users[: CHANNEL_COUNT - 1]]
        self._videos()
        follows = [{"subscriber_id": one, "channel_id": owner.pk} for one in self.users]
        follows += [{"subscriber_id": member.pk, "channel_id": one} for one in self.channels]
        insert_rows(Subscription(subscriber=member, channel=owner), follows)
        self._playlists()
        self._viewing()
        self._comments()
        self._told()
        self._moderation()
        self._figures()
        finders.rebuild_name_indexes()
        collection(queue.JOBS).insert_many(
            [
                queue.build_job("videos.tasks.x", [], {}, queue="default", run_at=START)
                | {
                    "state": "dead" if n % RARE_INTERVAL == 0 else "done" if n % 10 else "ready",
                    "enqueued_at": START + dt.timedelta(minutes=n),
                }
                for n in range(ROW_COUNT)
            ]
        )

    def _videos(self) -> None:
        self.videos = insert_rows(
            Video(channel=self.owner, title="T", status=Status.READY, generation="g1", duration=10.0),
            (self._video(n) for n in range(ROW_COUNT)),
        )
        facet_store.refresh_facets(Video._meta.db_table, {})
        video_store.refresh_first_published({})
        listed = Video.objects.filter(listed=True).select_related("channel")
        collection(search_store.SEARCH_VIDEOS).insert_many(
            [{"_id": video.pk, **index.build_document(video, "")} for video in listed], ordered=False
        )

    def _video(self, n: int) -> dict[str, object]:
        """Half are music and half are English, and no video is both; few are long, have captions or are tagged."""
        is_public = n % 4 != 0
        is_rare = n % RARE_INTERVAL == 1
        title = f"Video {n} " + ("music" if n % 3 else "zebra" if is_rare else "other")
        at = NOW - dt.timedelta(minutes=2 * ROW_COUNT - n) if n < ROW_COUNT - 3 else NOW
        tags = ["zebra"] if is_rare else ["music"] if n % 2 else ["other"]
        return {
            "channel_id": self.channels[n % CHANNEL_COUNT],
            "title": title,
            "folded_title": folded_titles.fold_title(title),
            "category": "comedy" if is_rare else "music" if n % 2 else "other",
            "tags": tags,
            "tag_keys": tags,
            "language": "fr" if is_rare else "de" if n % 2 else "en",
            "visibility": Visibility.PUBLIC.value if is_public else Visibility.PRIVATE.value,
            "listed": is_public,
            "duration": 9_000.0 if is_rare else 10.0,
            "has_captions": is_rare,
            "is_taken_down": n % RARE_INTERVAL == 4,
            "view_count": n * 7919 % 100_003,
            "like_count": n * 104_729 % 1_009,
            "trend": float(n * 7919 % 997),
            "created_at": at,
            "published_at": at,
        }

    def _playlists(self) -> None:
        owner, member, users = self.owner, self.member, self.users
        shared = {"collaborators": [member.pk, owner.pk]}
        rows = [
            {"owner_id": users[n % 500], "title": f"List {n}"} | (shared if n >= ROW_COUNT // 2 else {})
            for n in range(ROW_COUNT)
        ]
        lists = insert_rows(Playlist(owner=owner, title="L", visibility="public"), rows)
        mine = insert_rows(
            Playlist(owner=owner, title="L", visibility="public", item_count=200),
            [{"title": f"Mine {n}"} for n in range(100)],
        )
        Playlist.objects.filter(pk=mine[1]).update(sort="most_viewed", item_count=500)
        items = [
            {"playlist_id": lists[n % 100], "video_id": one, "rank": float(n)}
            for n, one in enumerate(self.videos)
        ]
        items += [{"playlist_id": mine[0], "video_id": self.videos[n], "rank": float(n)} for n in range(200)]
        ruled = {"playlist_id": mine[1], "sort": "most_viewed"}
        items += [
            ruled | {"video_id": self.videos[n], "rank": float(n), "sort_key": float(-n * 7919 % 10_007)}
            for n in range(500)
        ]
        insert_rows(PlaylistItem(playlist_id=mine[2], video_id=self.videos[0], rank=0), items)
        saved = [
            {"user_id": who, "playlist_id": one} for who in (owner.pk, member.pk) for one in lists[:1_000]
        ]
        insert_rows(SavedPlaylist(user=owner, playlist_id=mine[2]), saved)
        services.add_to_watch_later(member, self.videos[1])
        # The first reader after a change adds up all items; that is not what is measured.
        queries.load_public_totals(AnonymousUser(), Playlist.objects.filter(pk__in=[*mine, *lists[:100]]))
        item = PlaylistItem.objects.filter(playlist=mine[0]).exclude(video_id=self.videos[0])[50]
        self.playlist = mine[0]
        self.places = {"sorted": mine[1], "item": item.pk, "listed": item.video_id}

    def _viewing(self) -> None:
        member = self.member
        insert_rows(
            Watch(user=member, video_id="none", position=9.0),
            (
                {
                    "video_id": one,
                    "title": "Video zebra" if n % RARE_INTERVAL == 1 else "Video music",
                    "folded_title": "video zebra" if n % RARE_INTERVAL == 1 else "video music",
                    "watched_at": START + dt.timedelta(minutes=n),
                }
                for n, one in enumerate(self.videos)
            ),
        )
        insert_rows(
            Reaction(user=member, video_id="none", value="like"),
            (
                {"video_id": one, "value": "like" if n % RARE_INTERVAL else "dislike"}
                for n, one in enumerate(self.videos)
            ),
        )

    def _comments(self) -> None:
        owner, users = self.owner, self.users
        video = Video.objects.filter(channel=owner, visibility=Visibility.PUBLIC)[0].pk
        other = Video.objects.exclude(pk=video)[0].pk
        rows = [
            {
                "subject": video if n % 2 else other,
                "author_id": users[n % 100],
                "text": f"Comment {n}",
                "state": "held" if n % RARE_INTERVAL == 3 else "shown",
                "score": n % 977,
                "created_at": START + dt.timedelta(minutes=n),
            }
            for n in range(ROW_COUNT)
        ]
        template = {"about": "video", "subject": video, "owner": owner, "author_id": users[0], "text": "x"}
        made = insert_rows(Comment(**template), rows)
        self.comment = made[1]
        answers = ({"parent": made[1], "author_id": users[n % 100]} for n in range(ROW_COUNT // 2))
        insert_rows(Comment(**template), answers)
        insert_rows(
            CommentReaction(user=owner, comment_id="none", subject=video, value="like"),
            ({"comment_id": one} for one in made),
        )

    def _told(self) -> None:
        posts = [
            {"channel_id": self.channels[n % CHANNEL_COUNT], "text": f"Post {n}"} for n in range(ROW_COUNT)
        ]
        made = insert_rows(Post(channel=self.owner, text="x"), posts)
        self.post = made[0]
        insert_rows(
            Broadcast(channel=self.owner, kind="post", subject="none", purge_at=AWARE_LATER),
            ({"subject": one, "channel_id": row["channel_id"]} for one, row in zip(made, posts, strict=True)),
        )
        insert_rows(
            Notification(user=self.member, kind="comment", key="none", url="/", purge_at=AWARE_LATER),
            (
                {
                    "user_id": self.member.pk if n % 2 else self.users[n],
                    "key": f"{n}",
                    "kind": "comment" if n % RARE_INTERVAL else "mention",
                }
                for n in range(ROW_COUNT)
            ),
        )

    def _moderation(self) -> None:
        member, users = self.member, self.users
        insert_rows(Block(blocker=member, blocked_id="none"), ({"blocked_id": one} for one in users[:2_000]))
        insert_rows(Block(blocker_id="none", blocked_id=users[0]), ({"blocker_id": one} for one in users[1:]))
        cases = insert_rows(
            Case(
                about="video",
                subject="none",
                owner=self.owner,
                state="decided",
                is_open=False,
                decision="warning",
            ),
            (
                {
                    "subject": one,
                    "decision": "warning" if n % RARE_INTERVAL else "hidden",
                    "created_at": START,
                }
                for n, one in enumerate(self.videos)
            ),
        )
        insert_rows(
            Report(case_id=cases[0], reporter_id="none", reason="spam"),
            (
                {"reporter_id": one, "reason": "spam" if n % RARE_INTERVAL else "other"}
                for n, one in enumerate(users)
            ),
        )
        insert_rows(
            Strike(user=self.owner, case_id="none", expires_at=AWARE_LATER),
            ({"case_id": one, "user_id": users[n]} for n, one in enumerate(cases)),
        )
        collection("auth_session").insert_many(
            [
                {
                    "_id": f"session{n}",
                    "user_id": one,
                    "idle_exp": LATER,
                    "abs_exp": LATER,
                    "last_used_at": START,
                }
                for n, one in enumerate(users)
            ]
        )

    def _figures(self) -> None:
        """Write a year of the owner's videos, as many of others, and two years of the owner's channel."""
        today = dt.datetime.now(dt.UTC).date()
        days = [(today - dt.timedelta(days=n)).isoformat() for n in range(730)]
        rows = list(Video.objects.values_list("pk", "channel_id").order_by("channel_id")[: ROW_COUNT // 30])
        rows += list(Video.objects.filter(channel=self.owner).values_list("pk", "channel_id"))
        statistics_store.add_day(rows[0][0], rows[0][1], days[0], {"views": 1, "seconds": 1.0}, "b")
        statistics_store.add_channel_day(self.owner.pk, days[0], {"views": 9, "seconds": 90.0}, "b")
        insert_documents(
            statistics_store.VIDEO_DAYS,
            (
                {"_id": f"{video}:{day}", "video": video, "channel": channel, "day": day, "views": 3}
                for video, channel in dict(rows).items()
                for day in days[1:60]
            ),
        )
        insert_documents(
            statistics_store.CHANNEL_DAYS,
            ({"_id": f"{self.owner.pk}:{day}", "day": day, "views": 9} for day in days[1:]),
        )


def insert_rows(template: Model, changes: Iterable[Mapping[str, object]]) -> list[str]:
    """Store the template's document once for each of ``changes``, which are columns; return the ids."""
    template.save(force_insert=True)
    table = collection(template._meta.db_table)
    document = table.find_one_and_delete({"_id": template.pk})
    assert document is not None
    key = type(template)._meta.pk
    rows = [document | {"_id": key.get_default()} | change for change in changes]
    table.insert_many(rows, ordered=False)
    return [row["_id"] for row in rows]


def insert_documents(table: str, changes: Iterable[Mapping[str, object]]) -> None:
    """Store the only document of ``table`` again for each of ``changes``."""
    document = collection(table).find_one() or {}
    collection(table).insert_many([document | change for change in changes], ordered=False)
