"""Bars and "Watched" marks on cards: from the history of who is signed in, on every page, in one read."""

import re

import pytest

from accounts import profile
from tests.support.commands import recorded_queries
from videos import watch_marks
from videos.models import Watch
from videos.playback import history, history_store

BAR = re.compile(r'<progress class="thumb-progress" max="100" value="(\d+)">')


@pytest.fixture
def watched(cast):
    """A video of which ``member`` has seen 40 of 100 seconds, one that it finished, and one that it never opened."""
    begun, finished, new = (cast.video(title=name, duration=100.0) for name in ("Begun", "Finished", "New"))
    history.record_position(cast.member, begun, 40.0)
    history.record_position(cast.member, finished, 100.0)
    return begun, finished, new


def shown(page):
    text = page.content.decode()
    return sorted(map(int, BAR.findall(text))), text.count('"thumb-mark">Watched'), text


def test_every_page_with_cards_shows_them_in_one_read(cast, watched):
    from playlists import services as playlists
    from subscriptions import services as subscriptions
    from subscriptions.posts import services as posts

    begun, _, new = watched
    playlist = playlists.create_playlist(
        cast.member, {"title": "Mine", "visibility": "public", "video_ids": [v.pk for v in watched]}
    )
    subscriptions.subscribe(cast.member, cast.owner)
    posts.create(cast.owner, {"text": "Look", "video_id": begun.pk})
    member, anonymous = cast.page("member"), cast.page("anonymous")
    expected = {
        "/": [40, 100],  # on two shelves, and no more below
        "/search?q=begun": [40],
        "/trending": [40, 100],
        "/@owner": [40, 100],
        "/@owner/videos?sort=oldest": [40, 100],
        "/@owner/posts": [40],
        "/feed": [40, 100],
        "/feed/posts": [40],
        "/history": [40, 100],
        f"/watch/{new.pk}": [40, 100],
        f"/watch/{new.pk}?list={playlist.pk}": [40, 40, 100, 100],  # beside the related ones the queue
        f"/playlists/{playlist.pk}": [40, 100],
    }
    for path, bars in expected.items():
        with recorded_queries() as commands:
            page = member.get(path)
        found, finished_marks, text = shown(page)
        assert (found, finished_marks) == (bars, bars.count(100)), path
        assert text.count('"visually-hidden">40% watched<') == bars.count(40), path
        assert text.count('"visually-hidden">Watched<') == bars.count(100), path
        # The history's rows say it; the home page reads what was begun besides.
        assert commands.count("find videos_watch") == {"/": 2}.get(path, 1), path
        assert shown(anonymous.get(path))[0] == [], path
    for path in ("/", "/feed", "/history", "/trending", f"/playlists/{playlist.pk}"):
        assert 40 in shown(member.get(path, HTTP_HX_REQUEST="true"))[0], path


def test_pausing_or_clearing_the_history_takes_them_away(cast, watched):
    member = cast.page("member")
    paths = ("/", "/trending")
    profile.update_preferences(cast.member, {"history_paused": True})
    with recorded_queries() as commands:
        for path in paths:
            found = shown(member.get(path))
            assert found[:2] == ([], 0), path
            assert "Continue watching" not in found[2], path
    assert "find videos_watch" not in commands
    assert shown(member.get("/history"))[:2] == ([], 0)
    profile.update_preferences(cast.member, {"history_paused": False})
    assert shown(member.get("/trending"))[0] == [40, 100]
    history_store.delete_entry(cast.member.pk, watched[0].pk)
    assert shown(member.get("/trending"))[0] == [100]
    history_store.clear_history(cast.member.pk)
    assert shown(member.get("/trending"))[:2] == ([], 0)


def test_a_finished_video_that_is_opened_again_stays_watched_until_it_is_watched_again(cast, watched):
    finished = watched[1]
    trending = lambda: shown(cast.page("member").get("/trending"))[0]  # noqa: E731
    history.record_position(cast.member, finished, 0.3)
    assert trending() == [40, 100]
    assert history.unfinished_of_user(cast.member.pk).filter(video=finished).count() == 0
    history.record_position(cast.member, finished, 20.0)
    assert trending() == [20, 40]


def test_they_are_the_viewers_own(cast, watched):
    for who in ("owner", "stranger"):
        assert shown(cast.page(who).get("/"))[0] == []


@pytest.mark.parametrize(
    ("position", "completed", "mark"),
    [
        (0.0, False, None),
        (4.9, False, None),  # next to nothing
        (5.0, False, (5, "5% watched")),
        (99.9, False, (99, "99% watched")),
        (30.0, True, (100, "Watched")),
    ],
)
def test_a_mark_says_how_much_was_watched(position, completed, mark):
    found = watch_marks.mark_of_entry({"position": position, "duration": 100.0, "completed": completed})
    assert (found and (found.percent, found.text)) == mark


def test_an_entry_without_a_length_has_no_mark(cast):
    Watch.objects.create(user=cast.member, video=cast.video(), position=50.0)
    assert shown(cast.page("member").get("/"))[0] == []


def test_the_api_and_the_studio_know_nothing_of_them(cast, watched):
    history.record_position(cast.owner, watched[0], 40.0)
    assert all("mark" not in card for card in cast.api("owner").get("/api/v1/videos").json()["results"])
    assert shown(cast.page("owner").get("/studio/videos"))[0] == []
