"""Heartbeats: what counts as a view, by whose clock, and that it is counted once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from streamsite.mongo.collections import collection
from tests.support.commands import recorded
from videos import services, tasks
from videos.models import Video, Watch
from videos.playback import (
    aggregation,
    heartbeats,
    history,
    history_store,
    session_store,
    statistics_store,
    viewers,
)

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
)


@pytest.fixture
def film(cast) -> Video:
    return cast.video(duration=100.0)


@pytest.fixture
def say(film):
    """Send a heartbeat; its answer."""

    def send(api, *watched, position=None, video=film, agent=CHROME, **more):
        body = {
            "position": position if position is not None else (watched[-1][1] if watched else 0),
            "watched": watched,
        }
        answer = api.post(
            f"/api/v1/videos/{video.pk}/playback", body | more, format="json", HTTP_USER_AGENT=agent
        )
        assert answer.status_code == 200, answer.content
        return answer.json()

    return send


def pass_time(seconds: float) -> None:
    """As if the last heartbeats had been so much earlier."""
    collection(session_store.SESSIONS).update_many(
        {}, [{"$set": {"last_at": {"$subtract": ["$last_at", seconds * 1000]}}}]
    )


def views(video: Video) -> int:
    aggregation.aggregate_pending()
    return Video.objects.values_list("view_count", flat=True).get(pk=video.pk)


def day_of(video: Video) -> dict:
    return collection(statistics_store.VIDEO_DAYS).find_one({"video": video.pk}) or {}


def test_ten_seconds_by_the_servers_clock_are_a_view(database, cast, film, say):
    api = cast.api("stranger")
    assert say(api)["view"] == "open"
    pass_time(6)
    assert say(api, [0, 6])["view"] == "open"
    assert views(film) == 0
    pass_time(4)
    assert say(api, [6, 10])["view"] == "counted"
    assert views(film) == 1
    assert User.objects.get(pk=film.channel_id).view_count == 1
    assert day_of(film)["seconds"] == pytest.approx(10, abs=0.5)


def test_a_third_of_a_short_clip_is_a_view(database, cast, say):
    clip, api = cast.video(duration=6.0), cast.api("stranger")
    say(api, video=clip)
    pass_time(2)
    assert say(api, [0, 2], video=clip)["view"] == "counted"


def test_claims_cannot_outrun_the_clock(database, cast, film, say):
    api = cast.api("stranger")
    for _ in range(30):
        assert say(api, [0, 100])["view"] == "open"
    assert views(film) == 0


def test_silence_is_not_watching(database, cast, film, say):
    api = cast.api("stranger")
    say(api)
    pass_time(3600)
    assert say(api, [0, 1])["view"] == "open"
    pass_time(3600)
    assert say(api, [1, 2], position=2)["view"] == "open"


def test_a_viewer_counts_once_a_day_and_again_the_next(database, cast, film, say, time_machine):
    api = cast.api("stranger")
    for session in ("first", "second"):
        say(api, session=session)
        pass_time(20)
        assert say(api, [0, 20], session=session)["view"] in {"counted"}
    assert views(film) == 1
    assert day_of(film)["repeats"] == 1
    time_machine.move_to(datetime.now(UTC) + timedelta(days=1), tick=True)
    api = cast.api("stranger")
    say(api)
    pass_time(20)
    assert say(api, [0, 20])["view"] == "counted"
    assert views(film) == 2


@pytest.mark.parametrize(
    ("who", "agent", "verdict"),
    [("owner", CHROME, "owner"), ("anonymous", "Googlebot/2.1", "bot"), ("anonymous", "", "bot")],
)
def test_the_uploader_and_bots_do_not_count(database, cast, film, say, who, agent, verdict):
    api = cast.api(who)
    say(api, agent=agent)
    pass_time(30)
    assert say(api, [0, 30], agent=agent)["view"] == verdict
    assert views(film) == 0
    assert day_of(film)[f"refused_{verdict}"] == 1


def test_strangers_of_one_address_are_told_apart_by_their_browsers(database, cast, film, say):
    api = cast.api("anonymous")
    for agent in (CHROME, CHROME + " Edg/150"):
        say(api, agent=agent)
    pass_time(20)
    for agent in (CHROME, CHROME + " Edg/150", CHROME):
        assert say(api, [0, 20], agent=agent)["view"] == "counted"
    assert views(film) == 2


def test_many_heartbeats_at_once_are_one_view(database, cast, film, rf):
    request = rf.post("/", HTTP_USER_AGENT=CHROME)
    request.user = cast.stranger
    said = heartbeats.parse_heartbeat({"position": 20, "watched": [[0, 20]]}, film.duration)
    heartbeats.record_heartbeat(request, film, said)
    pass_time(15)

    def beat(_: int) -> bool:
        try:
            return heartbeats.record_heartbeat(request, film, said).is_new_view
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(beat, range(1_000))) == 1
    assert views(film) == 1


def test_what_is_counted_at_once_by_many_is_counted_once(database, cast, film, rf):
    for number in range(40):
        request = rf.post("/", HTTP_USER_AGENT=CHROME, REMOTE_ADDR=f"10.0.0.{number}")
        request.user = (
            cast.stranger if not number else type("Anonymous", (), {"is_authenticated": False, "pk": None})()
        )
        heartbeats.record_heartbeat(request, film, heartbeats.parse_heartbeat({"position": 0}, film.duration))
        pass_time(11)
        heartbeats.record_heartbeat(
            request, film, heartbeats.parse_heartbeat({"position": 11, "watched": [[0, 11]]}, film.duration)
        )

    def count(_: int) -> int:
        try:
            return aggregation.aggregate_pending()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(8)))
    assert views(film) == 40
    assert collection(statistics_store.VIDEO_TOTALS).find_one({"_id": film.pk})["views"] == 40
    assert day_of(film)["views"] == 40


@pytest.mark.parametrize("after", ["add_day", "add_channel_day", "add_total", "add_channel_total"])
def test_a_batch_whose_worker_was_killed_is_added_once(database, cast, film, say, monkeypatch, after):
    api = cast.api("stranger")
    say(api)
    pass_time(11)
    say(api, [0, 11])

    class KilledError(BaseException):
        pass

    done = getattr(statistics_store, after)

    def killed(*args):
        done(*args)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(statistics_store, after, killed)
        with pytest.raises(KilledError):
            aggregation.aggregate_pending()
    collection(session_store.SESSIONS).update_many(
        {}, [{"$set": {"claim.at": {"$subtract": ["$claim.at", 120_000]}}}]
    )
    assert views(film) == 1
    assert aggregation.aggregate_pending() == 0
    for name in (
        statistics_store.VIDEO_DAYS,
        statistics_store.CHANNEL_DAYS,
        statistics_store.VIDEO_TOTALS,
        statistics_store.CHANNEL_TOTALS,
    ):
        assert collection(name).find_one({})["views"] == 1, name
    assert User.objects.get(pk=film.channel_id).view_count == 1


def test_retention_knows_every_second_that_was_shown(database, cast, film, say):
    api = cast.api("stranger")
    say(api)
    pass_time(5)
    say(api, [0, 3.2], [7.6, 9])
    aggregation.aggregate_pending()
    pass_time(5)
    say(api, [1, 2])
    aggregation.aggregate_pending()
    shown = collection(statistics_store.VIDEO_TOTALS).find_one({"_id": film.pk})["shown"]
    assert shown == {"0": 1, "1": 2, "2": 1, "8": 1}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"position": -1},
        {"position": "1"},
        {"position": True},
        {"position": None},
        {"position": 1, "watched": "all"},
        {"position": 1, "watched": [[0]]},
        {"position": 1, "watched": [[2, 1]]},
        {"position": 1, "watched": [[0, "1"]]},
        {"position": 1, "watched": [[0, 1]] * 51},
        {"position": 1, "session": "a b"},
        {"position": 1, "session": 5},
        {"position": 1, "source": "$where"},
        {"position": 1, "source": {"$gt": ""}},
    ],
)
def test_a_wrong_heartbeat_is_refused(database, cast, film, body):
    answer = cast.api("stranger").post(f"/api/v1/videos/{film.pk}/playback", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert not collection(session_store.SESSIONS).count_documents({})
    assert not Watch.objects.exists()


def test_history_is_one_entry_per_video_the_latest_first(database, cast, film, say):
    api, other = cast.api("stranger"), cast.video(title="Second", duration=50.0)
    say(api, [0, 20])
    say(api, [0, 48], video=other)
    say(api, [20, 40])
    first, second = api.get("/api/v1/me/history").json()["results"]
    assert (first["video"]["id"], first["position"], first["duration"], first["completed"]) == (
        film.pk,
        40,
        100,
        False,
    )
    assert (second["video"]["id"], second["completed"]) == (other.pk, True)
    assert api.get(f"/api/v1/videos/{film.pk}").json()["viewer"]["position"] == 40
    assert api.get(f"/api/v1/videos/{other.pk}").json()["viewer"]["position"] == 0
    found = api.get("/api/v1/me/history?q=seCOND").json()["results"]
    assert [entry["video"]["id"] for entry in found] == [other.pk]
    assert api.delete(f"/api/v1/me/history/{other.pk}").status_code == 204
    assert len(api.get("/api/v1/me/history").json()["results"]) == 1
    assert api.delete("/api/v1/me/history").status_code == 204
    assert api.get("/api/v1/me/history").json()["results"] == []


def test_a_paused_history_stays_as_it_is_and_views_count_on(database, cast, film, say):
    api = cast.api("stranger")
    api.patch("/api/v1/me/preferences", {"history_paused": True}, format="json")
    assert say(api)["remembered"] is False
    pass_time(10)
    assert say(api, [0, 10])["view"] == "counted"
    assert not Watch.objects.exists()


@pytest.mark.parametrize(
    ("position", "duration", "expected"),
    [
        (94.9, 100, False),
        (95, 100, True),
        (2.84, 3, False),
        (2.86, 3, True),
        (3419, 3600, False),
        (3420, 3600, True),
        (7019, 7200, False),
        (7020, 7200, True),
        (0, 0, False),
    ],
)
def test_the_end_is_a_little_before_the_end(position, duration, expected):
    """The last 5 %, and at most the last 3 minutes: two hours are not over six minutes before the credits end."""
    assert history.is_finished(position, duration) is expected


def test_nobody_beats_for_what_they_may_not_watch(database, cast):
    secret = cast.video(visibility="private")
    for who, status in (("anonymous", 404), ("stranger", 404), ("owner", 200)):
        answer = cast.api(who).post(f"/api/v1/videos/{secret.pk}/playback", {"position": 1}, format="json")
        assert answer.status_code == status


def test_a_deleted_video_leaves_nothing_with_its_viewers(database, cast, film, say):
    api = cast.api("stranger")
    say(api)
    pass_time(11)
    say(api, [0, 11])
    services.delete(film)
    assert aggregation.aggregate_pending() == 1  # recorded before, wanted by nobody any more
    tasks.forget_video.func(film.pk)
    for name in (
        session_store.SESSIONS,
        statistics_store.VIDEO_TOTALS,
        statistics_store.VIDEO_DAYS,
        history_store.WATCHES,
    ):
        assert collection(name).count_documents({}) == 0, name
    assert api.get("/api/v1/me/history").json()["results"] == []


def test_a_heartbeat_is_few_commands(database, cast, film, say):
    api = cast.api("stranger")
    say(api)
    with recorded() as commands:
        say(api, [0, 1])
    own = [command for command in commands if "throttle" not in command and "auth_session" not in command]
    assert own == [
        "find accounts_user",
        "aggregate videos_video",
        "findAndModify view_session",
        "update videos_watch",
    ]


def test_retention_is_no_faster_than_players_play(database, cast, film, say):
    api = cast.api("stranger")
    say(api, [0, film.duration])  # at once, as nobody watches
    aggregation.aggregate_pending()
    assert not collection(statistics_store.VIDEO_TOTALS).find_one({"_id": film.pk}).get("shown")
    pass_time(5)
    say(api, [0, 10])  # at double speed
    aggregation.aggregate_pending()
    assert len(collection(statistics_store.VIDEO_TOTALS).find_one({"_id": film.pk})["shown"]) == 10


def test_an_address_is_only_so_many_viewers_whatever_they_call_themselves(database, cast, film):
    client = cast.page("anonymous")
    for number in range(60):
        body = json.dumps({"position": 1, "watched": []})
        client.post(
            f"/api/v1/videos/{film.pk}/playback",
            body,
            "application/json",
            headers={"User-Agent": f"B/{number}"},
        )
    assert 8 < collection(session_store.SESSIONS).count_documents({}) <= viewers.BROWSER_BUCKETS
