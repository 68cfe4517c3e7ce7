"""``/me/watch-later``: an ordinary private playlist that every account has."""

import pytest

from playlists.models import Playlist

URL = "/api/v1/me/watch-later"


def put(cast, video, who="member"):
    answer = cast.api(who).put(f"{URL}/{video.pk}")
    assert answer.status_code == 204, answer.content
    return answer


def titles(cast):
    return [row["video"]["title"] for row in cast.api("member").get(URL).json()["results"]]


def test_putting_and_taking_out_can_be_repeated(cast):
    assert titles(cast) == []
    assert not Playlist.objects.exists()
    first, second = cast.video(title="First"), cast.video(title="Second")
    for video in (first, second, first):
        put(cast, video)
    assert titles(cast) == ["First", "Second"]
    for _ in range(2):
        assert cast.api("member").delete(f"{URL}/{first.pk}").status_code == 204
    assert titles(cast) == ["Second"]
    assert Playlist.objects.get().item_count == 1


def test_a_video_says_whether_it_is_in_it(cast):
    video = cast.video()

    def said(who):
        return cast.api(who).get(f"/api/v1/videos/{video.pk}").json()["viewer"]["in_watch_later"]

    assert said("member") is False
    put(cast, video)
    assert (said("member"), said("owner")) == (True, False)


def test_it_is_a_playlist_like_any_other(cast):
    videos = [cast.video(title=name) for name in ("First", "Second")]
    for video in videos:
        put(cast, video)
    member = cast.api("member")
    (playlist,) = member.get("/api/v1/playlists").json()["results"]
    assert (playlist["title"], playlist["is_watch_later"], playlist["item_count"]) == ("Watch later", True, 2)
    url = f"/api/v1/playlists/{playlist['id']}"
    first = member.get(f"{url}/items").json()["results"][0]["id"]
    assert member.patch(f"{url}/items/{first}", {"position": 1}, format="json").status_code == 200
    assert titles(cast) == ["Second", "First"]
    assert member.patch(url, {"sort": "newest"}, format="json").status_code == 200


@pytest.mark.parametrize("body", [{"title": "Mine"}, {"visibility": "public"}, {"allow_duplicates": True}])
def test_it_keeps_its_name_and_stays_private(cast, body):
    put(cast, cast.video())
    url = f"/api/v1/playlists/{Playlist.objects.get().pk}"
    member = cast.api("member")
    assert member.patch(url, body, format="json").status_code == 409
    assert member.delete(url).status_code == 409
    assert cast.stranger
    assert member.put(f"{url}/collaborators/stranger").status_code == 409
    assert member.put(url.replace("/playlists/", "/me/saved-playlists/")).status_code == 409
    for who in ("owner", "stranger", "staff", "anonymous"):
        assert cast.api(who).get(url).status_code == 404
    found = Playlist.objects.get()
    assert (found.title, found.visibility, found.collaborators) == ("Watch later", "private", [])


def test_a_hidden_video_cannot_be_put_there_and_leaves_nothing(cast):
    video = cast.video(visibility="private")
    assert cast.api("member").put(f"{URL}/{video.pk}").status_code == 404
    assert cast.api("member").put(f"{URL}/nothing").status_code == 404
    assert not Playlist.objects.exists()


def test_the_page_is_there_before_anything_is_in_it(cast):
    page = cast.page("member")
    assert b"No videos in Watch later" in page.get("/watch-later").content
    assert not Playlist.objects.exists()
    put(cast, cast.video(title="Kept for later"))
    assert b"Kept for later" in page.get("/watch-later").content
    assert cast.page("anonymous").get("/watch-later").status_code == 302
