"""Concurrent requests on one playlist: none is lost, none fails, nothing is duplicated."""

import random
import threading
from collections import Counter

import pytest

from playlists.models import Playlist, PlaylistItem, SavedPlaylist
from playlists.ordering import BY_RANK
from tests.support.profile import walk

URL = "/api/v1/playlists"


def at_once(count, do):
    """Run ``do(0)`` to ``do(count - 1)`` in threads that start together; return their results."""
    answers, barrier = [None] * count, threading.Barrier(count)

    def run(index):
        barrier.wait()
        answers[index] = do(index)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def playlist(cast, database):
    """Put ten videos into the owner's playlist; return its URL and the ids of its items."""
    videos = [cast.video(title=f"Video {number}").pk for number in range(10)]
    body = {"title": "Favourites", "visibility": "public", "video_ids": videos}
    url = f"{URL}/{cast.api('owner').post(URL, body, format='json').json()['id']}"
    rows = cast.api("owner").get(f"{url}/items").json()["results"]
    return url, [row["id"] for row in rows]


@pytest.mark.slow
@pytest.mark.timeout(170)
def test_moves_at_once_all_happen(cast, playlist):
    url, items = playlist
    clients = [cast.api("owner") for _ in range(20)]
    dice = random.Random(5)
    moves = [
        [
            (moved, dice.choice([{"position": dice.randrange(12)}, {"before": other}, {"after": other}]))
            for moved, other in (dice.sample(items, 2) for _ in range(walk(8, deep=50)))
        ]
        for _ in clients
    ]

    def run(index):
        return [
            clients[index].patch(f"{url}/items/{moved}", body, format="json").status_code
            for moved, body in moves[index]
        ]

    codes = Counter(code for found in at_once(len(clients), run) for code in found)
    assert codes == {200: len(clients) * len(moves[0])}
    rows = PlaylistItem.objects.order_by(*BY_RANK)
    assert sorted(row.pk for row in rows) == sorted(items)
    assert len({row.rank for row in rows}) == len(items)
    assert Playlist.objects.get().version == 1 + len(clients) * len(moves[0])


def test_of_two_tabs_that_move_from_one_version_one_is_told(cast, playlist):
    url, items = playlist
    clients = [cast.api("owner"), cast.api("owner")]

    def run(index):
        path = f"{url}/items/{items[index]}"
        answer = clients[index].patch(path, {"position": 9}, format="json", HTTP_IF_MATCH='"v1"')
        return answer.status_code, answer.json().get("code")

    for answer in (answers := at_once(2, run)):
        assert answer in {(200, None), (412, "precondition_failed")}
    assert sorted(code for code, _ in answers) == [200, 412]
    assert Playlist.objects.get().version == 2


def test_fifty_times_watch_later_is_once(cast, database):
    video = cast.video().pk
    clients = [cast.api("member") for _ in range(50)]
    codes = at_once(50, lambda n: clients[n].put(f"/api/v1/me/watch-later/{video}").status_code)
    assert set(codes) == {204}
    playlist = Playlist.objects.get()
    assert (playlist.is_watch_later, playlist.item_count, PlaylistItem.objects.count()) == (True, 1, 1)
    codes = at_once(50, lambda n: clients[n].delete(f"/api/v1/me/watch-later/{video}").status_code)
    assert set(codes) == {204}
    playlist.refresh_from_db()
    assert (playlist.item_count, playlist.duration, PlaylistItem.objects.count()) == (0, 0.0, 0)


def test_adding_one_video_twenty_times_adds_it_once(cast, playlist):
    url, _ = playlist
    video = cast.video(title="Another").pk
    clients = [cast.api("owner") for _ in range(20)]
    codes = at_once(
        20, lambda n: clients[n].post(f"{url}/items", {"video_id": video}, format="json").status_code
    )
    assert Counter(codes) == {201: 1, 409: 19}
    assert (Playlist.objects.get().item_count, PlaylistItem.objects.count()) == (11, 11)


def test_removing_one_item_twenty_times_counts_once(cast, playlist):
    url, items = playlist
    clients = [cast.api("owner") for _ in range(20)]
    codes = at_once(20, lambda n: clients[n].delete(f"{url}/items/{items[0]}").status_code)
    assert set(codes) <= {204, 404}
    assert (Playlist.objects.get().item_count, PlaylistItem.objects.count()) == (9, 9)


def test_inviting_and_saving_twenty_times_is_once(cast, playlist):
    url, _ = playlist
    assert cast.member
    owners, members = ([cast.api(who) for _ in range(10)] for who in ("owner", "stranger"))
    saved = url.replace("/playlists/", "/me/saved-playlists/")

    def run(index):
        if index < 10:
            return owners[index].put(f"{url}/collaborators/member").status_code
        return members[index - 10].put(saved).status_code

    assert Counter(at_once(20, run)) == {200: 10, 204: 10}
    assert Playlist.objects.get().collaborators == [cast.member.pk]
    assert SavedPlaylist.objects.count() == 1


def test_a_collaborator_removed_while_adding_adds_all_or_nothing(cast, playlist):
    url, items = playlist
    cast.api("owner").put(f"{url}/collaborators/member")
    cast.api("owner").patch(url, {"visibility": "private"}, format="json")
    videos = [cast.video(title=f"More {number}").pk for number in range(12)]
    clients, owner = [cast.api("member") for _ in videos], cast.api("owner")

    def run(index):
        if index == len(videos):
            return owner.delete(f"{url}/collaborators/member").status_code
        body = {"video_id": videos[index]}
        return clients[index].post(f"{url}/items", body, format="json").status_code

    codes = at_once(len(videos) + 1, run)
    assert codes.pop() == 204
    assert set(codes) <= {201, 404}
    found = Playlist.objects.get()
    assert found.item_count == PlaylistItem.objects.count() == len(items) + codes.count(201)
    assert clients[0].get(url).status_code == 404
