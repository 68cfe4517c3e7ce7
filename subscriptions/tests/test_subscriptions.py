"""Subscribing, its counters, the feed and the channel page."""

import threading

import pytest
from django.db import connections

from accounts.models import User
from subscriptions.models import Subscription
from tests.support.commands import recorded_queries

URL = "/api/v1/channels/owner/subscription"


@pytest.fixture(autouse=True)
def _channel(cast):
    cast.owner  # noqa: B018 - makes the channel


def subscribers():
    return User.objects.get(username="owner").subscriber_count


def test_subscribing_is_idempotent(cast):
    api = cast.api("member")
    for _ in range(3):
        body = api.put(URL, {"notify": "all"}, format="json").json()
    assert body == {"is_subscribed": True, "notify": "all", "subscribers": 1}
    assert Subscription.objects.count() == 1
    assert User.objects.get(username="member").subscription_count == 1


def test_the_bell_can_be_changed(cast):
    api = cast.api("member")
    api.put(URL, {"notify": "all"}, format="json")
    assert api.put(URL, {"notify": "none"}, format="json").json()["notify"] == "none"
    assert subscribers() == 1


def test_unsubscribing_is_idempotent(cast):
    api = cast.api("member")
    api.put(URL)
    for _ in range(2):
        body = api.delete(URL).json()
    assert body == {"is_subscribed": False, "notify": None, "subscribers": 0}
    assert User.objects.get(username="member").subscription_count == 0


def test_nobody_subscribes_to_themselves(cast):
    answer = cast.api("owner").put(URL)
    assert (answer.status_code, answer.json()["code"]) == (400, "self_subscription")


@pytest.mark.parametrize("notify", ["some", 1, None, {"$ne": 1}])
def test_an_unknown_bell_setting_is_400(cast, notify):
    assert cast.api("member").put(URL, {"notify": notify}, format="json").status_code == 400


def test_unknown_and_inactive_channels_are_404(cast):
    cast.user("gone", is_active=False)
    for name in ("nobody", "gone", "$ne"):
        assert cast.api("member").put(f"/api/v1/channels/{name}/subscription").status_code == 404


def test_anonymous_is_401(cast):
    assert cast.api("anonymous").put(URL).status_code == 401


def test_parallel_subscribes_of_one_and_of_many_agree_with_the_counter(cast):
    clients = [cast.api("member") for _ in range(6)]
    for number in range(6):
        user = cast.user(f"fan{number}")
        client = cast.api("anonymous")
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {cast.access_token(user)}")
        clients.append(client)
    codes = []

    def go(client):
        codes.append(client.put(URL).status_code)
        connections.close_all()

    threads = [threading.Thread(target=go, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 12
    assert Subscription.objects.count() == subscribers() == 7


def test_the_feed_holds_listed_videos_of_subscribed_channels_newest_first(cast):
    first = cast.video(title="First").pk
    cast.video(title="Hidden", visibility="private")
    cast.video(title="Elsewhere", owner=cast.stranger)
    second = cast.video(title="Second").pk
    api = cast.api("member")
    assert api.get("/api/v1/me/feed").json()["results"] == []
    api.put(URL)
    assert [card["id"] for card in api.get("/api/v1/me/feed").json()["results"]] == [second, first]


def test_the_feed_costs_at_most_four_commands(cast):
    for number in range(8):
        cast.video(owner=cast.user(f"maker{number}"))
        cast.api("member").put(f"/api/v1/channels/maker{number}/subscription")
    api = cast.api("member")
    api.get("/api/v1/me")
    with recorded_queries() as commands:
        assert len(api.get("/api/v1/me/feed").json()["results"]) == 8
    assert len(commands) <= 4, commands


def test_a_channel_shows_its_public_face(cast):
    cast.api("member").put(URL)
    cast.video()
    body = cast.api("member").get("/api/v1/channels/OWNER").json()
    assert body["counts"] == {"subscribers": 1, "subscriptions": 0, "videos": 1, "views": 0}
    assert body["viewer"] == {"is_self": False, "is_subscribed": True, "notify": "all"}
    assert not {"email", "id", "preferences"} & body.keys()
    assert cast.api("anonymous").get("/api/v1/channels/owner").json()["viewer"] is None


def test_my_subscriptions_are_listed(cast):
    cast.api("member").put(URL)
    results = cast.api("member").get("/api/v1/me/subscriptions").json()["results"]
    assert [channel["username"] for channel in results] == ["owner"]


def test_pages(cast):
    cast.video(title="On the <channel>")
    page = cast.page("member")
    for path in ("/@owner", "/@owner/videos", "/@owner/playlists", "/@owner/about"):
        assert page.get(path).status_code == 200
    assert "On the &lt;channel&gt;" in page.get("/@owner").content.decode()
    assert page.post("/@owner/subscribe", {"action": "subscribe", "next": "/feed"}).url == "/feed"
    assert "On the &lt;channel&gt;" in page.get("/feed").content.decode()
    assert page.get("/subscriptions").status_code == 200
    page.post("/@owner/subscribe", {"action": "unsubscribe"})
    assert subscribers() == 0
    assert page.get("/@nobody").status_code == 404


def test_blocking_ends_a_subscription_and_refuses_a_new_one(database, cast):
    member, owner = cast.api("member"), cast.api("owner")
    assert member.put("/api/v1/channels/owner/subscription").status_code == 200
    owner.put("/api/v1/me/blocks/member")
    assert User.objects.get(username="owner").subscriber_count == 0
    assert Subscription.objects.count() == 0
    refused = member.put("/api/v1/channels/owner/subscription")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    refused = owner.put("/api/v1/channels/member/subscription")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    owner.delete("/api/v1/me/blocks/member")
    assert member.put("/api/v1/channels/owner/subscription").status_code == 200


def test_a_closed_channel_is_in_no_list_and_can_be_left_and_unblocked(database, cast):
    assert cast.owner.is_active
    api = cast.api("member")
    api.put("/api/v1/channels/owner/subscription")
    cast.api("stranger").put("/api/v1/me/blocks/owner")
    User.objects.filter(username="owner").update(is_active=False)
    assert api.get("/api/v1/me/subscriptions").json()["results"] == []
    assert b"@owner" not in cast.page("member").get("/subscriptions").content
    assert cast.api("stranger").delete("/api/v1/channels/owner/subscription").status_code == 404
    assert api.put("/api/v1/channels/owner/subscription").status_code == 404
    assert api.delete("/api/v1/channels/owner/subscription").status_code == 200
    assert api.delete("/api/v1/channels/owner/subscription").status_code == 404
    assert cast.api("stranger").delete("/api/v1/me/blocks/owner").status_code == 200
    assert not Subscription.objects.exists()


def test_a_bell_is_left_as_it_is_unless_it_is_named(database, cast):
    assert cast.owner.is_active
    api, path = cast.api("member"), "/api/v1/channels/owner/subscription"
    assert api.put(path, {}, format="json").json()["notify"] == "all"
    assert api.put(path, {"notify": "none"}, format="json").json()["notify"] == "none"
    assert api.put(path, {}, format="json").json()["notify"] == "none"
