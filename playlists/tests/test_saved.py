"""``/me/saved-playlists``: saving another account's playlist."""

import pytest

from playlists.models import Playlist, SavedPlaylist

URL = "/api/v1/me/saved-playlists"


@pytest.fixture
def playlist(cast):
    """Create the owner's public playlist with one video; return its id."""
    body = {"title": "Trip", "visibility": "public", "video_ids": [cast.video().pk]}
    return cast.api("owner").post("/api/v1/playlists", body, format="json").json()["id"]


def titles(cast):
    return [row["title"] for row in cast.api("member").get(URL).json()["results"]]


def test_saving_and_letting_go_can_be_repeated(cast, playlist):
    member = cast.api("member")
    assert member.get(f"/api/v1/playlists/{playlist}").json()["is_saved"] is False
    for _ in range(2):
        assert member.put(f"{URL}/{playlist}").status_code == 204
    assert titles(cast) == ["Trip"]
    assert member.get(f"/api/v1/playlists/{playlist}").json()["is_saved"] is True
    for _ in range(2):
        assert member.delete(f"{URL}/{playlist}").status_code == 204
    assert titles(cast) == []


def test_ones_own_is_409_and_a_hidden_one_404(cast, playlist):
    assert cast.api("owner").put(f"{URL}/{playlist}").status_code == 409
    cast.api("owner").patch(f"/api/v1/playlists/{playlist}", {"visibility": "private"}, format="json")
    assert cast.api("member").put(f"{URL}/{playlist}").status_code == 404
    assert not SavedPlaylist.objects.exists()


def test_saved_playlists_are_left_out_while_hidden(cast, playlist):
    cast.api("member").put(f"{URL}/{playlist}")
    for visibility, expected in (("private", []), ("unlisted", ["Trip"])):
        cast.api("owner").patch(f"/api/v1/playlists/{playlist}", {"visibility": visibility}, format="json")
        assert titles(cast) == expected


def test_a_deleted_playlist_is_saved_by_nobody(cast, playlist):
    cast.api("member").put(f"{URL}/{playlist}")
    assert cast.api("owner").delete(f"/api/v1/playlists/{playlist}").status_code == 204
    assert (titles(cast), SavedPlaylist.objects.count(), Playlist.objects.count()) == ([], 0, 0)


def test_the_page_keeps_and_lets_go(cast, playlist):
    page = cast.page("member")
    assert b"Save to library" in page.get(f"/playlists/{playlist}").content
    page.post(f"/playlists/{playlist}/keep", {"keep": "1"})
    assert b"In your library" in page.get(f"/playlists/{playlist}").content
    assert b"Trip" in page.get("/library?show=saved").content
    page.post(f"/playlists/{playlist}/keep", {"keep": "0"})
    assert b"No saved playlists" in page.get("/library?show=saved").content
    assert b"Save to library" not in cast.page("anonymous").get(f"/playlists/{playlist}").content
