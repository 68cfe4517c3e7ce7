"""The feed: videos published since it was last seen."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from subscriptions.models import ReadMarks, Subscription
from tests.engine.plans import find_plan_faults
from tests.support.commands import recorded_documents, recorded_queries
from videos.models import Video


def test_the_feed_marks_what_came_since_it_was_seen(cast):
    api = cast.api("member")
    assert cast.owner.is_active
    api.put("/api/v1/channels/owner/subscription")
    cast.video(title="Former")

    def fresh():
        return [card["title"] for card in api.get("/api/v1/me/feed").json()["results"] if card["is_new"]]

    assert fresh() == []
    assert api.post("/api/v1/me/feed/seen").status_code == 204
    cast.video(title="Later", published_at=timezone.now())
    assert fresh() == ["Later"]
    page = cast.page("member")
    assert page.get("/feed").content.decode().count("badge-new") == 1
    before = ReadMarks.objects.get().feed_seen_at
    page.get("/feed")
    assert ReadMarks.objects.get().feed_seen_at == before  # looking changes nothing by itself
    api.post("/api/v1/me/feed/seen")
    assert fresh() == []


def test_a_feed_of_hundreds_of_channels_is_merged_by_the_database(cast):
    channels = [User(username=f"channel-{number:03d}") for number in range(450)]
    User.objects.bulk_create(channels)
    start = timezone.now() - timedelta(days=1)
    Video.objects.bulk_create(
        Video(
            channel=channels[number % 450],
            title=str(number),
            visibility="public",
            listed=True,
            generation="g1",
            published_at=start + timedelta(seconds=number // 2),  # two at a time
        )
        for number in range(450 * 12)
    )
    Subscription.objects.bulk_create(Subscription(subscriber=cast.member, channel=one) for one in channels)
    api, address, seen = cast.api("member"), "/api/v1/me/feed?page_size=100", []
    with recorded_documents() as documents:
        for _ in range(5):
            page = api.get(address).json()
            seen += [card["id"] for card in page["results"]]
            address = page["next"]
    assert seen == list(Video.objects.order_by("-published_at", "-id").values_list("pk", flat=True)[:500])
    assert {
        fault for database, command in documents for fault in find_plan_faults(database, command)
    } == set()
    with recorded_queries() as commands:
        api.get("/api/v1/me/feed")
    assert len([command for command in commands if "accounts_user" not in command]) <= 4, commands
    assert not [command for command in commands if command.startswith("getMore")]
