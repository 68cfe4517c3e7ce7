"""Finding public playlists by title, on the search page and in suggestions."""

import pytest

from accounts.models import User
from playlists import services
from playlists.models import Playlist
from playlists.search import INDEX
from streamsite.mongo.collections import collection
from videos import blocks


@pytest.fixture
def walk(database, cast):
    video = cast.video(title="Anything")
    data = {"title": "Évening walks", "visibility": "public", "video_ids": [video.pk]}
    return services.create_playlist(cast.owner, data)


def suggested(cast, q, who="anonymous"):
    answer = cast.api(who).get("/api/v1/search/suggest", {"q": q}).json()
    return [playlist["title"] for playlist in answer["playlists"]]


def shown(cast, who="anonymous", **params):
    answer = cast.page(who).get("/search", params)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("q", ["evening", "WALKS evening", "wal", "eveningwalks"])
def test_any_word_of_the_title_finds_a_public_playlist(walk, cast, q):
    assert suggested(cast, q) == ["Évening walks"]
    for show in ("", "playlists"):
        html = shown(cast, q=q, show=show)
        assert f'href="/playlists/{walk.pk}"' in html
        assert 'href="/@owner"' in html


def test_a_playlist_follows_its_title(walk, cast):
    services.update_playlist(walk, {"title": "Morning runs"})
    assert suggested(cast, "evening") == []
    assert suggested(cast, "runs") == ["Morning runs"]


@pytest.mark.parametrize("how", ["unlisted", "private", "deleted", "closed", "blocked", "empty"])
def test_hidden_playlists_are_never_found(walk, cast, how):
    if how in {"unlisted", "private"}:
        services.update_playlist(walk, {"visibility": how})
        assert collection(INDEX.table).count_documents({}) == 0
    elif how == "deleted":
        services.delete_playlist(walk)
        assert collection(INDEX.table).count_documents({}) == 0
    elif how == "closed":
        User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    elif how == "blocked":
        blocks.block(cast.member, cast.owner)
    else:
        Playlist.objects.filter(pk=walk.pk).update(item_count=0)
    for q in ("evening", "walks"):
        assert suggested(cast, q, "member") == []
        assert f"/playlists/{walk.pk}" not in shown(cast, "member", q=q)
        assert f"/playlists/{walk.pk}" not in shown(cast, "member", q=q, show="playlists")


def test_pages_repeat_nothing_when_a_playlist_is_added_meanwhile(walk, cast):
    for number in range(4):
        services.create_playlist(
            cast.owner,
            {
                "title": f"Walks {number}",
                "visibility": "public",
                "video_ids": [item.video_id for item in walk.items.all()],
            },
        )
    seen, url = [], "/search?q=walks&show=playlists&page_size=2"
    while url:
        html = cast.page("anonymous").get(url, headers={"HX-Request": "true"}).content.decode()
        seen += [part.split('"')[0] for part in html.split('class="clamp-2" href="/playlists/')[1:]]
        more = html.split('hx-get="')[1].split('"')[0] if 'hx-get="' in html else ""
        url = more.replace("&amp;", "&")
        services.create_playlist(
            cast.owner,
            {
                "title": "Walks new",
                "visibility": "public",
                "video_ids": [item.video_id for item in walk.items.all()],
            },
        )
    assert len(seen) == len(set(seen)) >= 5
