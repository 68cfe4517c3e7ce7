"""The home page of a signed-in person: what to go on with, what is new in the feed, and the switch for it."""

from accounts import profile
from tests.support.commands import recorded_queries
from videos.playback import history


def home(cast, who, path="/"):
    answer = cast.page(who).get(path)
    assert answer.status_code == 200
    return {
        shelf.name: [entry["video"]["title"] for entry in shelf.entries]
        for shelf in answer.context["shelves"]
    }


def begin(cast, who, video, position):
    history.record_position(getattr(cast, who), video, position)


def test_unfinished_and_subscribed_videos_come_first(cast):
    begun, over, unwatched = (
        cast.video(title=name, duration=100.0) for name in ("Begun", "Over", "Unwatched")
    )
    begin(cast, "member", begun, 40.0)
    begin(cast, "member", over, 99.0)
    assert home(cast, "member") == {"continue": ["Begun"]}
    cast.api("member").put("/api/v1/channels/owner/subscription")
    assert home(cast, "member") == {"continue": ["Begun"], "feed": ["Unwatched", "Over"]}
    page = cast.page("member").get("/").content.decode()
    assert "Continue watching" in page
    assert 'max="100" value="40"' in page
    assert unwatched.title in page


def test_nothing_is_chosen_for_visitors_or_for_who_switched_it_off(cast):
    video = cast.video(duration=100.0)
    begin(cast, "member", video, 40.0)
    assert home(cast, "anonymous") == {}
    profile.update_preferences(cast.member, {"personalised": False})
    assert home(cast, "member") == {}


def test_a_video_that_became_private_is_not_continued(cast):
    video = cast.video(duration=100.0)
    begin(cast, "member", video, 40.0)
    cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {"visibility": "private"}, format="json")
    assert home(cast, "member") == {}


def test_a_home_page_is_few_commands(cast):
    cast.api("member").put("/api/v1/channels/owner/subscription")

    def asked():
        page = cast.page("member")
        page.get("/")
        with recorded_queries() as commands:
            page.get("/")
        return [command for command in commands if "session" not in command and "user" not in command]

    begin(cast, "member", cast.video(duration=100.0), 40.0)
    few = asked()
    for number in range(12):
        begin(cast, "member", cast.video(title=str(number), duration=100.0), 40.0)
    assert asked() == few
    assert len(few) <= 5, few


def test_no_video_is_on_the_page_twice(cast):
    assert cast.owner.is_active
    cast.api("member").put("/api/v1/channels/owner/subscription")
    videos = [cast.video(title=f"Video {number}", duration=100.0) for number in range(20)]
    for video in videos[-3:]:
        begin(cast, "member", video, 40.0)
    answer = cast.page("member").get("/")
    shelves = [[entry["video"]["id"] for entry in shelf.entries] for shelf in answer.context["shelves"]]
    grid = [card["id"] for card in answer.context["page"]["results"]]
    shown = [one for row in (*shelves, grid) for one in row]
    assert len(shown) == len(set(shown)) == 20
    assert [len(row) for row in shelves] == [3, 8, 8]
    assert len(grid) == 1


def test_recommended_videos_are_those_of_the_categories_that_are_watched(cast):
    maker = cast.stranger
    begin(cast, "member", cast.video(title="Begun", category="music", duration=100.0), 40.0)
    others = [cast.video(title=f"Other {trend}", owner=maker, trend=trend).title for trend in (9.0, 8.0)]
    cast.video(title="Song", owner=maker, category="music", trend=1.0)
    cast.video(title="Own song", owner=cast.member, category="music", trend=5.0)
    assert home(cast, "member") == {"continue": ["Begun"]}  # so few are all in the list below
    others.append(cast.video(title="Other 7.0", owner=maker, trend=7.0).title)
    assert home(cast, "member") == {"continue": ["Begun"], "recommended": ["Song", *others]}
    assert home(cast, "owner") == {}
