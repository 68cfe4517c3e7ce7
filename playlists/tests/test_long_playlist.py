"""A playlist of 5,000 videos costs what one of 20 does, wherever it is read."""

from urllib.parse import urlsplit

import pytest

from playlists.models import Playlist, PlaylistItem
from streamsite.mongo.engine.client import get_client
from tests.support.commands import recorded, recorded_documents
from videos.models import Video

LONG, SHORT = 5_000, 25
URL = "/api/v1/playlists"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(170)]


@pytest.fixture
def lists(cast):
    """Create two of the owner's playlists through the API; return their ids by length."""
    rows = [
        Video(channel=cast.owner, title=f"Video {n}", visibility="public", listed=True, generation="g")
        for n in range(LONG)
    ]
    for start in range(0, LONG, 1000):
        Video.objects.bulk_create(rows[start : start + 1000])
    found = {}
    for length in (SHORT, LONG):
        body = {"title": str(length), "visibility": "public", "video_ids": [row.pk for row in rows[:length]]}
        answer = cast.api("owner").post(URL, body, format="json")
        assert (answer.status_code, answer.json()["item_count"]) == (201, length)
        found[length] = answer.json()["id"]
    return found


def read_documents(documents):
    """Return how many documents and index keys the server examined for the reads."""
    total = keys = 0
    for database, command in documents:
        if not {"find", "aggregate"} & command.keys():
            continue
        bare = {key: value for key, value in command.items() if key not in ("lsid", "$clusterTime", "$db")}
        bare.pop("readConcern", None)
        said = get_client()[database].command("explain", bare, verbosity="executionStats")
        for stats in _stats(said):
            total += stats.get("totalDocsExamined", 0)
            keys += stats.get("totalKeysExamined", 0)
    return total, keys


def _stats(said):
    if isinstance(said, list):
        for part in said:
            yield from _stats(part)
    elif isinstance(said, dict):
        if isinstance(found := said.get("executionStats"), dict):
            yield found
        for key, part in said.items():
            if key != "executionStats":
                yield from _stats(part)


@pytest.mark.usefixtures("uncached_rows")
def test_every_read_costs_the_same(cast, lists):
    pages_of_items(cast, lists)
    pages_and_queues(cast, lists)
    covers_of_twenty_are_one_step_each(cast, cast.page("anonymous"))
    moves_write_one_item(cast.api("owner"), f"{URL}/{lists[LONG]}")


def pages_of_items(cast, lists):
    api = cast.api("anonymous")
    costs = []
    walk_through(cast.api("owner"), f"{URL}/{lists[LONG]}/items?page_size=100")
    for length, pages in ((SHORT, 1), (LONG, 1), (LONG, 40)):
        path = f"{URL}/{lists[length]}/items?page_size=20"
        for _ in range(pages):
            at, page = path, api.get(path).json()
            path = page["next"]
        parts = urlsplit(at)
        with recorded() as commands, recorded_documents() as documents:
            answer = api.get(f"{parts.path}?{parts.query}").json()
        assert len(answer["results"]) == 20
        assert answer["results"][0]["position"] == 20 * (pages - 1)
        costs.append((len(commands), *read_documents(documents)))
    assert costs[0][0] == costs[1][0] == costs[2][0] <= 5
    assert max(cost[1] for cost in costs) <= costs[0][1] + 2
    assert max(cost[2] for cost in costs) <= costs[0][2] + 4


def walk_through(api, path):
    seen, back = [], None
    while path:
        body = api.get(path).json()
        seen += [row["position"] for row in body["results"]]
        path, back = body["next"], body["previous"]
    assert seen == list(range(LONG))
    before = api.get(back).json()["results"]
    assert [row["position"] for row in before] == list(range(LONG - 200, LONG - 100))


def pages_and_queues(cast, lists):
    owner, page = cast.api("owner"), cast.page("anonymous")

    def commands(path):
        page.get(path)
        with recorded() as found:
            assert page.get(path).status_code == 200
        return len(found)

    for rule in ("manual", "most_viewed"):
        costs = {}
        for length, playlist in lists.items():
            assert owner.patch(f"{URL}/{playlist}", {"sort": rule}, format="json").status_code == 200
            item = PlaylistItem.objects.filter(playlist_id=playlist).order_by("rank")[length - 2]
            costs[length] = [
                commands(f"/playlists/{playlist}"),
                commands(f"/watch/{item.video_id}?list={playlist}&item={item.pk}&loop=list"),
            ]
            assert commands(f"/feeds/playlists/{playlist}.rss") <= 5
        assert costs[SHORT] == costs[LONG]


def covers_of_twenty_are_one_step_each(cast, page):
    for number in range(18):
        cast.api("owner").post(URL, {"title": f"P{number}", "visibility": "public"}, format="json")
    Playlist.objects.filter(title__startswith="P").update(item_count=1)
    with recorded() as commands:
        page.get("/api/v1/channels/owner/playlists")
    assert len(commands) == 8  # the first time what everybody sees is added up, for all of them at once
    with recorded() as commands, recorded_documents() as documents:
        body = page.get("/api/v1/channels/owner/playlists").json()
    assert (len(body["results"]), len(commands)) == (20, 6)
    assert read_documents(documents)[0] <= 60


def moves_write_one_item(api, url):
    assert api.patch(url, {"sort": "manual"}, format="json").status_code == 200
    first = api.get(f"{url}/items?page_size=1").json()["results"][0]
    moved = api.patch(f"{url}/items/{first['id']}", {"position": 2_500}, format="json").json()
    assert moved["position"] == 2_500
    with recorded() as commands:
        api.patch(f"{url}/items/{first['id']}", {"position": 0}, format="json")
    assert sum(command == "update playlists_playlistitem" for command in commands) == 1
