"""A public video is in no list before it has a rendition and a thumbnail; its address and its owner's pages have it."""

from __future__ import annotations

import pytest

from accounts.models import User
from playlists.models import Playlist, PlaylistItem
from videos import services
from videos.models import Video
from videos.search import index

TITLE = "Starlings above the harbor"
EARLY = {"ready": False, "status": "processing", "generation": "gen1", "duration": 61.0, "title": TITLE}
LISTS = (
    "/",
    "/trending",
    "/search?q=starlings",
    "/@owner",
    "/@owner/videos",
    "/feeds/channels/owner.rss",
    "/api/v1/videos",
    "/api/v1/videos?q=starlings",
    "/api/v1/channels/owner/videos",
)


@pytest.fixture
def early(cast):
    """A public video with a first rendition, of whose beginning no frame could be taken."""
    video = cast.video(**EARLY)
    index.refresh_document(video.pk)
    return video


def body(cast, who: str, url: str) -> str:
    asking = cast.api(who) if url.startswith("/api/") else cast.page(who)
    response = asking.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


@pytest.mark.parametrize("url", LISTS)
def test_no_list_shows_a_public_video_without_a_thumbnail(cast, early, url):
    assert early.pk not in body(cast, "anonymous", url)
    Video.objects.filter(pk=early.pk).update(has_poster=True)
    services.refresh_listing(early.pk)
    index.refresh_document(early.pk)
    assert early.pk in body(cast, "anonymous", url)


@pytest.mark.usefixtures("database")
def test_sitemap_related_videos_and_counts_leave_it_out(cast, early):
    other = cast.video(title="Starlings above the field")
    month = early.created_at.strftime("%Y-%m")
    assert early.pk not in body(cast, "anonymous", f"/sitemaps/{month}.xml")
    assert other.pk in body(cast, "anonymous", f"/sitemaps/{month}.xml")
    assert early.pk not in body(cast, "anonymous", f"/watch/{other.pk}")
    assert User.objects.get(pk=cast.owner.pk).video_count == 1
    assert Video.objects.get(pk=early.pk).published_at is None


@pytest.mark.usefixtures("database")
def test_its_address_opens_for_everyone_and_its_owner_finds_it(cast, early):
    assert body(cast, "anonymous", f"/api/v1/videos/{early.pk}")
    assert early.pk in body(cast, "owner", "/studio/videos")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("visibility", ["public", "unlisted"])
def test_a_playlist_shows_it_to_its_owner_alone(cast, early, visibility):
    playlist = Playlist.objects.create(owner=cast.owner, title="Birds", visibility=visibility)
    PlaylistItem.objects.create(playlist=playlist, video=early, added_by_id=cast.owner.pk, rank=1.0)
    for who, shown in (("owner", True), ("stranger", False), ("anonymous", False)):
        assert (TITLE in body(cast, who, f"/playlists/{playlist.pk}")) is shown


@pytest.mark.usefixtures("database")
def test_a_playlist_names_the_state_of_a_video_without_a_length(cast):
    video = cast.video(ready=False, status="queued", duration=0.0, title=TITLE)
    playlist = Playlist.objects.create(owner=cast.owner, title="Birds", visibility="public")
    PlaylistItem.objects.create(playlist=playlist, video=video, added_by_id=cast.owner.pk, rank=1.0)
    assert '<span class="thumb-state">Queued</span>' in body(cast, "owner", f"/playlists/{playlist.pk}")
    assert TITLE not in body(cast, "anonymous", f"/playlists/{playlist.pk}")


@pytest.mark.usefixtures("database")
def test_a_complete_video_of_which_no_frame_can_be_taken_is_listed(cast):
    video = cast.video(title=TITLE, has_poster=False)
    assert video.pk in body(cast, "anonymous", "/api/v1/videos")
