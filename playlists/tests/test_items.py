"""``/playlists/{id}/items``: duplicates, notes, versions, and full playlists."""

import pytest

from playlists import ordering, services
from playlists.models import MAX_ITEMS, Playlist, PlaylistItem
from streamsite.ids import object_id
from tests.support.commands import recorded_documents
from videos import services as video_services
from videos.models import Video

URL = "/api/v1/playlists"


@pytest.fixture
def playlist(cast):
    """Put two of the owner's videos into a playlist; return its URL and the videos' ids."""
    videos = [cast.video(title=name).pk for name in ("One", "Two")]
    body = {"title": "List", "visibility": "public", "video_ids": videos}
    return f"{URL}/{cast.api('owner').post(URL, body, format='json').json()['id']}", videos


def rows(cast, url):
    return cast.api("owner").get(f"{url}/items").json()["results"]


def test_duplicates_are_refused_unless_they_are_allowed(cast, playlist):
    url, videos = playlist
    api = cast.api("owner")

    def add():
        return api.post(f"{url}/items", {"video_id": videos[0]}, format="json")

    assert add().json()["code"] == "already_in_playlist"
    assert api.patch(url, {"allow_duplicates": True}, format="json").json()["allow_duplicates"] is True
    assert (add().status_code, add().status_code) == (201, 201)
    assert [row["video"]["title"] for row in rows(cast, url)] == ["One", "Two", "One", "One"]
    assert len({row["id"] for row in rows(cast, url)}) == 4
    assert api.get(url).json()["duration"] == 40.0
    api.patch(url, {"allow_duplicates": False}, format="json")
    assert add().status_code == 409
    assert api.delete(f"{url}/items/{rows(cast, url)[2]['id']}").status_code == 204
    assert (api.get(url).json()["item_count"], add().status_code) == (3, 409)


def test_a_playlist_can_be_made_with_duplicates_where_they_are_allowed(cast):
    video = cast.video().pk
    for allowed, expected in ((True, 3), (False, 1)):
        body = {"title": "List", "video_ids": [video] * 3, "allow_duplicates": allowed}
        assert cast.api("owner").post(URL, body, format="json").json()["item_count"] == expected


def test_a_deleted_video_leaves_with_all_its_copies(cast, playlist):
    url, videos = playlist
    cast.api("owner").patch(url, {"allow_duplicates": True}, format="json")
    cast.api("owner").post(f"{url}/items", {"video_id": videos[0]}, format="json")
    video_services.delete(Video.objects.get(pk=videos[0]))
    body = cast.api("owner").get(url).json()
    assert (body["item_count"], body["duration"]) == (1, 10.0)


def test_a_note_is_no_new_version(cast, playlist):
    url, _ = playlist
    item = rows(cast, url)[0]["id"]
    answer = cast.api("owner").patch(f"{url}/items/{item}", {"note": "  See\u0000 this \n"}, format="json")
    assert answer.status_code == 400
    answer = cast.api("owner").patch(f"{url}/items/{item}", {"note": "See this"}, format="json")
    assert (answer.json()["note"], answer["ETag"]) == ("See this", '"v1"')
    stale = cast.api("owner").patch(f"{url}/items/{item}", {"note": "x"}, format="json", HTTP_IF_MATCH='"v9"')
    assert stale.status_code == 412
    assert cast.api("owner").patch(f"{url}/items/{item}", {"note": ""}, format="json").json()["note"] == ""
    too_long = cast.api("owner").patch(f"{url}/items/{item}", {"note": "x" * 301}, format="json")
    assert too_long.status_code == 400


def test_removing_from_a_stale_version_is_412(cast, playlist):
    url, _ = playlist
    first, second = (row["id"] for row in rows(cast, url))
    api = cast.api("owner")
    good = api.delete(f"{url}/items/{first}", HTTP_IF_MATCH='"v1"')
    assert (good.status_code, good["ETag"]) == (204, '"v2"')
    assert api.delete(f"{url}/items/{second}", HTTP_IF_MATCH='"v1"').status_code == 412
    assert len(rows(cast, url)) == 1


@pytest.mark.parametrize(
    "place",
    [
        {"position": -1}, {"position": 5001}, {"position": "first"}, {"position": 1, "before": "x"},
        {"before": "x" * 16}, {"after": ""}, {"position": None}, {"after": {"$gt": ""}}, {},
    ],
)  # fmt: skip
def test_a_place_that_is_none_is_400_and_changes_nothing(cast, playlist, place):
    url, _ = playlist
    item = rows(cast, url)[0]["id"]
    answer = cast.api("owner").patch(f"{url}/items/{item}", place, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert Playlist.objects.get().version == 1


def test_an_item_cannot_be_put_next_to_itself(cast, playlist):
    url, _ = playlist
    item = rows(cast, url)[0]["id"]
    for name in ("before", "after"):
        answer = cast.api("owner").patch(f"{url}/items/{item}", {name: item}, format="json")
        assert (answer.status_code, set(answer.json()["fields"])) == (400, {name})


def test_items_of_equal_rank_are_moved_apart(cast, playlist):
    url, _ = playlist
    third = cast.video(title="Three").pk
    cast.api("owner").post(f"{url}/items", {"video_id": third}, format="json")
    PlaylistItem.objects.update(rank=5.0)
    before = [row["id"] for row in rows(cast, url)]
    answer = cast.api("owner").patch(f"{url}/items/{before[2]}", {"after": before[0]}, format="json")
    assert answer.status_code == 200
    assert [row["id"] for row in rows(cast, url)] == [before[0], before[2], before[1]]


def test_five_thousand_are_as_many_as_there_may_be(cast, playlist):
    url, _ = playlist
    Playlist.objects.update(item_count=MAX_ITEMS)
    body = {"video_id": cast.video(title="One more").pk}
    full = cast.api("owner").post(f"{url}/items", body, format="json")
    assert (full.status_code, full.json()["code"]) == (409, "playlist_full")
    ids = [object_id()[:11] for _ in range(MAX_ITEMS + 1)]
    more = cast.api("owner").post(URL, {"title": "Too many", "video_ids": ids}, format="json")
    assert (more.status_code, set(more.json()["fields"])) == (400, {"video_ids"})
    unknown = cast.api("owner").post(URL, {"title": "Unknown", "video_ids": ids[:1]}, format="json")
    assert unknown.status_code == 404
    assert Playlist.objects.count() == 1


def test_a_hidden_video_in_video_ids_is_404(cast):
    hidden = cast.video(owner=cast.stranger, visibility="private").pk
    body = {"title": "List", "video_ids": [cast.video().pk, hidden]}
    assert cast.api("owner").post(URL, body, format="json").status_code == 404
    assert not Playlist.objects.exists()


def test_playlists_that_contain_a_video_are_marked(cast, playlist):
    url, videos = playlist
    api = cast.api("owner")
    api.post(URL, {"title": "Empty"}, format="json")
    api.put(f"/api/v1/me/watch-later/{videos[0]}")
    body = api.get(f"{URL}?video={videos[0]}").json()
    said = {row["title"]: (row["contains"], row["item_id"]) for row in body["results"]}
    assert body["in_watch_later"] is True
    assert said["List"] == (True, rows(cast, url)[0]["id"])
    assert said["Empty"] == (False, None)
    assert api.get(f"{URL}?video=nothing").json()["in_watch_later"] is False
    assert "contains" not in api.get(URL).json()["results"][0]


@pytest.mark.usefixtures("playlist")
def test_stepping_looks_at_its_neighbors_only():
    found, item = Playlist.objects.get(), PlaylistItem.objects.order_by("rank").first()
    with recorded_documents() as commands:
        services.move_one_step(found, item, "down")
    limits = [
        command.get("limit") for _, command in commands if command.get("find") == "playlists_playlistitem"
    ]
    assert limits
    assert all(limit for limit in limits)
    item.refresh_from_db()
    assert ordering.item_position(found, item) == 1
    services.move_one_step(found, item, "top")
    item.refresh_from_db()
    assert ordering.item_position(found, item) == 0
