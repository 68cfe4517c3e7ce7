"""Playlists and channels in the sitemaps: those that everyone finds anyway, and no others."""

from xml.etree import ElementTree

import pytest
from django.utils import timezone

from accounts.models import User
from playlists.models import Playlist
from videos.syndication import sitemaps

SITE = "http://localhost:8000"


def locations(cast, path):
    answer = cast.page("anonymous").get(path)
    assert answer.status_code == 200, path
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - the site's own
    return [found.text for found in root.findall(f"*/{{{sitemaps.SITEMAP_NAMESPACE}}}loc")]


def mapped(cast):
    files = locations(cast, "/sitemap.xml")
    return [page for file in files for page in locations(cast, file.removeprefix(SITE))]


def playlist(cast, who="member", visibility="public", **body):
    made = cast.api(who).post(
        "/api/v1/playlists", {"title": "P", "visibility": visibility, **body}, format="json"
    )
    return f"{SITE}/playlists/{made.json()['id']}"


@pytest.fixture
def video(cast):
    return cast.video(published_at=timezone.now())


def test_public_playlists_are_mapped_also_those_of_people_without_videos(cast, video):
    shown = playlist(cast, video_ids=[video.pk])
    for hidden in ("unlisted", "private"):
        playlist(cast, visibility=hidden, video_ids=[video.pk])
    playlist(cast)  # empty
    cast.api("member").put(f"/api/v1/me/watch-later/{video.pk}")
    assert mapped(cast) == [f"{SITE}/watch/{video.pk}", f"{SITE}/@owner", shown]
    User.objects.filter(pk=cast.member.pk).update(is_active=False)
    assert shown not in mapped(cast)


def test_a_channel_is_mapped_once_per_file_while_it_has_listed_videos(cast, video):
    cast.video(published_at=timezone.now())
    assert mapped(cast).count(f"{SITE}/@owner") == 1
    for row in (video, *type(video).objects.exclude(pk=video.pk)):
        cast.api("owner").patch(f"/api/v1/videos/{row.pk}", {"visibility": "unlisted"}, format="json")
    assert mapped(cast) == []


def test_many_playlists_take_several_files(cast, video, monkeypatch):
    made = {playlist(cast, video_ids=[video.pk]) for _ in range(3)}
    monkeypatch.setattr(sitemaps, "MAX_URLS", 2)
    month = f"{Playlist.objects.first().created_at:%Y-%m}"
    files = [file for file in locations(cast, "/sitemap.xml") if "/playlists-" in file]
    assert files == [f"{SITE}/sitemaps/playlists-{month}{end}.xml" for end in ("", "-2")]
    assert {page for file in files for page in locations(cast, file.removeprefix(SITE))} == made


@pytest.mark.parametrize("name", ["playlists-2001-01", "playlists-", "nothing-2026-01", "playlists-2026-13"])
def test_files_without_pages_are_absent(cast, name):
    assert cast.page("anonymous").get(f"/sitemaps/{name}.xml").status_code == 404
