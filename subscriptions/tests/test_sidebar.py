"""The subscribed channels in the sidebar: which, in which order, and what is new."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from subscriptions.models import Notify, Subscription
from tests.engine.plans import find_plan_faults
from tests.support.commands import recorded_documents, recorded_queries

PATH = "/subscriptions/sidebar"


@pytest.fixture
def subscribed(cast):
    """Return the member's client; the member subscribed to the owner an hour ago."""
    assert cast.owner.is_active
    assert cast.api("member").put("/api/v1/channels/owner/subscription").status_code == 200
    Subscription.objects.update(created_at=timezone.now() - timedelta(hours=1))
    return cast.page("member")


def news(page):
    """Return the sidebar's channels by username, and whether they are marked as new."""
    context = page.get(PATH).context
    return {channel.username: channel.is_new for channel in [*context["first"], *context["rest"]]}


def test_a_channel_is_new_from_a_video_until_it_is_opened(cast, subscribed):
    cast.video(published_at=timezone.now() - timedelta(hours=2))
    assert news(subscribed) == {"owner": False}  # older than the subscription
    cast.video(published_at=timezone.now() - timedelta(minutes=1))
    assert news(subscribed) == {"owner": True}
    assert news(subscribed) == {"owner": True}  # looking changes nothing
    assert cast.api("member").post("/api/v1/channels/owner/seen").status_code == 204
    assert news(subscribed) == {"owner": False}
    cast.video(published_at=timezone.now())
    assert news(subscribed) == {"owner": True}


def test_opening_the_feed_sees_every_channel(cast, subscribed):
    cast.video(published_at=timezone.now() - timedelta(minutes=1))
    cast.api("member").post("/api/v1/me/feed/seen")
    assert news(subscribed) == {"owner": False}


@pytest.mark.parametrize("visibility", ["private", "unlisted"])
def test_videos_that_are_in_no_list_make_nothing_new(cast, subscribed, visibility):
    cast.video(visibility=visibility, published_at=timezone.now())
    assert news(subscribed) == {"owner": False}


def test_inactive_channels_are_left_out_and_visitors_sign_in(cast, subscribed):
    User.objects.filter(username="owner").update(is_active=False)
    assert news(subscribed) == {}
    assert cast.page("anonymous").get(PATH).status_code == 302


def test_seen_is_kept_when_the_bell_changes_and_needs_a_subscription(cast, subscribed):
    cast.video(published_at=timezone.now() - timedelta(minutes=1))
    cast.api("member").post("/api/v1/channels/owner/seen")
    cast.api("member").put("/api/v1/channels/owner/subscription", {"notify": "none"}, format="json")
    row = Subscription.objects.get()
    assert row.notify == Notify.NONE
    row.save()
    assert news(subscribed) == {"owner": False}
    assert cast.api("stranger").post("/api/v1/channels/owner/seen").status_code == 204
    assert Subscription.objects.count() == 1
    assert cast.api("member").post("/api/v1/channels/nobody-here/seen").status_code == 404


def test_seven_are_shown_first_latest_upload_on_top_in_one_indexed_read(cast, subscribed):
    channels = [User(username=f"channel-{number}") for number in range(9)]
    User.objects.bulk_create(channels)
    Subscription.objects.bulk_create(
        Subscription(subscriber=cast.member, channel=channel) for channel in channels
    )
    cast.video(published_at=timezone.now())
    subscribed.get(PATH)
    with recorded_queries() as commands, recorded_documents() as documents:
        context = subscribed.get(PATH).context
    assert (len(context["first"]), len(context["rest"])) == (7, 3)
    assert context["first"][0].username == "owner"
    assert [command for command in commands if "accounts_user" not in command] == [
        "aggregate subscriptions_subscription"
    ]
    faults = {fault for database, command in documents for fault in find_plan_faults(database, command)}
    assert faults == set()
