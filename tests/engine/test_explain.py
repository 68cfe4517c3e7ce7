"""The product's pages and calls on 10,000 documents of each kind: every query has an index, none sorts in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import models

from accounts.models import User
from playlists import services
from playlists.models import Playlist, PlaylistItem, SavedPlaylist
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_database
from streamsite.tasks import queue
from streamsite.testing.cast import Cast
from streamsite.testing.commands import recorded_documents
from streamsite.testing.plugin import empty_collections
from streamsite.visibility import Visibility
from subscriptions.models import Broadcast, Notification, Post, Subscription
from tests.engine.plans import faults
from videos.library import documents
from videos.models import Block, Case, Comment, Reaction, Status, Video, Watch
from videos.playback import figures

MANY = 10_000
CHANNELS = 50
START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(170)]

# Paths as {owner} of much, as a {member} who follows everybody.
PATHS = [
    "/",
    "/?sort=views",
    "/?category=music",
    "/search?q=music",
    "/search?q=owner&category=music&uploaded=year&captions=1",
    "/watch/{video}",
    "/watch/{video}/comments",
    "/watch/{video}/comments?sort=newest",
    "/comments/{comment}",
    "/studio/comments",
    "/studio/comments?state=held",
    "/settings/blocked",
    "/notifications",
    "/feed/posts",
    "/@owner/videos?sort=views",
    "/@owner/videos?sort=oldest",
    "/@owner/videos?q=music",
    "/settings/channel",
    "/subscriptions/programs",
    "/api/v1/me/subscriptions/opml",
    "/api/v1/channels/owner/front",
    "/@owner/posts",
    "/posts/{post}",
    "/api/v1/me/notifications",
    "/api/v1/me/notifications/unread",
    "/api/v1/me/feed/posts",
    "/api/v1/channels/owner/posts",
    "/api/v1/posts/{post}",
    "/api/v1/posts/{post}/comments",
    "/settings/decisions",
    "/trending",
    "/history",
    "/history?q=music",
    "/liked",
    "/@owner",
    "/@owner/videos",
    "/@owner/about",
    "/@owner/playlists",
    "/feed",
    "/subscriptions",
    "/library",
    "/library?show=shared",
    "/library?show=saved",
    "/watch-later",
    "/playlists/{playlist}",
    "/studio",
    "/studio?range=365d",
    "/playlists/{sorted}",
    "/playlists/{playlist}/play",
    "/playlists/{sorted}/play?shuffle=1",
    "/playlists/save/{video}",
    "/watch/{listed}?list={playlist}&item={item}&loop=list",
    "/watch/{listed}?list={playlist}&shuffle=0123abcd",
    "/watch/{listed}?list={sorted}",
    "/studio/videos",
    "/studio/videos?sort=oldest",
    "/studio/videos?sort=views&visibility=private",
    "/studio/videos?sort=likes&category=music",
    "/studio/videos?q=music&status=ready",
    "/studio/videos/{video}/stats",
    "/studio/videos/{video}",
    "/settings/sessions",
    "/api/v1/videos",
    "/api/v1/videos?sort=views",
    "/api/v1/videos?category=music",
    "/api/v1/videos?tag=music",
    "/api/v1/videos?language=en",
    "/api/v1/videos?sort=likes",
    "/api/v1/videos?sort=trending",
    "/api/v1/videos?q=music&sort=newest",
    "/api/v1/videos?q=mus",
    "/api/v1/videos/{video}/related",
    "/api/v1/trending",
    "/api/v1/search/suggest?q=mus",
    "/api/v1/videos/{video}/comments",
    "/api/v1/videos/{video}/comments?sort=newest",
    "/api/v1/comments/{comment}/replies",
    "/api/v1/studio/comments",
    "/api/v1/studio/stats?range=365d",
    "/api/v1/studio/stats.csv?table=videos",
    "/api/v1/studio/videos",
    "/api/v1/studio/videos?sort=views",
    "/api/v1/studio/videos/{video}/stats?range=90d",
    "/api/v1/me/blocks",
    "/api/v1/me/decisions",
    "/api/v1/me/history",
    "/api/v1/me/likes",
    "/api/v1/videos?limit=50",
    "/api/v1/videos?q=music",
    "/api/v1/videos/{video}",
    "/api/v1/videos/{video}/processing",
    "/api/v1/channels/owner",
    "/api/v1/channels/owner/videos",
    "/api/v1/channels/owner/playlists",
    "/api/v1/me",
    "/api/v1/me/feed",
    "/api/v1/me/subscriptions",
    "/api/v1/auth/sessions",
    "/api/v1/playlists",
    "/api/v1/playlists?role=owner",
    "/api/v1/playlists?role=collaborator",
    "/api/v1/playlists?video={video}",
    "/api/v1/playlists/{sorted}",
    "/api/v1/playlists/{sorted}/items",
    "/api/v1/me/watch-later",
    "/api/v1/me/saved-playlists",
    "/api/v1/playlists/{playlist}",
    "/api/v1/playlists/{playlist}/items",
    "/files/{video}/poster.jpg",
    "/oembed?url=http://localhost:8000/watch/{video}",
    "/feeds/channels/owner.rss",
    "/feeds/playlists/{playlist}.rss",
    "/sitemap.xml",
    "/sitemaps/2025-01.xml",
    "/admin/videos/video/",
    "/admin/accounts/user/",
]


@pytest.fixture(scope="module")
def crowd(prepared_database: None, django_db_blocker: Any) -> Iterator[Cast]:
    """A site with 10,000 of everything; the owner has most of it, the member follows 50 channels."""
    with django_db_blocker.unblock():
        cast = Cast()
        owner, member = cast.owner, cast.member
        users = [User(username=f"user{n:05d}", email=f"user{n}@example.org") for n in range(MANY)]
        _store(User, users)
        channels = [owner, *users[: CHANNELS - 1]]
        _store(Video, [_video(n, channels[n % CHANNELS]) for n in range(MANY)])
        follows = [Subscription(subscriber=user, channel=owner) for user in users]
        _store(Subscription, follows)
        _store(Subscription, [Subscription(subscriber=member, channel=one) for one in channels])
        lists = [Playlist(owner=users[n % 500], title=f"List {n}", visibility="public") for n in range(MANY)]
        mine = [Playlist(owner=owner, title=f"Mine {n}", visibility="public") for n in range(100)]
        _store(Playlist, [*mine, *lists])
        videos = list(Video.objects.values_list("pk", flat=True))
        _store(
            PlaylistItem,
            [PlaylistItem(playlist=lists[n % 100], video_id=videos[n], rank=n) for n in range(MANY)],
        )
        _store(PlaylistItem, [PlaylistItem(playlist=mine[0], video_id=videos[n], rank=n) for n in range(200)])
        _playlists(cast, lists, mine, videos)
        for video_id in videos[:1_500]:
            documents.refresh(video_id)
        watched = [
            Watch(user=member, video_id=one, title="Video music", position=9.0) for one in videos[:2_000]
        ]
        _store(Watch, watched)
        _store(Reaction, [Reaction(user=member, video_id=one, value="like") for one in videos[:2_000]])
        first = _comments(owner, users)
        cast.comment = first  # type: ignore[attr-defined]
        later = START + dt.timedelta(days=9000)
        posts = [Post(channel=channels[n % CHANNELS], text=f"Post {n}") for n in range(MANY)]
        _store(Post, posts)
        cast.post = posts[0].pk  # type: ignore[attr-defined]
        _store(
            Broadcast,
            [Broadcast(channel=one.channel, kind="post", subject=one.pk, purge_at=later) for one in posts],
        )
        notes = [
            Notification(
                user=member if n % 2 else users[n], kind="comment", key=f"{n}", url="/", purge_at=later
            )
            for n in range(MANY)
        ]
        _store(Notification, notes)
        blocked = [Block(blocker=member, blocked=user) for user in users[:2_000]]
        _store(Block, [*blocked, *(Block(blocker=user, blocked=users[0]) for user in users[1:])])
        _store(
            Case,
            [
                Case(
                    about="video",
                    subject=one,
                    owner=owner,
                    state="decided",
                    is_open=False,
                    decision="warning",
                )
                for one in videos
            ],
        )
        collection("auth_session").insert_many(_sessions(users))
        _figures(owner)
        collection("task_job").insert_many(
            [
                queue.new_job("videos.tasks.x", [], {}, queue="default", run_at=START)
                | {"state": "done" if n % 10 else "ready"}
                for n in range(MANY)
            ]
        )
        cast.playlist = mine[0].pk  # type: ignore[attr-defined]
        yield cast
        empty_collections()


def _store(model: type[models.Model], rows: list[Any]) -> None:
    """In transactions that fit the cache of a small machine's server."""
    for start in range(0, len(rows), 1000):
        model._default_manager.bulk_create(rows[start : start + 1000])


def _playlists(cast: Cast, lists: list[Playlist], mine: list[Playlist], videos: list[str]) -> None:
    """Playlists shared with the member, saved by it, ordered by a rule, and to watch later."""
    member, shared = cast.member, lists[5_000:]
    for start in range(0, len(shared), 1000):
        ids = [one.pk for one in shared[start : start + 1000]]
        Playlist.objects.filter(pk__in=ids).update(collaborators=[member.pk, cast.owner.pk])
    _store(SavedPlaylist, [SavedPlaylist(user=member, playlist=one) for one in lists[:2_000]])
    _store(SavedPlaylist, [SavedPlaylist(user=cast.owner, playlist=one) for one in lists[:2_000]])
    Playlist.objects.filter(pk=mine[1].pk).update(sort="most_viewed", item_count=500)
    Playlist.objects.filter(pk=mine[0].pk).update(item_count=200)
    _store(
        PlaylistItem,
        [
            PlaylistItem(
                playlist=mine[1], video_id=videos[n], rank=n, sort="most_viewed", sort_key=-n * 7919 % 10_007
            )
            for n in range(500)
        ],
    )
    services.add_to_watch_later(member, videos[1])
    item = PlaylistItem.objects.filter(playlist=mine[0]).exclude(video_id=videos[0])[50]
    cast.places = {"sorted": mine[1].pk, "item": item.pk, "listed": item.video_id}  # type: ignore[attr-defined]


def _video(n: int, channel: User) -> Video:
    is_public = n % 4 != 0
    return Video(
        channel=channel,
        title=f"Video {n} music" if n % 100 == 0 else f"Video {n}",
        category="music" if n % 5 == 0 else "other",
        tags=["music"] if n % 50 == 0 else ["other"],
        language="en" if n % 20 == 0 else "de",
        visibility=Visibility.PUBLIC if is_public else Visibility.PRIVATE,
        listed=is_public,
        status=Status.READY,
        generation="g1",
        duration=10.0,
        view_count=n * 7919 % 100_003,
        created_at=START + dt.timedelta(minutes=n),
        published_at=START + dt.timedelta(minutes=n),
    )


def _figures(owner: User) -> None:
    """10,000 days of videos, half of them the owner's, and 730 of the owner's channel."""
    today = dt.datetime.now(dt.UTC).date()
    days = [(today - dt.timedelta(days=n)).isoformat() for n in range(730)]
    mine = list(Video.objects.filter(channel=owner).values_list("pk", flat=True))
    others = list(Video.objects.exclude(channel=owner).values_list("pk", "channel_id")[: len(mine)])
    videos = [*((pk, owner.pk) for pk in mine), *others]
    for n in range(MANY):
        video, channel = videos[n % len(videos)]
        changes = {"views": n % 97 + 1, "seconds": float(n)}
        figures.add_day(video, channel, days[n // len(videos)], changes, "b")
    for day in days:
        figures.add_channel_day(owner.pk, day, {"views": 9, "seconds": 90.0}, "b")


def _comments(owner: User, users: list[User]) -> str:
    """10,000 comments, half of them on the video that the paths are about; the id of one with many answers."""
    video = Video.objects.filter(channel=owner, visibility=Visibility.PUBLIC).first()
    others = Video.objects.exclude(pk=video.pk).first() if video else None
    assert video is not None
    assert others is not None
    rows = [
        Comment(
            about="video",
            subject=(video if n % 2 else others).pk,
            owner=owner,
            author=users[n % 100],
            text=f"Comment {n}",
            state="held" if n % 10 == 3 else "shown",
            score=n % 977,
            created_at=START + dt.timedelta(minutes=n),
        )
        for n in range(MANY // 2)
    ]
    answers = [
        Comment(
            about="video", subject=video.pk, owner=owner, author=users[n % 100], parent=rows[1].pk, text="x"
        )
        for n in range(MANY // 2)
    ]
    _store(Comment, [*rows, *answers])
    return rows[1].pk


def _sessions(users: list[User]) -> list[dict[str, Any]]:
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
    return [
        {"_id": f"session{n}", "user_id": user.pk, "idle_exp": later, "abs_exp": later, "last_used_at": START}
        for n, user in enumerate(users)
    ]


def _found(documents: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return sorted({fault for database, command in documents for fault in faults(database, command)})


@pytest.mark.parametrize("who", ["anonymous", "member", "owner", "staff"])
@pytest.mark.parametrize("path", PATHS)
def test_every_query_of_a_page_has_an_index(crowd: Cast, who: str, path: str) -> None:
    """No collection is scanned and nothing is sorted in memory, whoever asks."""
    if path.startswith("/admin/") and who != "staff":
        pytest.skip("staff only")
    video = Video.objects.filter(channel=crowd.owner, visibility=Visibility.PUBLIC).first()
    assert video is not None
    ids = {"playlist": crowd.playlist, "comment": crowd.comment, "post": crowd.post, **crowd.places}  # type: ignore[attr-defined]
    url = path.format(video=video.pk, **ids)
    client: Any = crowd.api(who) if path.startswith("/api/") else crowd.page(who)
    with recorded_documents() as documents:
        answer = client.get(url)
    assert answer.status_code in (200, 302, 401, 403, 404), answer.status_code
    allowed = ADMIN_SCANS if path.startswith("/admin/") else FOUND_SORTED if "q=" in path else set()
    assert set(_found(documents)) <= allowed


# Django admin counts all rows of a list and looks for the days that have some; its page itself has an index.
ADMIN_SCANS = {"COLLSCAN videos_video", "COLLSCAN accounts_user", "$sort videos_video", "$sort accounts_user"}
# At most 500 videos that words have found, in another order than how well they match.
FOUND_SORTED = {"SORT videos_video"}


def _cursor(link: str) -> str:
    return parse_qs(urlsplit(link).query).get("cursor", [link])[0]


def test_the_most_watched_videos_are_found_by_the_index_alone(crowd: Cast) -> None:
    """No day of a video is read for it, however many there are."""
    with recorded_documents() as documents:
        assert crowd.api("owner").get("/api/v1/studio/stats?range=90d").json()["top_videos"]
    (command,) = [command for _, command in documents if command.get("aggregate") == "video_day"]
    bare = {key: command[key] for key in ("aggregate", "pipeline", "cursor")}
    plan = str(get_database().command("explain", bare, verbosity="queryPlanner"))
    assert "video_day_by_channel" in plan
    assert "'FETCH'" not in plan


def test_pages_further_on_have_an_index(crowd: Cast) -> None:
    """The cursor of a list leads to the next page by the index, too."""
    for path in (
        "/api/v1/videos",
        "/api/v1/channels/owner/videos",
        "/api/v1/me/feed",
        "/api/v1/me/subscriptions",
        "/api/v1/playlists",
        "/api/v1/me/saved-playlists",
        f"/api/v1/playlists/{crowd.playlist}/items",  # type: ignore[attr-defined]
        f"/api/v1/playlists/{crowd.places['sorted']}/items",  # type: ignore[attr-defined]
    ):
        client = crowd.api("member")
        first = client.get(path).json()
        with recorded_documents() as documents:
            second = client.get(path, {"cursor": _cursor(first["next"])})
        assert second.status_code == 200, path
        assert second.json()["results"]
        assert _found(documents) == [], path


def test_writes_have_an_index(crowd: Cast) -> None:
    """Logging in, refreshing, subscribing, editing, moving, deleting, and the queue's taking of a job."""
    video = Video.objects.filter(visibility=Visibility.PUBLIC).first()
    mine = Video.objects.filter(channel=crowd.owner).first()
    assert video is not None
    assert mine is not None
    with recorded_documents() as documents:
        client, owner = crowd.api("member"), crowd.api("owner")
        assert client.delete("/api/v1/channels/owner/subscription").status_code == 200
        assert client.put("/api/v1/channels/owner/subscription").status_code == 200
        made = client.post("/api/v1/playlists", {"title": "New"}, format="json").json()["id"]
        added = client.post(f"/api/v1/playlists/{made}/items", {"video_id": video.pk}, format="json")
        assert added.status_code == 201, added.content
        rows = f"/api/v1/playlists/{crowd.places['sorted']}"  # type: ignore[attr-defined]
        first, second = (row["id"] for row in owner.get(f"{rows}/items?page_size=2").json()["results"])
        for rule in ("newest", "manual"):
            assert owner.patch(rows, {"sort": rule}, format="json").status_code == 200
        for place in ({"position": 300}, {"after": second}, {"before": second}):
            assert owner.patch(f"{rows}/items/{first}", place, format="json").status_code == 200, place
        assert owner.put(f"{rows}/collaborators/user00009").status_code == 200
        assert owner.delete(f"{rows}/collaborators/user00009").status_code == 204
        assert owner.delete(f"{rows}/items/{first}").status_code == 204
        for method in (client.put, client.delete):
            assert method(f"/api/v1/me/watch-later/{video.pk}").status_code == 204
            assert method(f"/api/v1/me/saved-playlists/{crowd.playlist}").status_code == 204  # type: ignore[attr-defined]
        assert client.delete(f"/api/v1/playlists/{made}").status_code == 204
        said = client.post(
            f"/api/v1/videos/{video.pk}/comments", {"text": "Hi @user00001"}, format="json"
        ).json()
        path = f"/api/v1/comments/{said['id']}"
        assert client.put(f"{path}/reaction", {"value": "like"}, format="json").status_code == 200
        assert client.patch(path, {"text": "Ho"}, format="json").status_code == 200
        assert client.post(f"{path}/replies", {"text": "Hm"}, format="json").status_code == 201
        assert client.delete(path).status_code == 204
        report = client.post(f"/api/v1/videos/{video.pk}/report", {"reason": "spam"}, format="json")
        assert report.status_code == 201
        assert client.put("/api/v1/me/blocks/user09999").status_code == 200
        ids = [row["id"] for row in client.get("/api/v1/me/notifications").json()["results"]]
        assert client.post("/api/v1/me/notifications/read", {"ids": ids}, format="json").status_code == 200
        assert client.post("/api/v1/me/notifications/read", {}, format="json").status_code == 200
        post = client.post("/api/v1/posts", {"text": "News"}, format="json").json()["id"]
        assert client.delete(f"/api/v1/posts/{post}").status_code == 204
        assert owner.patch(f"/api/v1/videos/{mine.pk}", {"title": "Other"}, format="json").status_code == 200
        many = {"video_ids": [mine.pk], "action": "category", "value": "comedy"}
        assert owner.post("/api/v1/studio/videos/bulk", many, format="json").json()["changed"] == 1
        assert owner.delete(f"/api/v1/videos/{mine.pk}").status_code in (200, 202, 204)
        assert client.post("/api/v1/auth/logout-all", format="json").status_code == 200
        job = queue.take("worker", ["default"], 30)
        assert job is not None
        assert queue.renew(job, 30)
        assert queue.finish(job)
    assert _found(documents) == []


def test_a_query_without_an_index_is_found(crowd: Cast) -> None:
    """The check can fail: scans and sorts are told by name."""
    with recorded_documents() as documents:
        list(Video.objects.filter(source_name="x"))
        list(Video.objects.filter(channel=crowd.owner).order_by("title")[:3])
        list(User.objects.filter(username="owner").select_related())
        Video.objects.filter(source_name="x").update(title="y")
    assert _found(documents) == ["COLLSCAN videos_video", "SORT videos_video"]
    assert get_database()["videos_video"].count_documents({}) > 0
