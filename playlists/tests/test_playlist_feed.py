"""RSS feeds of playlists: the last videos that may be listed, if anyone may open the playlist."""

import feedparser
import pytest

from playlists import services
from playlists.models import Playlist
from tests.support.commands import recorded
from videos import services as video_services

SITE = "http://localhost:8000"
NASTY = "</script><script>alert(1)</script> ]]> \u202eRTL"


def made(cast, *videos, **fields):
    body = {"title": "Mine", "visibility": "public", "video_ids": [video.pk for video in videos]} | fields
    answer = cast.api("owner").post("/api/v1/playlists", body, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def feed(cast, playlist_id, who="anonymous", status=200):
    answer = cast.page(who).get(f"/feeds/playlists/{playlist_id}.rss")
    assert answer.status_code == status
    found = feedparser.parse(answer.content)
    assert status != 200 or not found.bozo
    return found


def test_the_last_videos_come_first(cast):
    videos = [cast.video(title=f"Part {number}", has_poster=True) for number in range(3)]
    playlist_id = made(cast, *videos, description="All parts")
    found = feed(cast, playlist_id)
    assert [entry.title for entry in found.entries] == ["Part 2", "Part 1", "Part 0"]
    assert (found.feed.title, found.feed.subtitle) == ("Mine", "All parts")
    assert found.feed.link == f"{SITE}/playlists/{playlist_id}"
    assert found.feed.image.href.startswith(f"{SITE}/files/")


def test_videos_that_are_in_no_list_are_left_out(cast):
    hidden = [cast.video(title=name, visibility=name) for name in ("unlisted", "private")]
    shown = cast.video(title="Shown")
    playlist_id = made(cast, *hidden, shown)
    assert [entry.title for entry in feed(cast, playlist_id, "owner").entries] == ["Shown"]
    video_services.update(shown, {"visibility": "unlisted"})
    assert feed(cast, playlist_id).entries == []
    closed = cast.user("closed")
    other = cast.video(owner=closed)
    services.add_video(Playlist.objects.get(pk=playlist_id), cast.owner, other.pk)
    assert len(feed(cast, playlist_id).entries) == 1
    closed.is_active = False
    closed.save()
    assert feed(cast, playlist_id).entries == []


@pytest.mark.parametrize("who", ["anonymous", "owner"])
def test_a_private_playlist_has_no_feed(cast, who):
    playlist_id = made(cast, cast.video(), visibility="private")
    feed(cast, playlist_id, who, 404)
    feed(cast, "x" * 16, who, 404)
    if who == "owner":
        assert "rss+xml" not in cast.page(who).get(f"/playlists/{playlist_id}").content.decode()


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
def test_the_page_names_the_feed(cast, visibility):
    playlist_id = made(cast, cast.video(), visibility=visibility)
    text = cast.page("anonymous").get(f"/playlists/{playlist_id}").content.decode()
    assert f'type="application/rss+xml" href="{SITE}/feeds/playlists/{playlist_id}.rss"' in text
    assert len(feed(cast, playlist_id).entries) == 1


def test_user_text_is_inert(cast):
    playlist_id = made(cast, cast.video(title=NASTY), title=NASTY, description=NASTY)
    answer = cast.page("anonymous").get(f"/feeds/playlists/{playlist_id}.rss")
    assert b"<script" not in answer.content
    assert b"]]>" not in answer.content
    assert feed(cast, playlist_id).entries[0].title == NASTY


@pytest.mark.usefixtures("uncached_rows")
def test_a_long_playlist_costs_no_more_and_is_known_by_its_etag(cast):
    playlist_id = made(cast, *[cast.video(title=f"Part {number}") for number in range(60)])
    with recorded() as commands:
        found = feed(cast, playlist_id)
    assert (len(found.entries), found.entries[0].title) == (50, "Part 59")
    assert len(commands) == 5
    page = cast.page("anonymous")
    first = page.get(f"/feeds/playlists/{playlist_id}.rss")
    again = page.get(f"/feeds/playlists/{playlist_id}.rss", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
