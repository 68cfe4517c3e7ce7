"""``/watch/{video}?list=``: the playlist beside the player."""

import pytest

from playlists import queue
from playlists.models import Playlist, PlaylistItem
from streamsite.ids import object_id
from tests.support.commands import recorded_queries
from videos import services as video_services


@pytest.fixture
def listed(cast):
    """Put five public videos into the owner's public playlist; return its id and the ids of its videos and items."""
    videos = [cast.video(title=f"Video {number}").pk for number in range(5)]
    body = {"title": "List", "visibility": "public", "video_ids": videos}
    playlist = cast.api("owner").post("/api/v1/playlists", body, format="json").json()["id"]
    rows = cast.api("owner").get(f"/api/v1/playlists/{playlist}/items").json()["results"]
    return playlist, videos, [row["id"] for row in rows]


def watch(cast, address, who="anonymous"):
    answer = cast.page(who).get(address)
    assert answer.status_code == 200, address
    return answer.context["queue"]


def test_an_items_link_survives_reordering_and_duplicates(cast, listed):
    playlist, videos, items = listed
    api = cast.api("owner")
    api.patch(f"/api/v1/playlists/{playlist}", {"allow_duplicates": True}, format="json")
    added = api.post(f"/api/v1/playlists/{playlist}/items", {"video_id": videos[0]}, format="json").json()
    link = f"/watch/{videos[0]}?list={playlist}&item={added['id']}"
    assert (watch(cast, link)["number"], watch(cast, link)["next"]) == (6, None)
    api.patch(f"/api/v1/playlists/{playlist}/items/{added['id']}", {"position": 2}, format="json")
    found = watch(cast, link)
    assert (found["number"], found["previous"]["id"], found["next"]["id"]) == (3, items[1], items[2])
    assert watch(cast, f"/watch/{videos[0]}?list={playlist}")["items"][0]["is_current"]
    # An item that is gone, or of another video: the first one of this video.
    assert watch(cast, f"/watch/{videos[1]}?list={playlist}&item={items[4]}")["number"] == 2


def test_hidden_videos_are_skipped(cast, listed):
    playlist, videos, items = listed
    video_services.update(cast.owner.videos.get(pk=videos[2]), {"visibility": "private"})
    found = watch(cast, f"/watch/{videos[1]}?list={playlist}&item={items[1]}")
    assert (found["next"]["id"], found["next"]["number"], len(found["items"])) == (items[3], 4, 4)
    assert watch(cast, f"/watch/{videos[1]}?list={playlist}", "owner")["next"]["id"] == items[2]


def test_repeating_the_list_leads_from_its_end_to_its_beginning(cast, listed):
    playlist, videos, items = listed
    last = f"/watch/{videos[4]}?list={playlist}&item={items[4]}"
    assert watch(cast, last)["next"] is None
    found = watch(cast, f"{last}&loop=list")
    assert (found["next"]["id"], found["previous"]["id"]) == (items[0], items[3])
    assert found["next"]["url"].endswith("&loop=list")
    first = watch(cast, f"/watch/{videos[0]}?list={playlist}&item={items[0]}&loop=list")
    assert first["previous"]["id"] == items[4]
    one = cast.page("anonymous").get(f"{last}&loop=one")
    assert b"playsinline loop preload" in one.content


def test_a_seed_is_an_order_that_stays(cast, listed):
    playlist, videos, items = listed
    seed = queue.new_shuffle_seed(items[2])
    address = f"/watch/{videos[2]}?list={playlist}&item={items[2]}&shuffle={seed}"
    order = [row["id"] for row in watch(cast, address)["items"]]
    assert (order[0], sorted(order)) == (items[2], sorted(items))
    assert [row["id"] for row in watch(cast, address, "stranger")["items"]] == order
    following = watch(cast, watch(cast, address)["next"]["url"])
    assert ([row["id"] for row in following["items"]], following["number"]) == (order, 2)
    PlaylistItem.objects.filter(pk=order[3]).delete()
    assert [row["id"] for row in watch(cast, address)["items"]] == [*order[:3], order[4]]


def test_shuffles_differ():
    ids = [object_id() for _ in range(50)]
    orders = {tuple(queue.shuffle_ids(ids, queue.new_shuffle_seed())) for _ in range(20)}
    assert len(orders) == 20
    assert all(sorted(order) == sorted(ids) for order in orders)


@pytest.mark.parametrize(
    "query", ["item=x", "item[$ne]=1", "shuffle=zz", "shuffle=0123abcd.x", "loop=forever", "list=x&list=y"]
)
def test_invalid_parameters_are_ignored(cast, listed, query):
    playlist, videos, _ = listed
    answer = cast.page("anonymous").get(f"/watch/{videos[0]}?list={playlist}&{query}")
    assert answer.status_code == 200
    if "list=" not in query:
        assert answer.context["queue"]["number"] == 1


def test_a_hidden_playlist_is_not_beside_the_player(cast, listed):
    playlist, videos, _ = listed
    Playlist.objects.update(visibility="private")
    assert cast.page("stranger").get(f"/watch/{videos[0]}?list={playlist}").context["playlist"] is None
    assert watch(cast, f"/watch/{videos[0]}?list={playlist}", "owner")["number"] == 1


def test_a_video_that_is_not_in_the_list_leads_to_its_beginning(cast, listed):
    playlist, _, items = listed
    found = watch(cast, f"/watch/{cast.video(title='Other').pk}?list={playlist}")
    assert (found["number"], found["next"]["id"], found["previous"]) == (None, items[0], None)


def test_playing_begins_with_the_first_that_may_be_seen(cast, listed):
    playlist, videos, items = listed
    video_services.update(cast.owner.videos.get(pk=videos[0]), {"visibility": "private"})
    page = cast.page("anonymous")
    begun = page.get(f"/playlists/{playlist}/play")
    assert begun["Location"] == f"/watch/{videos[1]}?list={playlist}&item={items[1]}"
    assert "shuffle=" in page.get(f"/playlists/{playlist}/play?shuffle=1")["Location"]
    PlaylistItem.objects.all().delete()
    assert page.get(f"/playlists/{playlist}/play")["Location"] == f"/playlists/{playlist}"
    Playlist.objects.update(visibility="private")
    assert page.get(f"/playlists/{playlist}/play").status_code == 404


def test_the_panel_costs_seven_commands_at_most(cast, listed):
    playlist, videos, items = listed
    page = cast.page("anonymous")

    def commands(query):
        page.get(f"/watch/{videos[4]}{query}")
        with recorded_queries() as found:
            page.get(f"/watch/{videos[4]}{query}")
        return len(found)

    plain = commands("")
    for more in ("", f"&item={items[4]}", f"&item={items[4]}&loop=list", "&shuffle=0123abcd"):
        assert commands(f"?list={playlist}{more}") - plain <= 7
