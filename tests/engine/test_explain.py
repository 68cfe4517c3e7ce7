"""The product's pages, lists, filters and admin among thousands of everything: what they read is bounded.

The server's profiler says how many documents each operation read. Filters are tried alone and together, with values
that much has and with values that little has, and with pairs that each have much and together nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations, product
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import AnonymousUser, Group
from django.core.handlers.wsgi import WSGIRequest
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoDbBlocker

from accounts.models import User
from playlists.models import Playlist
from streamsite.admin_lists import BoundedListMixin
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_database
from streamsite.site_settings import sections, services
from streamsite.site_settings.features import Features
from streamsite.tasks import queue
from streamsite.visibility import Visibility
from tests.engine.crowd import Crowd
from tests.engine.profiler import Profile, enable_profiling
from tests.support.commands import recorded_documents
from tests.support.plugin import empty_collections
from tests.support.profile import sample, walk
from videos import library_filters, queries
from videos.models import Video
from videos.search.store import SEARCH_VIDEOS
from videos.studio import videos_table

pytestmark = [pytest.mark.slow, pytest.mark.timeout(170)]

# As nobody, as the owner of much, as a member who follows everybody, and as staff.
PATHS = [
    "/",
    "/?sort=views",
    "/?category=music",
    "/category/music",
    "/category/comedy?sort=views",
    "/tag/music",
    "/tag/zebra?sort=likes",
    "/settings/hidden",
    "/settings/hidden?show=channels",
    "/watch/{video}/menu",
    "/search?q=music",
    "/search?q=owner&category=music&uploaded=year&captions=1",
    "/search?q=user&show=channels",
    "/search?q=user00123&show=channels",
    "/search?q=list&show=playlists",
    "/api/v1/channels?q=user",
    "/api/v1/channels?q=user00123+nobody",
    "/api/v1/search/suggest?q=user",
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
    "/feeds/site.atom",
    "/feeds/categories/music.json?page=2",
    "/feeds/tags/one.rss",
    "/feeds/videos/{video}/comments.rss",
    "/sitemap.xml",
    "/sitemaps/2025-01.xml",
    "/sitemaps/playlists-{month}.xml",
]


@pytest.fixture(scope="module")
def crowd(prepared_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Crowd]:
    """The thousands, and the profiler that watches what is asked about them."""
    with django_db_blocker.unblock():
        cast = Crowd()
        cast.build()
        with enable_profiling():
            yield cast
        empty_collections()


@pytest.mark.parametrize("who", ["anonymous", "member", "owner"])
def test_every_page_reads_little(crowd: Crowd, who: str) -> None:
    """No collection is scanned and no many documents are read for few, whoever asks."""
    assert faults_of_pages(crowd, who) == {}


def faults_of_pages(crowd: Crowd, who: str) -> dict[str, set[str]]:
    """Ask for every page; return what read too much."""
    video = Video.objects.filter(channel=crowd.owner, visibility=Visibility.PUBLIC)[0]
    ids = {"playlist": crowd.playlist, "comment": crowd.comment, "post": crowd.post, **crowd.places}
    ids["month"] = f"{Playlist.objects.get(pk=crowd.playlist).created_at:%Y-%m}"
    clients: dict[bool, Client] = {True: crowd.api(who), False: crowd.page(who)}
    profile = Profile()
    for path in PATHS:
        profile.mark(path)
        answer = clients[path.startswith("/api/")].get(path.format(video=video.pk, **ids))
        assert answer.status_code in (200, 302, 401, 403, 404), (path, answer.status_code)
        if following := _next_page(answer):
            profile.mark(f"{path}, page 2")
            assert clients[True].get(following).status_code == 200
    return profile.faults()


def _next_page(answer: HttpResponse) -> str:
    """Return the path of the page after that of a list, "" after the last one and for what is no list."""
    if answer.status_code != 200 or not answer["Content-Type"].startswith("application/json"):
        return ""
    body = json.loads(answer.content)
    parts = urlsplit(body.get("next") or "")
    return f"{parts.path}?{parts.query}" if parts.path else ""


@pytest.fixture(params=["every other"])
def hidden_videos(crowd: Crowd, request: pytest.FixtureRequest) -> Iterator[None]:
    """A site that hides sensitive videos, and has many of them."""
    rows = Video.objects.filter(listed=True).order_by("-published_at", "-id")
    ids: list[str] = list(rows.values_list("pk", flat=True))
    chosen = {"every other": ids[::2], "the newest": ids[:1_500], "all but one": ids[:-1]}[request.param]
    videos, found = collection(Video._meta.db_table), collection(SEARCH_VIDEOS)
    for rows in (videos, found):
        rows.update_many({"_id": {"$in": chosen}}, {"$set": {"shown_as_sensitive": True}})
    services.save(sections.section_of(Features), {"sensitive_content": "hide"})
    try:
        yield
    finally:
        services.save(sections.section_of(Features), {}, reset=["sensitive_content"])
        for rows in (videos, found):
            rows.update_many({}, {"$set": {"shown_as_sensitive": False}})


@pytest.mark.parametrize("who", ["anonymous", "member", "owner"])
def test_pages_that_hide_sensitive_videos_read_little(crowd: Crowd, hidden_videos: None, who: str) -> None:
    """Hidden ones are left out by the index, not after they were read."""
    assert faults_of_pages(crowd, who) == {}


# Few have the first ones. Half of the videos have category music and tag music, the others have language en.
LITTLE = [
    "category=comedy",
    "language=fr",
    "duration=long",
    "captions=1",
    "tag=zebra",
    "uploaded=hour",
    "channel=user00000",
]
MUCH = ["category=music", "language=en", "duration=short", "tag=music", "uploaded=year", "channel=owner"]
CHOSEN = [(), *combinations([*LITTLE, *MUCH], 1), *sample(list(combinations([*LITTLE, *MUCH], 2)), 8)]
CHOSEN += [
    ("category=comedy", "language=fr", "duration=long", "captions=1"),
    ("tag=music", "channel=owner", *LITTLE[:1]),
]
WORDS = ["zebra", "music", "musi", "music -zebra", "music video"]


def _asked(parts: tuple[str, ...]) -> WSGIRequest:
    request = RequestFactory().get("/api/v1/videos?" + "&".join(parts))
    request.user = AnonymousUser()
    return request


@pytest.mark.parametrize("sort", list(library_filters.SORTS))
def test_every_filter_reads_little(crowd: Crowd, sort: str) -> None:
    """Each alone and each with each, in every order, whether much or little is found."""
    profile = Profile()
    for chosen in CHOSEN:
        profile.mark(chosen)
        page = queries.library_page(_asked((*chosen, f"sort={sort}")))
        if {"captions=1", "language=en"} <= set(chosen):
            assert page.rows == []
    assert profile.faults() == {}


@pytest.mark.parametrize("words", sample(WORDS, 3))
def test_every_filter_of_a_search_reads_little(crowd: Crowd, words: str) -> None:
    """Words that little has and words that much has, with each filter."""
    profile = Profile()
    for chosen in CHOSEN:
        if len(chosen) > 1 and not set(chosen) & set(LITTLE):
            continue  # of what much has, a search reads the most viewed until it has its 500
        profile.mark(chosen)
        queries.library_page(_asked((*chosen, f"q={words}")))
    assert profile.faults() == {}


def test_every_filter_of_the_studio_reads_little(crowd: Crowd) -> None:
    """A channel's own videos by words, state, visibility and category, in every order."""
    profile = Profile()
    offered = {
        "q": ["", "zebra", "nothing", "Video", "zebra video", "wi-fi"],
        "visibility": ["", "private", "unlisted"],
        "status": ["", "failed"],
        "category": ["", "comedy", "music"],
        "sort": list(videos_table.SORTS),
    }
    for values in sample(list(product(*offered.values())), 40):
        wanted = dict(zip(offered, values, strict=True))
        profile.mark(values)
        videos_table.own_videos_page(RequestFactory().get("/studio/videos"), crowd.owner.pk, wanted)
    assert profile.faults() == {}


@pytest.mark.parametrize("words", ["zebra", "music", "nothing", "zebra video", "wi-fi"])
def test_a_search_of_the_history_reads_little(crowd: Crowd, words: str) -> None:
    """Also for words that little or nothing of it has."""
    profile = Profile(words)
    assert crowd.api("member").get(f"/api/v1/me/history?q={words}").status_code == 200
    assert profile.faults() == {}


LISTS = [model for model in admin.site._registry if model is not Group]


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.model_name)
def test_every_list_of_the_admin_reads_little(crowd: Crowd, model: type[Model]) -> None:
    """Its first and a later page, every choice of its filters, alone and with each other, and searches."""
    listed = admin.site._registry[model]
    assert isinstance(listed, BoundedListMixin)
    filters = _filters(crowd, listed)
    choices = [choice for offered in filters for choice in offered]
    asked = ["", "o=1.-2", "q=zebra", "q=user00000", "q=owner", "q=nobody", *choices]
    asked += [
        f"{one}&{other}"
        for some, more in combinations(filters, 2)
        for one in some[-walk(1, deep=2) :]
        for other in more[-walk(1, deep=2) :]
    ]
    asked += [f"q={word}&{offered[-1]}" for word in sample(("zebra", "owner"), 1) for offered in filters]
    asked += ["p=3"] if model._default_manager.count() > 300 else []
    profile = Profile()
    for query in asked:
        profile.mark(query)
        list(listed.get_changelist_instance(_by_staff(crowd, query)).result_list)
    assert profile.faults() == {}


def _by_staff(crowd: Crowd, query: str) -> WSGIRequest:
    request = RequestFactory().get(f"/?{query}")
    request.user = AnonymousUser()
    request.user = crowd.staff
    return request


def _filters(crowd: Crowd, listed: ModelAdmin[Model]) -> list[list[str]]:
    """Return the query strings that the list's own links choose, by filter."""
    changes = listed.get_changelist_instance(_by_staff(crowd, ""))
    links = [
        [choice["query_string"].lstrip("?") for choice in spec.choices(changes)]
        for spec in changes.filter_specs
    ]
    return [[link for link in offered if link] for offered in links]


def _cursor(link: str) -> str:
    return parse_qs(urlsplit(link).query).get("cursor", [link])[0]


def test_the_most_watched_videos_are_found_by_the_index_alone(crowd: Crowd) -> None:
    """No day of a video is read for it, however many there are."""
    with recorded_documents() as documents:
        assert crowd.api("owner").get("/api/v1/studio/stats?range=90d").json()["top_videos"]
    (command,) = [command for _, command in documents if command.get("aggregate") == "video_day"]
    bare = {key: command[key] for key in ("aggregate", "pipeline", "cursor")}
    plan = str(get_database().command("explain", bare, verbosity="queryPlanner"))
    assert "video_day_by_channel" in plan
    assert "'FETCH'" not in plan


def test_pages_further_on_have_an_index(crowd: Crowd) -> None:
    """The cursor of a list leads to the next page by the index, too."""
    for path in (
        "/api/v1/videos",
        "/api/v1/channels/owner/videos",
        "/api/v1/me/feed",
        "/api/v1/me/subscriptions",
        "/api/v1/playlists",
        "/api/v1/me/saved-playlists",
        f"/api/v1/playlists/{crowd.playlist}/items",
        f"/api/v1/playlists/{crowd.places['sorted']}/items",
    ):
        client = crowd.api("member")
        first = client.get(path).json()
        profile = Profile(path)
        second = client.get(path, {"cursor": _cursor(first["next"])})
        assert second.status_code == 200, path
        assert second.json()["results"]
        assert profile.faults() == {}


def test_writes_have_an_index(crowd: Crowd) -> None:
    """Logging in, refreshing, subscribing, editing, moving, deleting, and the queue's taking of a job."""
    video = Video.objects.filter(visibility=Visibility.PUBLIC).first()
    mine = Video.objects.filter(channel=crowd.owner).first()
    assert video is not None
    assert mine is not None
    profile = Profile()
    client, owner = crowd.api("member"), crowd.api("owner")
    assert client.delete("/api/v1/channels/owner/subscription").status_code == 200
    assert client.put("/api/v1/channels/owner/subscription").status_code == 200
    made = client.post("/api/v1/playlists", {"title": "New"}, format="json").json()["id"]
    added = client.post(f"/api/v1/playlists/{made}/items", {"video_id": video.pk}, format="json")
    assert added.status_code == 201, added.content
    rows = f"/api/v1/playlists/{crowd.places['sorted']}"
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
        assert method(f"/api/v1/me/saved-playlists/{crowd.playlist}").status_code == 204
    assert client.delete(f"/api/v1/playlists/{made}").status_code == 204
    said = client.post(f"/api/v1/videos/{video.pk}/comments", {"text": "Hi @user00001"}, format="json").json()
    path = f"/api/v1/comments/{said['id']}"
    assert client.put(f"{path}/reaction", {"value": "like"}, format="json").status_code == 200
    assert client.patch(path, {"text": "Ho"}, format="json").status_code == 200
    assert client.post(f"{path}/replies", {"text": "Hm"}, format="json").status_code == 201
    assert client.delete(path).status_code == 204
    report = client.post(f"/api/v1/videos/{video.pk}/report", {"reason": "spam"}, format="json")
    assert report.status_code == 201
    assert client.put("/api/v1/me/blocks/user02999").status_code == 200
    for path in (f"/api/v1/me/not-interested/{video.pk}", "/api/v1/me/hidden-channels/user02999"):
        assert client.put(path).status_code == 204
        assert client.get("/api/v1/trending").status_code == 200
        assert client.delete(path).status_code == 204
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
    assert profile.faults() == {}


def test_a_query_without_an_index_is_found(crowd: Crowd) -> None:
    """The check can fail: scans, and many documents read for few, are told by name."""
    profile = Profile("x")
    list(Video.objects.filter(source_name="x"))
    list(Video.objects.filter(channel=crowd.owner, source_name="x"))
    list(Video.objects.filter(listed=True, source_name="x").order_by("-published_at", "-id"))
    list(User.objects.filter(username="owner").select_related())
    walk, scan = sorted(profile.faults()["x"])
    assert scan == "COLLSCAN videos_video"
    assert "documents of videos_video read for 0" in walk
