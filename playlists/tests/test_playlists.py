"""``/playlists``: create, fill, reorder, hide, delete."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from playlists.models import Playlist, PlaylistItem
from tests.support.commands import recorded_queries
from videos import services as video_services
from videos.models import Strike

URL = "/api/v1/playlists"


@pytest.fixture
def playlist(cast):
    """Put three public videos of a stranger into the owner's public playlist; return its URL and the video ids."""
    videos = [cast.video(owner=cast.stranger, title=f"Video {number}").pk for number in range(3)]
    body = {"title": "Favourites", "visibility": "public", "video_ids": videos}
    answer = cast.api("owner").post(URL, body, format="json")
    assert answer.status_code == 201
    return f"{URL}/{answer.json()['id']}", videos


def order(api, url):
    items = api.get(f"{url}/items").json()["results"]
    assert [item["position"] for item in items] == list(range(len(items)))
    return [item["video"]["id"] for item in items]


def item_ids(api, url):
    return [item["id"] for item in api.get(f"{url}/items").json()["results"]]


def test_a_playlist_keeps_its_videos_in_order(cast, playlist):
    url, videos = playlist
    body = cast.api("anonymous").get(url).json()
    assert (body["title"], body["item_count"], body["duration"], body["version"]) == (
        "Favourites",
        3,
        30.0,
        1,
    )
    assert order(cast.api("anonymous"), url) == videos


def test_adding_twice_is_409_and_counts_once(cast, playlist):
    url, _ = playlist
    api = cast.api("owner")
    extra = cast.video(title="Extra").pk
    assert api.post(f"{url}/items", {"video_id": extra}, format="json").status_code == 201
    again = api.post(f"{url}/items", {"video_id": extra}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_in_playlist")
    assert api.get(url).json()["item_count"] == 4
    assert order(api, url)[-1] == extra


def test_adding_at_a_position(cast, playlist):
    url, videos = playlist
    extra = cast.video(title="Extra").pk
    answer = cast.api("owner").post(f"{url}/items", {"video_id": extra, "position": 1}, format="json")
    assert answer.json()["position"] == 1
    assert order(cast.api("owner"), url) == [videos[0], extra, *videos[1:]]


def test_a_video_one_may_not_watch_cannot_be_added(cast, playlist):
    url, _ = playlist
    hidden = cast.video(owner=cast.stranger, visibility="private").pk
    assert cast.api("owner").post(f"{url}/items", {"video_id": hidden}, format="json").status_code == 404


@pytest.mark.parametrize(
    ("move", "expected"),
    [({"position": 0}, [2, 0, 1]), ({"position": 1}, [0, 2, 1]), ({"position": 99}, [0, 1, 2])],
)
def test_moving_the_last_item(cast, playlist, move, expected):
    url, videos = playlist
    api = cast.api("owner")
    answer = api.patch(f"{url}/items/{item_ids(api, url)[2]}", move, format="json")
    assert answer.status_code == 200
    assert order(api, url) == [videos[index] for index in expected]


def test_moving_before_and_after_another_item(cast, playlist):
    url, videos = playlist
    api = cast.api("owner")
    first, second, third = item_ids(api, url)
    api.patch(f"{url}/items/{first}", {"after": third}, format="json")
    assert order(api, url) == [videos[1], videos[2], videos[0]]
    api.patch(f"{url}/items/{first}", {"before": second}, format="json")
    assert order(api, url) == videos
    itself = api.patch(f"{url}/items/{first}", {"before": first}, format="json")
    assert itself.status_code == 400


def test_many_moves_into_the_same_gap_keep_the_order(cast, playlist):
    url, videos = playlist
    api = cast.api("owner")
    items = item_ids(api, url)
    for turn in range(60):
        api.patch(f"{url}/items/{items[1 + turn % 2]}", {"after": items[0]}, format="json")
    assert order(api, url) == [videos[0], videos[2], videos[1]]


def test_of_two_moves_from_one_version_one_is_412(cast, playlist):
    url, _ = playlist
    api = cast.api("owner")
    first, second, _ = item_ids(api, url)
    version = {"HTTP_IF_MATCH": '"v1"'}
    good = api.patch(f"{url}/items/{first}", {"position": 2}, format="json", **version)
    stale = api.patch(f"{url}/items/{second}", {"position": 2}, format="json", **version)
    assert (good.status_code, good["ETag"], stale.status_code) == (200, '"v2"', 412)


def test_removing_updates_the_counters_once(cast, playlist):
    url, _ = playlist
    api = cast.api("owner")
    item = item_ids(api, url)[0]
    assert api.delete(f"{url}/items/{item}").status_code == 204
    assert api.delete(f"{url}/items/{item}").status_code == 404
    body = api.get(url).json()
    assert (body["item_count"], body["duration"]) == (2, 20.0)


def test_a_hidden_video_is_left_out_and_counted(cast, playlist):
    url, videos = playlist
    video_services.update(cast.stranger.videos.get(pk=videos[1]), {"visibility": "private"})
    body = cast.api("anonymous").get(f"{url}/items").json()
    assert [item["video"]["id"] for item in body["results"]] == [videos[0], videos[2]]
    assert body["hidden_count"] == 1
    assert cast.api("stranger").get(f"{url}/items").json()["hidden_count"] == 0


def test_a_deleted_video_leaves_every_playlist(cast, playlist):
    url, videos = playlist
    video_services.delete(cast.stranger.videos.get(pk=videos[0]))
    body = cast.api("anonymous").get(url).json()
    assert (body["item_count"], body["duration"]) == (2, 20.0)
    assert order(cast.api("anonymous"), url) == videos[1:]


@pytest.mark.parametrize(("visibility", "expected"), [("public", 200), ("unlisted", 200), ("private", 404)])
def test_visibility_of_playlists(cast, playlist, visibility, expected):
    url, _ = playlist
    cast.api("owner").patch(url, {"visibility": visibility}, format="json")
    for who in ("stranger", "anonymous", "staff"):
        assert cast.api(who).get(url).status_code == expected
        assert cast.api(who).get(f"{url}/items").status_code == expected
        listed = cast.api(who).get("/api/v1/channels/owner/playlists").json()["results"]
        assert len(listed) == (1 if visibility == "public" else 0)
    assert cast.api("owner").get(url).status_code == 200


def test_strangers_change_nothing(cast, playlist):
    url, videos = playlist
    item = item_ids(cast.api("owner"), url)[0]
    stranger = cast.api("stranger")
    answers = [
        stranger.patch(url, {"title": "Taken"}, format="json"),
        stranger.delete(url),
        stranger.post(f"{url}/items", {"video_id": videos[0]}, format="json"),
        stranger.patch(f"{url}/items/{item}", {"position": 2}, format="json"),
        stranger.delete(f"{url}/items/{item}"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert order(cast.api("owner"), url) == videos


def test_an_item_of_another_playlist_is_404(cast, playlist):
    url, _ = playlist
    other = cast.api("owner").post(URL, {"title": "Other"}, format="json").json()["id"]
    item = item_ids(cast.api("owner"), url)[0]
    assert cast.api("owner").delete(f"{URL}/{other}/items/{item}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {}, {"title": ""}, {"title": None}, {"title": 5}, {"title": "x" * 151},
        {"title": "x", "visibility": "secret"}, {"title": "x", "video_ids": "abc"},
    ],
)  # fmt: skip
def test_bad_input_is_400(cast, body):
    answer = cast.api("owner").post(URL, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_error"
    assert not Playlist.objects.exists()


def test_deleting_keeps_the_videos(cast, playlist):
    url, videos = playlist
    assert cast.api("owner").delete(url).status_code == 204
    assert not PlaylistItem.objects.exists()
    assert cast.api("anonymous").get(f"/api/v1/videos/{videos[0]}").status_code == 200


def test_pages_create_fill_move_and_remove(cast, playlist):
    url, videos = playlist
    page: Client = cast.page("owner")
    place = f"/playlists/{url.rsplit('/', 1)[1]}"
    assert page.get(place).status_code == 200
    first = item_ids(cast.api("owner"), url)[0]
    page.post(f"{place}/items/{first}/move", {"direction": "down"})
    assert order(cast.api("owner"), url) == [videos[1], videos[0], videos[2]]
    page.post(f"{place}/items/{first}/remove")
    page.post(f"{place}/items/add", {"video_id": videos[0]})
    assert order(cast.api("owner"), url) == [videos[1], videos[2], videos[0]]
    page.post(f"{place}/edit", {"title": "Renamed", "visibility": "private"})
    assert cast.api("owner").get(url).json()["title"] == "Renamed"
    made = page.post("/library", {"title": "From the page", "visibility": "unlisted", "video_id": videos[0]})
    assert made.status_code == 302
    assert Playlist.objects.get(title="From the page").item_count == 1
    assert cast.page("stranger").get(place).status_code == 404
    page.post(f"{place}/delete")
    assert cast.api("owner").get(url).status_code == 404


def test_watching_within_a_playlist_shows_its_queue(cast, playlist):
    url, videos = playlist
    answer = cast.page("anonymous").get(f"/watch/{videos[1]}?list={url.rsplit('/', 1)[1]}")
    queue = answer.context["queue"]
    assert (queue["number"], queue["total"]) == (2, 3)
    assert [item["video"]["id"] for item in queue["items"]] == videos


def test_a_public_playlist_lists_no_unlisted_video_to_outsiders(cast):
    unlisted = cast.video(title="By link", visibility="unlisted", owner=cast.stranger)
    body = {"title": "List", "visibility": "public", "video_ids": [unlisted.pk, cast.video().pk]}
    path = "/playlists/" + cast.api("owner").post("/api/v1/playlists", body, format="json").json()["id"]

    def shown(who):
        page = cast.api(who).get(f"/api/v1{path}/items").json()
        listed = cast.api(who).get("/api/v1/channels/owner/playlists").json()["results"][0]
        return len(page["results"]), page["hidden_count"], unlisted.pk in str(listed)

    for who in ("anonymous", "member"):
        assert shown(who) == (1, 1, False), who
    for who in ("owner", "stranger"):
        assert shown(who)[:2] == (2, 0), who
    cast.api("owner").patch(f"/api/v1{path}", {"visibility": "unlisted"}, format="json")
    assert len(cast.api("member").get(f"/api/v1{path}/items").json()["results"]) == 2


def test_whose_publishing_is_paused_publishes_no_playlist(cast):
    api = cast.api("owner")
    hidden = "/playlists/" + api.post("/api/v1/playlists", {"title": "Hidden"}, format="json").json()["id"]
    for number in range(3):
        Strike.objects.create(
            user=cast.owner, case_id=str(number), expires_at=timezone.now() + timedelta(days=9)
        )
    for body in ({"title": "Open", "visibility": "public"}, {"title": "Open", "visibility": "unlisted"}):
        assert api.post("/api/v1/playlists", body, format="json").status_code == 403
    assert api.patch(f"/api/v1{hidden}", {"visibility": "public"}, format="json").status_code == 403
    assert api.patch(f"/api/v1{hidden}", {"title": "Still hidden"}, format="json").status_code == 200
    assert api.post("/api/v1/playlists", {"title": "For me"}, format="json").status_code == 201


def test_nobody_reads_the_length_of_what_they_may_not_see(cast):
    hidden = cast.video(title="Hidden", visibility="private", duration=33.0)
    seen = cast.video(title="Seen", duration=12.0)
    body = {"title": "List", "visibility": "public", "video_ids": [hidden.pk, seen.pk]}
    path = (
        "/api/v1/playlists/" + cast.api("owner").post("/api/v1/playlists", body, format="json").json()["id"]
    )

    def told(who):
        listed = cast.api(who).get("/api/v1/channels/owner/playlists").json()["results"][0]["duration"]
        assert cast.api(who).get(path).json()["duration"] == listed
        return listed

    assert (told("owner"), told("stranger"), told("anonymous")) == (45.0, 12.0, 12.0)
    cast.api("owner").patch(f"/api/v1/videos/{hidden.pk}", {"visibility": "public"}, format="json")
    assert told("stranger") == 45.0
    cast.api("owner").patch(f"/api/v1/videos/{seen.pk}", {"visibility": "private"}, format="json")
    assert told("stranger") == 33.0
    more = cast.video(title="More", duration=5.0)
    cast.api("owner").post(f"{path}/items", {"video_id": more.pk}, format="json")
    assert told("stranger") == 38.0


def test_nobody_counts_what_they_may_not_see(cast):
    hidden = cast.video(title="Hidden", visibility="private")
    seen = [cast.video(title=f"Seen {number}") for number in range(2)]
    body = {"title": "List", "visibility": "public", "video_ids": [hidden.pk, *(one.pk for one in seen)]}
    list_id = cast.api("owner").post("/api/v1/playlists", body, format="json").json()["id"]

    def told(who):
        listed = cast.api(who).get("/api/v1/channels/owner/playlists").json()["results"][0]["item_count"]
        assert cast.api(who).get(f"/api/v1/playlists/{list_id}").json()["item_count"] == listed
        return listed

    assert (told("owner"), told("stranger"), told("anonymous")) == (3, 2, 2)
    page = cast.page("anonymous")
    for path in (f"/playlists/{list_id}", "/@owner/playlists", f"/watch/{seen[0].pk}?list={list_id}"):
        text = page.get(path).content.decode()
        assert "2 videos" in text, path
        assert "3 videos" not in text, path
        assert " of 3" not in text, path
    assert "/ 3" not in page.get(f"/embed/playlist/{list_id}").content.decode()
    cast.api("owner").patch(f"/api/v1/videos/{hidden.pk}", {"visibility": "public"}, format="json")
    assert told("stranger") == 3
    cast.api("owner").delete(f"/api/v1/videos/{seen[0].pk}")
    assert (told("owner"), told("stranger")) == (2, 2)


def test_counts_for_others_cost_no_read_for_each_playlist(cast):
    hidden, seen = cast.video(visibility="private"), cast.video()

    def reads(number):
        for _ in range(number):
            body = {"title": "List", "visibility": "public", "video_ids": [hidden.pk, seen.pk]}
            cast.api("owner").post("/api/v1/playlists", body, format="json")
        with recorded_queries() as commands:
            found = cast.api("anonymous").get("/api/v1/channels/owner/playlists").json()["results"]
        assert {one["item_count"] for one in found} == {1}
        return len(commands)

    assert reads(1) == reads(4)


def test_an_owner_takes_out_what_is_not_available(cast):
    guest = cast.video(title="Guest", owner=cast.member)
    body = {"title": "List", "video_ids": [guest.pk, cast.video().pk]}
    path = (
        "/api/v1/playlists/" + cast.api("owner").post("/api/v1/playlists", body, format="json").json()["id"]
    )
    cast.api("member").patch(f"/api/v1/videos/{guest.pk}", {"visibility": "private"}, format="json")
    assert cast.api("owner").get(f"{path}/items").json()["hidden_count"] == 1
    assert "Remove unavailable videos" in cast.page("owner").get(path[7:]).content.decode()
    assert cast.api("owner").post(f"{path}/tidy").json() == {"removed": 1}
    assert cast.api("owner").post(f"{path}/tidy").json() == {"removed": 0}
    assert cast.api("owner").get(path).json()["item_count"] == 1


def test_the_etag_of_a_read_is_good_for_a_change(cast, playlist):
    api = cast.api("owner")
    path = playlist[0]
    etag = api.get(path)["ETag"]
    assert api.patch(path, {"title": "New"}, format="json", headers={"If-Match": etag}).status_code == 200
    assert api.patch(path, {"title": "Newer"}, format="json", headers={"If-Match": etag}).status_code == 412
