"""The studio's figures: each fact by real heartbeats, days without figures, comparison, retention, whose they are."""

from datetime import UTC, datetime, timedelta

import pytest
from pymongo.collection import Collection
from pymongo.errors import ExecutionTimeout

from streamsite.mongo.collections import collection
from tests.support.commands import recorded
from videos import services, tasks
from videos.playback import aggregation, session_store, statistics_store
from videos.studio import date_ranges

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36"
STATS = "/api/v1/studio/stats"


@pytest.fixture
def film(cast):
    return cast.video(title="Film", duration=100.0)


def watch(cast, video, seconds, *, who="stranger", agent=CHROME, source="direct", session="one"):
    """Somebody watches from the beginning for so long; heartbeats of the API, the clock moved below them."""
    api = cast.api(who)
    path = f"/api/v1/videos/{video.pk}/playback"
    said = {"source": source, "session": session}
    first = api.post(path, {"position": 0} | said, format="json", HTTP_USER_AGENT=agent)
    assert first.status_code == 200
    collection(session_store.SESSIONS).update_many(
        {}, [{"$set": {"last_at": {"$subtract": ["$last_at", seconds * 1000]}}}]
    )
    body = {"position": seconds, "watched": [[0, seconds]]} | said
    assert api.post(path, body, format="json", HTTP_USER_AGENT=agent).status_code == 200
    aggregation.aggregate_pending()


def stats(cast, path=STATS, who="owner", **params):
    answer = cast.api(who).get(path, params)
    assert answer.status_code == 200, answer.content
    return answer.json()


def of(film):
    return f"/api/v1/studio/videos/{film.pk}/stats"


def counts(report):
    return {row["verdict"]: row["count"] for row in report["decided"]}


def test_a_view_and_its_time_are_in_the_totals_and_on_their_day(database, cast, film):
    watch(cast, film, 20)
    today = datetime.now(UTC).date().isoformat()
    for report in (stats(cast), stats(cast, of(film))):
        assert report["totals"]["views"] == 1
        assert report["totals"]["watch_seconds"] == pytest.approx(20, abs=1)
        assert report["days"][-1] | {"watch_seconds": 20} == {
            "day": today,
            "views": 1,
            "watch_seconds": 20,
            "likes": 0,
            "dislikes": 0,
            "comments": 0,
            "subscribers_gained": 0,
            "subscribers_lost": 0,
        }
        assert report["average_seconds"] == pytest.approx(20, abs=1)
        assert report["average_percentage"] == pytest.approx(20, abs=1)


@pytest.mark.parametrize("name", date_ranges.RANGES)
def test_every_day_of_the_range_is_there_with_zeros(database, cast, film, name):
    report = stats(cast, range=name)
    days = [row["day"] for row in report["days"]]
    assert len(days) == date_ranges.RANGES[name]
    assert (days[0], days[-1]) == (report["from"], report["to"])
    assert days == sorted(set(days))
    assert report["to"] == datetime.now(UTC).date().isoformat()
    assert {row["views"] for row in report["days"]} == {0}
    assert (report["average_seconds"], report["average_percentage"]) == (None, None)
    assert (report["sources"], report["top_videos"]) == ([], [])


def test_28_days_unless_another_range_is_asked_for(database, cast, film):
    assert stats(cast)["range"] == "28d"
    for value in ("1d", "28", "$gt", "28d "):
        for path in (STATS, f"{STATS}.csv", of(film), f"{of(film)}.csv"):
            answer = cast.api("owner").get(path, {"range": value})
            assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
            assert "range" in answer.json()["fields"]


def test_the_period_before_is_as_long_and_apart(database, cast, film, time_machine):
    start = datetime.now(UTC)
    watch(cast, film, 30)
    time_machine.move_to(start + timedelta(days=7), tick=True)
    for who in ("stranger", "member"):
        watch(cast, film, 20, who=who)
    report = stats(cast, range="7d")
    assert (report["totals"]["views"], report["previous"]["views"]) == (2, 1)
    assert report["previous"]["watch_seconds"] == pytest.approx(30, abs=1)
    assert report["previous"]["to"] == (start.date()).isoformat()
    assert report["previous"]["from"] == (start.date() - timedelta(days=6)).isoformat()
    assert stats(cast, range="28d")["totals"]["views"] == 3
    time_machine.move_to(start + timedelta(days=21), tick=True)
    later = stats(cast, of(film), range="7d")
    assert (later["totals"]["views"], later["previous"]["views"]) == (0, 0)


def test_how_every_viewing_was_decided(database, cast, film):
    watch(cast, film, 20)
    watch(cast, film, 20, session="two")  # comes back
    watch(cast, film, 3, who="member")  # too short
    watch(cast, film, 30, who="owner")
    watch(cast, film, 30, who="anonymous", agent="Googlebot/2.1")
    for report in (stats(cast), stats(cast, of(film))):
        assert counts(report) == {
            "started": 4,
            "counted": 1,
            "open": 1,
            "repeats": 1,
            "refused_owner": 1,
            "refused_bot": 1,
        }
        assert all(row["means"].endswith(".") for row in report["decided"])
        # Neither the owner's nor the program's time is watch time.
        assert report["totals"]["watch_seconds"] == pytest.approx(43, abs=2)
        assert report["average_seconds"] == pytest.approx(21.5, abs=1)


def test_what_led_to_the_views(database, cast, film):
    for who, source in (("stranger", "search"), ("member", "search"), ("staff", "home")):
        watch(cast, film, 20, who=who, source=source)
    assert stats(cast, of(film))["sources"] == [
        {"source": "search", "views": 2, "share": 0.6667},
        {"source": "home", "views": 1, "share": 0.3333},
    ]


def test_likes_comments_and_subscribers_of_the_day(database, cast, film):
    stranger = cast.api("stranger")
    stranger.put(f"/api/v1/videos/{film.pk}/reaction", {"value": "like"}, format="json")
    stranger.post(f"/api/v1/videos/{film.pk}/comments", {"text": "Hi"}, format="json")
    for who in ("stranger", "member"):
        cast.api(who).put("/api/v1/channels/owner/subscription")
    cast.api("member").delete("/api/v1/channels/owner/subscription")
    day = stats(cast)["days"][-1]
    assert (day["likes"], day["comments"]) == (1, 1)
    assert (day["subscribers_gained"], day["subscribers_lost"]) == (2, 1)
    of_video = stats(cast, of(film))["totals"]
    assert (of_video["likes"], of_video["comments"]) == (1, 1)


def test_subscribers_whom_a_video_led_to_are_in_its_figures(database, cast, film):
    other = cast.video(owner=cast.stranger)
    path = "/api/v1/channels/owner/subscription"
    for who, video in (("stranger", film.pk), ("member", other.pk), ("staff", "")):
        body = {"video_id": video} if video else {}
        assert cast.api(who).put(path, body, format="json").status_code == 200
        assert cast.api(who).put(path, body, format="json").status_code == 200  # counts once
    cast.page("member").post("/@owner/subscribe", {"action": "unsubscribe", "video_id": film.pk})
    cast.api("staff").delete(f"{path}?video_id={film.pk}")
    cast.api("staff").delete(f"{path}?video_id={film.pk}")
    told = {
        name: stats(cast, of(film))["totals"][name] for name in ("subscribers_gained", "subscribers_lost")
    }
    assert told == {"subscribers_gained": 1, "subscribers_lost": 2}
    assert stats(cast)["totals"]["subscribers_gained"] == 3
    assert stats(cast, of(other), who="stranger")["totals"]["subscribers_gained"] == 0


def test_retention_is_the_share_of_who_began(database, cast):
    clip = cast.video(duration=10.0)
    watch(cast, clip, 10)
    watch(cast, clip, 5, who="member")
    watch(cast, clip, 10, who="owner")  # does not count here either
    curve = stats(cast, of(clip))["retention"]
    assert [row["at"] for row in curve] == [float(second) for second in range(10)]
    assert [row["share"] for row in curve] == [1.0] * 5 + [0.5] * 5


def test_a_part_seen_again_and_again_is_no_more_than_everybody(database, cast):
    clip = cast.video(duration=4.0)
    for session in ("one", "two", "three"):
        watch(cast, clip, 2, session=session)
    report = stats(cast, of(clip))
    assert [row["share"] for row in report["retention"]] == [1.0, 1.0, 0.0, 0.0]
    assert report["average_percentage"] == pytest.approx(150, abs=5)


def test_days_from_before_lengths_were_noted_are_left_out_of_the_share(database, cast, film):
    watch(cast, film, 20)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    former = {"views": 1, "started": 1, "seconds": 60.0}
    statistics_store.add_day(film.pk, film.channel_id, yesterday, former, "former")
    collection(statistics_store.VIDEO_TOTALS).update_one({"_id": film.pk}, {"$unset": {"viewings": ""}})
    report = stats(cast, of(film))
    assert report["average_seconds"] == pytest.approx(40, abs=1)
    assert report["average_percentage"] == pytest.approx(20, abs=1)
    assert report["retention"][0]["share"] == 1.0


def test_a_long_video_has_a_curve_of_at_most_600_points(database, cast):
    lecture = cast.video(duration=7200.5)
    watch(cast, lecture, 30)
    curve = stats(cast, of(lecture))["retention"]
    assert len(curve) <= statistics_store.MAX_BUCKETS
    assert curve[1]["at"] == statistics_store.bucket_seconds(7200.5)
    assert curve[0]["share"] == 1.0
    assert curve[-1] == {"at": curve[-1]["at"], "share": 0.0}


def test_videos_by_what_they_had_in_the_range(database, cast, film, time_machine):
    other, start = cast.video(title="Other", visibility="private"), datetime.now(UTC)
    cast.user("somebody")
    for who in ("stranger", "member"):
        watch(cast, film, 20, who=who)
    time_machine.move_to(start + timedelta(days=10), tick=True)
    watch(cast, film, 20)
    top = stats(cast, range="28d")["top_videos"]
    assert [(row["video"]["id"], row["views"]) for row in top] == [(film.pk, 3)]
    assert [row["views"] for row in stats(cast, range="7d")["top_videos"]] == [1]
    services.delete(other)
    services.delete(film)
    tasks.forget_video.func(film.pk)
    report = stats(cast)
    assert report["top_videos"] == []
    assert report["totals"]["views"] == 3  # the channel had them all the same


def test_others_figures_are_closed(database, cast, film):
    secret = cast.video(visibility="private")
    watch(cast, film, 20)
    for suffix in ("", ".csv"):
        for who, expected in (("anonymous", (401, 401)), ("stranger", (403, 404)), ("staff", (403, 404))):
            codes = tuple(cast.api(who).get(f"{of(one)}{suffix}").status_code for one in (film, secret))
            assert codes == expected, (who, suffix)
        assert cast.api("anonymous").get(f"{STATS}{suffix}").status_code == 401
    assert stats(cast, who="stranger")["totals"]["views"] == 0


@pytest.mark.usefixtures("uncached_rows")
def test_figures_are_few_commands_whatever_the_number_of_videos(database, cast, film):
    watch(cast, film, 20)
    for number in range(12):
        watch(cast, cast.video(title=f"V{number}"), 12)
    api = cast.api("owner")
    wanted = {
        STATS: ["find channel_day", "aggregate video_day", "find videos_video", "find accounts_user"],
        of(film): ["find videos_video", "find accounts_user", "find video_day", "find video_total"],
    }
    for path, commands in wanted.items():
        for suffix in ("", ".csv"):
            with recorded() as seen:
                assert api.get(f"{path}{suffix}", {"range": "365d"}).status_code == 200
            own = [one for one in seen if "throttle" not in one and "auth_session" not in one]
            assert own == ["find accounts_user", *commands]


def test_the_answer_is_nobodys_to_keep(database, cast, film):
    for path in (STATS, of(film), f"{STATS}.csv"):
        assert "no-store" in cast.api("owner").get(path)["Cache-Control"]


def test_what_takes_too_long_to_rank_is_left_out(database, cast, monkeypatch):
    aggregate = Collection.aggregate

    def out_of_time(self, *arguments, **options):
        if self.name == "video_day":
            raise ExecutionTimeout("operation exceeded time limit")
        return aggregate(self, *arguments, **options)

    monkeypatch.setattr(Collection, "aggregate", out_of_time)
    assert cast.api("owner").get("/api/v1/studio/stats").json()["top_videos"] is None
    assert "Too much data to rank" in cast.page("owner").get("/studio").content.decode()
    assert cast.api("owner").get("/api/v1/studio/stats.csv?table=videos").status_code == 200
