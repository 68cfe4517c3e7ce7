"""A page of results neither repeats nor skips a row when something new arrives between two pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from playlists import services as playlists
from streamsite.admin_lists import ROWS_PER_PAGE
from streamsite.api.pagination import paginate_ranked
from subscriptions import services as subscribing
from subscriptions.posts import services as posts
from tests.support.users import Cast
from videos.comments import services as comments
from videos.comments import targets
from videos.models import Video
from videos.playback import history
from videos.reactions import services
from videos.search import index

SIZE, MANY = 2, 7
Arrive = Callable[[Cast, int], object]


def person(cast: Cast, number: int) -> User:
    return cast.user(f"walker-{number:02d}")


def film(cast: Cast, number: int, **more: object) -> Video:
    return cast.video(title=f"Walk number {number}", view_count=number * 3, **more)


def watched(cast: Cast, number: int) -> object:
    return history.record_position(cast.owner, film(cast, number), 5.0)


def liked(cast: Cast, number: int) -> object:
    return services.react(cast.owner, film(cast, number), "like")


def commented(cast: Cast, number: int) -> object:
    first = Video.objects.filter(title="Commented").first() or cast.video(title="Commented")
    return comments.create(person(cast, number), targets.video_target(first), f"Walk {number}")


def followed(cast: Cast, number: int) -> object:
    return subscribing.subscribe(person(cast, number), cast.owner)


def following(cast: Cast, number: int) -> object:
    return subscribing.subscribe(cast.owner, person(cast, number))


def listed(cast: Cast, number: int) -> object:
    return playlists.create_playlist(cast.owner, {"title": f"Walk {number}", "visibility": "public"})


def posted(cast: Cast, number: int) -> object:
    return posts.create(cast.owner, {"text": f"Walk {number}"})


# Each list of people, and what makes a row come into it. ``{first}`` is the id of the first video.
LISTS: dict[str, Arrive] = {
    "videos": film,
    "videos?q=walk": film,
    "videos?q=walk&sort=newest": film,
    "videos?q=walk&sort=views": film,
    "videos?sort=views": film,
    "videos?sort=trending": film,
    "trending": film,
    "channels?q=walker": person,
    "channels/owner/videos": film,
    "channels/owner/playlists": listed,
    "channels/owner/posts": posted,
    "channels/owner/subscribers": followed,
    "channels/owner/subscriptions": following,
    "studio/videos": film,
    "studio/videos?q=walk": film,
    "studio/videos?sort=views": film,
    "studio/comments": commented,
    "me/history": watched,
    "me/history?q=walk": watched,
    "me/likes": liked,
    "me/subscriptions": following,
    "me/notifications": commented,
    "playlists": listed,
    "videos/{first}/comments?sort=newest": commented,
    "videos/{first}/comments?sort=top": commented,
}


def key(row: dict[str, object]) -> str:
    found = row.get("id") or row.get("username") or row["video"]["id"]
    return str(found)


@pytest.mark.parametrize("path", LISTS)
def test_new_rows_between_two_pages_repeat_and_skip_nothing(database: None, cast: Cast, path: str) -> None:
    arrive, api = LISTS[path], cast.api("owner")
    for number in range(MANY):
        arrive(cast, number)
    first = Video.objects.order_by("created_at").values_list("pk", flat=True).first()
    address = f"/api/v1/{path.format(first=first)}"
    mark = "&" if "?" in path else "?"
    there = {key(row) for row in api.get(f"{address}{mark}page_size=100").json()["results"]}
    assert len(there) >= MANY
    seen: list[str] = []
    url, number = f"{address}{mark}page_size={SIZE}", MANY
    while url:
        page = api.get(url).json()
        seen += [key(row) for row in page["results"]]
        arrive(cast, number)
        url, number = page["next"], number + 1
        assert number < 5 * MANY
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


def test_a_row_that_becomes_popular_between_two_pages_is_not_repeated(database: None, cast: Cast) -> None:
    """The order of a search changes with every doubling of a video's views."""
    for number in range(MANY):
        film(cast, number)
    api, seen, url = cast.api("anonymous"), [], f"/api/v1/videos?q=walk&page_size={SIZE}"
    while url:
        page = api.get(url).json()
        seen += [key(row) for row in page["results"]]
        for one in Video.objects.exclude(pk__in=seen)[:1]:
            index.update_popularity(one.pk, 10**9)
        index.update_popularity(seen[-1], 10**9)
        url = page["next"]
    assert len(seen) == len(set(seen)) == MANY


def test_the_way_back_shows_the_same_pages(database: None, cast: Cast) -> None:
    for number in range(MANY):
        film(cast, number)
    api, pages, url = cast.api("anonymous"), [], f"/api/v1/videos?q=walk&page_size={SIZE}"
    while url:
        pages.append(api.get(url).json())
        url = pages[-1]["next"]
        film(cast, MANY + len(pages))
        if len(pages) == 3:
            break
    back = pages[-1]
    for former in reversed(pages[:-1]):
        back = api.get(back["previous"]).json()
        assert [key(row) for row in back["results"]] == [key(row) for row in former["results"]]
    assert back["previous"] is None
    assert [key(row) for row in api.get(back["next"]).json()["results"]] != []


def test_every_cursor_of_the_longest_search_is_taken() -> None:
    """The last page of 500 results, with a cursor that names all before it, and one of the previous release."""
    keys = [f"video{number:06d}" for number in range(500)]
    url, seen = "/api/v1/videos?q=x&page_size=7", []
    while url:
        page = paginate_ranked(RequestFactory().get(url), keys, lambda ids: list(ids), absolute=False)  # type: ignore[type-var]
        seen += page.rows
        url = page.next
        assert len(url or "") < 6_000
    assert seen == keys


def test_a_list_of_the_admin_stays_while_rows_arrive(database: None, cast: Cast) -> None:
    page = cast.page("staff")
    start = timezone.now() - timedelta(days=1)
    Video.objects.bulk_create(
        Video(channel=cast.owner, title=f"Film {n:03d}", created_at=start + timedelta(seconds=n))
        for n in range(150)
    )

    def shown(url: str) -> tuple[list[str], list[str]]:
        html = page.get(url).content.decode()
        found = [f"Film {part[:3]}" for part in html.split("Film ")[1:] if part[:3].isdigit()]
        links = [part.split('"')[0].replace("&amp;", "&") for part in html.split('href="?')[1:]]
        return list(dict.fromkeys(found)), [link for link in links if "p=2" in link.split("&")]

    first, links = shown("/admin/videos/video/")
    assert len(first) == ROWS_PER_PAGE
    for n in range(5):
        cast.video(title=f"Film {900 + n}")
    second, _ = shown(f"/admin/videos/video/?{links[0]}")
    assert not set(first) & set(second)
    assert len(set(first) | set(second)) == 2 * ROWS_PER_PAGE
    assert shown("/admin/videos/video/?p=2&as_of=never")[0]
