"""Share links: expiring, counted, revocable, and good for nothing but their video."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from videos import services
from videos.files import paths
from videos.models import ShareLink, Video
from videos.views import media


@pytest.fixture
def private(cast):
    video = cast.video(visibility="private")
    folder = paths.generation_dir(video.pk, "gen1")
    folder.mkdir(parents=True)
    (folder / "master.m3u8").write_bytes(b"#EXTM3U\n")
    return video


def create(cast, video, **fields):
    answer = cast.api("owner").post(f"/api/v1/videos/{video.pk}/share-links", fields, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def path_of(link):
    parts = urlsplit(link["url"])
    return f"{parts.path}?{parts.query}"


def views():
    return ShareLink.objects.get().views


def test_a_link_opens_the_page_the_api_and_the_media(cast, private):
    link = create(cast, private, label="For Ann")
    visitor = Client()
    assert visitor.get(path_of(link)).status_code == 200
    assert visitor.get(f"/watch/{private.pk}").status_code == 200
    body = visitor.get(f"/api/v1/videos/{private.pk}").json()
    assert visitor.get(body["hls_url"]).status_code == 200
    assert Client().get(body["hls_url"]).status_code == 200
    assert visitor.get(f"/api/v1/videos/{private.pk}/transcript").status_code == 200
    assert views() == 1
    assert Client().get(f"/watch/{private.pk}").status_code == 404
    other = cast.video(visibility="private", owner=cast.owner)
    query = urlsplit(link["url"]).query
    assert Client().get(f"/watch/{other.pk}?{query}").status_code == 404


def test_a_link_changes_nothing(cast, private):
    query = urlsplit(create(cast, private)["url"]).query
    stranger = cast.api("stranger")
    assert (
        stranger.patch(f"/api/v1/videos/{private.pk}?{query}", {"title": "x"}, format="json").status_code
        == 404
    )
    assert stranger.get(f"/api/v1/videos/{private.pk}/share-links?{query}").status_code == 404
    assert Client().get(f"/api/v1/videos?{query}").json()["results"] == []


def test_the_limit_of_views_is_kept(cast, private):
    link = create(cast, private, max_views=2)
    codes = [Client().get(path_of(link)).status_code for _ in range(3)]
    assert codes == [200, 200, 404]
    assert views() == 2
    listed = cast.api("owner").get(f"/api/v1/videos/{private.pk}/share-links").json()["results"]
    assert (listed[0]["views"], listed[0]["is_spent"]) == (2, True)


def test_the_owner_uses_up_nothing(cast, private):
    link = create(cast, private, max_views=1)
    assert cast.page("owner").get(path_of(link)).status_code == 200
    assert views() == 0


def test_a_revoked_link_stops_playing(cast, private):
    link = create(cast, private)
    visitor = Client()
    visitor.get(path_of(link))
    url = visitor.get(f"/api/v1/videos/{private.pk}").json()["hls_url"]
    assert (
        cast.api("owner").delete(f"/api/v1/videos/{private.pk}/share-links/{link['id']}").status_code == 204
    )
    media.forget_all()
    assert visitor.get(url).status_code == 404
    assert visitor.get(path_of(link)).status_code == 404


def test_an_expired_link_stops_playing(cast, private):
    link = create(cast, private, expires_in=3600)
    visitor = Client()
    visitor.get(path_of(link))
    url = visitor.get(f"/api/v1/videos/{private.pk}").json()["hls_url"]
    assert visitor.get(url).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1), tick=True):
        media.forget_all()
        assert visitor.get(url).status_code == 404
        assert Client().get(path_of(link)).status_code == 404


def test_forged_links_open_nothing(cast, private):
    link = create(cast, private)
    secret = urlsplit(link["url"]).query.removeprefix("share=")
    for forged in (
        "",
        "x",
        secret[:-1] + "0x"[secret[-1] == "0"],
        secret.swapcase(),
        f"{secret}&share=",
        "\0",
        "%00",
    ):
        answer = Client().get(f"/watch/{private.pk}", {"share": forged})
        assert answer.status_code == (200 if forged == secret else 404), forged
    assert views() == 0


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"max_views": 0}, "max_views"),
        ({"max_views": "many"}, "max_views"),
        ({"max_views": True}, "max_views"),
        ({"expires_in": -1}, "expires_at"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"expires_at": "2999-01-01T00:00:00Z"}, "expires_at"),
        ({"label": "x" * 61}, "label"),
    ],
)
def test_a_link_that_is_not_right_is_named(cast, private, fields, named):
    answer = cast.api("owner").post(f"/api/v1/videos/{private.pk}/share-links", fields, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [named])


def test_a_look_at_the_head_uses_nothing_up(cast, private):
    link = create(cast, private, max_views=1)
    for _ in range(2):
        assert Client().head(path_of(link)).status_code == 200
    assert views() == 0
    assert Client().get(path_of(link)).status_code == 200
    assert Client().head(path_of(link)).status_code == 404


def test_a_link_follows_what_becomes_of_the_video(cast, private):
    link = create(cast, private, max_views=5)
    visitor = Client()
    for changes, status in (
        ({"visibility": "public"}, 200),
        ({"visibility": "private", "is_taken_down": True}, 404),
        ({"is_taken_down": False}, 200),
    ):
        Video.objects.filter(pk=private.pk).update(**changes)
        assert visitor.get(path_of(link)).status_code == status, changes
    assert views() == 1  # nobody needed it while the video was public
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert visitor.get(path_of(link)).status_code == 404
    User.objects.filter(pk=cast.owner.pk).update(is_active=True)
    services.delete(private)
    assert visitor.get(path_of(link)).status_code == 404
    assert not ShareLink.objects.exists()
