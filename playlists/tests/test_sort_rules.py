"""Sort rules of playlists: newest, oldest, most viewed; and the order by hand, which is kept."""

import datetime as dt

import pytest
from django.utils import timezone

from playlists.models import PlaylistItem
from videos import services as video_services
from videos.models import Video
from videos.signals import generation_completed, views_counted

URL = "/api/v1/playlists"


@pytest.fixture
def listed(cast):
    """Publish videos A, B, and C in the order B, C, A with 5, 50, and 500 views; return the playlist's URL."""
    videos = [cast.video(title=name) for name in "ABC"]
    for video, hours, views in zip(videos, (1, 9, 5), (5, 50, 500), strict=True):
        Video.objects.filter(pk=video.pk).update(
            published_at=timezone.now() - dt.timedelta(hours=hours), view_count=views
        )
    body = {"title": "Sorted", "visibility": "public", "video_ids": [video.pk for video in videos]}
    answer = cast.api("owner").post(URL, body, format="json")
    return f"{URL}/{answer.json()['id']}"


def titles(cast, url, who="anonymous"):
    rows = cast.api(who).get(f"{url}/items").json()["results"]
    assert [row["position"] for row in rows] == list(range(len(rows)))
    return "".join(row["video"]["title"] for row in rows)


def sort(cast, url, rule):
    answer = cast.api("owner").patch(url, {"sort": rule}, format="json")
    assert (answer.status_code, answer.json()["sort"]) == (200, rule)


@pytest.mark.parametrize(("rule", "expected"), [("newest", "ACB"), ("oldest", "BCA"), ("most_viewed", "CBA")])
def test_a_rule_orders_and_the_order_by_hand_comes_back(cast, listed, rule, expected):
    rows = cast.api("owner").get(f"{listed}/items").json()["results"]
    cast.api("owner").patch(f"{listed}/items/{rows[0]['id']}", {"position": 1}, format="json")
    sort(cast, listed, rule)
    assert titles(cast, listed) == expected
    sort(cast, listed, "manual")
    assert titles(cast, listed) == "BAC"


def test_added_videos_take_their_place(cast, listed):
    sort(cast, listed, "most_viewed")
    video = cast.video(title="D", view_count=20)
    cast.api("owner").post(f"{listed}/items", {"video_id": video.pk}, format="json")
    assert titles(cast, listed) == "CBDA"
    sort(cast, listed, "manual")
    assert titles(cast, listed) == "ABCD"


def test_nobody_moves_by_hand_what_a_rule_orders(cast, listed):
    sort(cast, listed, "newest")
    item = cast.api("owner").get(f"{listed}/items").json()["results"][0]["id"]
    moved = cast.api("owner").patch(f"{listed}/items/{item}", {"position": 2}, format="json")
    assert (moved.status_code, moved.json()["code"]) == (409, "conflict")
    body = {"video_id": cast.video(title="D").pk, "position": 0}
    assert cast.api("owner").post(f"{listed}/items", body, format="json").status_code == 409
    assert titles(cast, listed) == "ACB"
    noted = cast.api("owner").patch(f"{listed}/items/{item}", {"note": "Still"}, format="json")
    assert noted.json()["note"] == "Still"
    page = cast.page("owner").post(f"{listed.removeprefix('/api/v1')}/items/{item}/move", {}, follow=True)
    assert b"Switch to custom order" in page.content


def test_views_that_are_counted_move_a_video(cast, listed):
    sort(cast, listed, "most_viewed")
    video = Video.objects.get(title="A")
    Video.objects.filter(pk=video.pk).update(view_count=900)
    views_counted.send(sender=Video, video_id=video.pk, views=900)
    assert titles(cast, listed) == "ACB"


def test_a_video_that_is_published_moves_to_its_time(cast, listed):
    hidden = cast.video(title="D", visibility="private", created_at=timezone.now() - dt.timedelta(days=9))
    cast.api("owner").post(f"{listed}/items", {"video_id": hidden.pk}, format="json")
    sort(cast, listed, "newest")
    assert titles(cast, listed, "owner") == "ACBD"
    video_services.update(hidden, {"visibility": "public"})
    assert titles(cast, listed) == "DACB"


def test_a_length_that_becomes_known_counts(cast, listed):
    draft = cast.video(title="D", ready=False, duration=0.0)
    cast.api("owner").post(f"{listed}/items", {"video_id": draft.pk}, format="json")
    assert cast.api("owner").get(listed).json()["duration"] == 30.0
    Video.objects.filter(pk=draft.pk).update(duration=7.5)
    for _ in range(2):
        generation_completed.send(sender=Video, video_id=draft.pk)
    assert cast.api("owner").get(listed).json()["duration"] == 37.5
    item = PlaylistItem.objects.get(video=draft).pk
    cast.api("owner").delete(f"{listed}/items/{item}")
    assert cast.api("owner").get(listed).json()["duration"] == 30.0


def test_an_unknown_rule_is_400(cast, listed):
    answer = cast.api("owner").patch(listed, {"sort": "random"}, format="json")
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"sort"})


def test_the_page_sorts(cast, listed):
    place = listed.removeprefix("/api/v1")
    assert cast.page("owner").post(f"{place}/sort", {"sort": "oldest"}).status_code == 302
    assert titles(cast, listed) == "BCA"
    assert b"Oldest first" in cast.page("anonymous").get(place).content
