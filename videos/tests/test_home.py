"""The home page of a signed-in person: what to go on with, what is new in the feed, and the switch for it."""

from accounts import profile
from tests.support.commands import recorded
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
    assert home(cast, "member") == {"continue": ["Begun"], "feed": ["Unwatched", "Over", "Begun"]}
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
        with recorded() as commands:
            page.get("/")
        return [command for command in commands if "session" not in command and "user" not in command]

    begin(cast, "member", cast.video(duration=100.0), 40.0)
    few = asked()
    for number in range(12):
        begin(cast, "member", cast.video(title=str(number), duration=100.0), 40.0)
    assert asked() == few
    assert len(few) <= 4, few
