"""Deliveries of webhooks: signed, once by one id, tried for a day, and nothing that the owner may not see."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from accounts.models import User
from streamsite.mongo.retry import run_in_transaction
from subscriptions import services as subscribing
from subscriptions.models import Webhook, WebhookDelivery
from subscriptions.tests.test_notifications import say
from subscriptions.tests.webhook_fixtures import HOOKS, hook, receiver, run_jobs  # noqa: F401 - fixtures
from subscriptions.webhooks import delivering, delivery_store
from subscriptions.webhooks.events import MAX_TRIES, PAUSES
from tests.support.mailbox import deliver
from videos import services as videos
from videos.comments import services as comments
from videos.models import Status, Video
from videos.processing import pipeline


def of(cast, made, who="owner"):
    return cast.api(who).get(f"{HOOKS}/{made['id']}/deliveries").json()["results"]


def test_a_delivery_is_signed_by_standard_webhooks(cast, hook, receiver):  # noqa: F811
    made = hook()
    queued = cast.api("owner").post(f"{HOOKS}/{made['id']}/test")
    assert (queued.status_code, queued.json()["state"]) == (202, "waiting")
    run_jobs()
    (got,) = receiver.received
    event = Verifier(made["secret"]).verify(got.body, dict(got.headers))
    assert set(event) == {"type", "timestamp", "data"}
    assert (event["type"], event["data"]["webhook_id"]) == ("webhook.test", made["id"])
    assert got.headers["webhook-id"] == queued.json()["id"]
    assert got.headers["content-type"] == "application/json"
    assert not {"cookie", "authorization"} & set(got.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(made["secret"]).verify(got.body + b" ", dict(got.headers))
    (delivery,) = of(cast, made)
    assert (delivery["state"], delivery["tries"], delivery["response"]) == (
        "delivered",
        1,
        {"status": 204, "body": ""},
    )
    assert delivery["request"].encode() == got.body


def test_two_secrets_overlap_for_a_day(cast, hook, receiver):  # noqa: F811
    made = hook()
    api = cast.api("owner")
    renewed = api.post(f"{HOOKS}/{made['id']}/secret").json()
    assert renewed["secret"] != made["secret"]
    assert renewed["former_secret_until"]
    api.post(f"{HOOKS}/{made['id']}/test")
    run_jobs()
    for secret in (made["secret"], renewed["secret"]):
        Verifier(secret).verify(receiver.received[0].body, dict(receiver.received[0].headers))
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        cast.api("owner").post(f"{HOOKS}/{made['id']}/test")
        delivering.send_due()
        Verifier(renewed["secret"]).verify(receiver.received[1].body, dict(receiver.received[1].headers))
        with pytest.raises(WebhookVerificationError):
            Verifier(made["secret"]).verify(receiver.received[1].body, dict(receiver.received[1].headers))


def test_each_event_of_a_channel_comes_once(cast, hook, receiver):  # noqa: F811
    hook()
    video = cast.video(visibility="private", title="Film")
    videos.update(video, {"visibility": "public"})
    videos.refresh_listing(video.pk)
    comment = say(cast, "member", video, "Hello")
    subscribing.subscribe(cast.member, cast.owner)
    subscribing.subscribe(cast.member, cast.owner)
    subscribing.unsubscribe(cast.member, cast.owner)
    subscribing.unsubscribe(cast.member, cast.owner)
    run_jobs()
    got = {one.event["type"]: one.event["data"] for one in receiver.received}
    assert sorted(receiver.events()) == [
        *("comment.created", "subscription.created", "subscription.deleted", "video.published")
    ]
    assert got["video.published"]["title"] == "Film"
    assert got["video.published"]["channel"]["username"] == "owner"
    assert got["comment.created"]["id"] == comment
    assert got["comment.created"]["author"]["username"] == "member"
    assert got["subscription.created"]["subscriber"]["username"] == "member"
    assert got["subscription.created"]["subscribers"] == 1
    videos.delete(Video.objects.select_related("channel").get(pk=video.pk))
    run_jobs()
    assert receiver.events()[4:] == ["video.deleted"]
    assert all(b"@example.org" not in one.body for one in receiver.received)


def test_failed_processing_comes_with_its_code(cast, hook, receiver):  # noqa: F811
    hook()
    video = cast.video(ready=False, status=Status.QUEUED)
    pipeline.fail_video(video.pk, ("transcode_failed", "It didn't work."))
    pipeline.fail_video(video.pk)
    run_jobs()
    (got,) = receiver.received
    assert got.event["type"] == "video.failed"
    assert got.event["data"]["failure"] == {"code": "transcode_failed", "detail": "It didn't work."}


def test_an_event_is_there_only_if_its_write_is(cast, hook, receiver):  # noqa: F811
    hook()
    video = cast.video(title="Film")

    class Undone(Exception):
        pass

    def delete_and_fail():
        videos.delete(video)
        raise Undone

    with pytest.raises(Undone):
        run_in_transaction(delete_and_fail)
    assert Video.objects.filter(pk=video.pk).exists()
    run_jobs()
    assert "video.deleted" not in receiver.events()


def test_other_channels_events_and_unwanted_ones_do_not_come(cast, hook, receiver):  # noqa: F811
    hook(events=["subscription.created"])
    hook(who="member")
    video = cast.video(title="Film")
    say(cast, "stranger", video, "Hello")
    run_jobs()
    assert receiver.received == []


def test_the_site_gets_what_everybody_sees(cast, hook, receiver):  # noqa: F811
    hook(who="staff", scope="site")
    secret = cast.video(visibility="private", title="Secret film")
    failing = cast.video(ready=False, status=Status.QUEUED, title="Secret draft")
    pipeline.fail_video(failing.pk)
    say(cast, "owner", secret, "Secret words")
    videos.delete(secret)
    shown = cast.video(visibility="private", title="Film")
    videos.update(shown, {"visibility": "public"})
    say(cast, "member", shown, "Hello")
    User.objects.filter(pk=cast.member.pk).update(preferences={"subscriptions_private": True})
    subscribing.subscribe(cast.member, cast.owner)
    run_jobs()
    assert sorted(receiver.events()) == [
        *("comment.created", "subscription.created", "video.failed", "video.published")
    ]
    assert all(b"ecret" not in one.body for one in receiver.received)
    by_type = {one.event["type"]: one.event["data"] for one in receiver.received}
    assert (by_type["video.failed"]["id"], by_type["video.failed"]["title"]) == (failing.pk, None)
    assert by_type["subscription.created"]["subscriber"] is None
    User.objects.filter(pk=cast.staff.pk).update(is_staff=False)
    say(cast, "member", shown, "Hello again")
    run_jobs()
    assert len(receiver.received) == 4


def test_what_is_gone_or_hidden_by_then_is_withdrawn(cast, hook, receiver):  # noqa: F811
    made, site = hook(), hook(who="staff", scope="site")
    video = cast.video(visibility="private", title="Film")
    videos.update(video, {"visibility": "public"})
    removed, deleted = say(cast, "member", video, "One"), say(cast, "member", video, "Two")
    comments.take_down(removed)
    videos.update(Video.objects.select_related("channel").get(pk=video.pk), {"visibility": "private"})
    cast.api("member").delete(f"/api/v1/comments/{deleted}")
    run_jobs()
    assert receiver.events() == ["video.published"]
    states = {(one["type"], one["state"]) for one in of(cast, made) + of(cast, site, "staff")}
    assert states == {
        *(
            ("video.published", "delivered"),
            ("video.published", "withdrawn"),
            ("comment.created", "withdrawn"),
        )
    }
    withdrawn = next(one for one in of(cast, made) if one["state"] == "withdrawn")
    assert withdrawn["request"] == ""
    answer = cast.api("owner").post(f"{HOOKS}/{made['id']}/deliveries/{withdrawn['id']}/redeliver")
    assert answer.status_code == 409


def test_who_is_staff_no_more_reads_and_gets_nothing_of_the_site(cast, hook, receiver):  # noqa: F811
    site = hook(who="staff", scope="site", events=["comment.created"])
    own = hook(who="staff")
    video = cast.video()
    say(cast, "member", video, "Hello")
    run_jobs()
    assert receiver.events() == ["comment.created"]
    say(cast, "member", video, "Still waiting")
    User.objects.filter(pk=cast.staff.pk).update(is_staff=False)
    api = cast.api("staff")
    for path in ("", "/deliveries"):
        assert api.get(f"{HOOKS}/{site['id']}{path}").status_code == 404
    assert [one["id"] for one in api.get(HOOKS).json()["results"]] == [own["id"]]
    run_jobs()
    assert len(receiver.received) == 1
    assert WebhookDelivery.objects.get(state="withdrawn").body == ""
    count = WebhookDelivery.objects.count()
    say(cast, "member", video, "Hello again")
    assert WebhookDelivery.objects.count() == count


def test_comments_of_authors_who_are_inactive_by_then_are_withdrawn(cast, hook, receiver):  # noqa: F811
    made = hook(events=["comment.created"])
    say(cast, "member", cast.video(), "Hello")
    User.objects.filter(pk=cast.member.pk).update(is_active=False)
    run_jobs()
    assert receiver.received == []
    assert [one["state"] for one in of(cast, made)] == ["withdrawn"]


def test_held_comments_come_when_they_are_approved(cast, hook, receiver):  # noqa: F811
    hook(events=["comment.created"])
    cast.api("owner").patch("/api/v1/studio/comment-rules", {"words": ["spam"]}, format="json")
    video = cast.video()
    held = say(cast, "member", video, "spam?")
    run_jobs()
    assert receiver.received == []
    cast.api("owner").put(f"/api/v1/comments/{held}/approval")
    run_jobs()
    assert receiver.events() == ["comment.created"]


def test_a_failure_is_tried_again_with_the_same_id_and_body(cast, hook, receiver):  # noqa: F811
    made = hook()
    receiver.answers = [(500, {}, b"Oops \xff\x00<b>"), (302, {"Location": f"{receiver.url}/other"}, b"")]
    cast.api("owner").post(f"{HOOKS}/{made['id']}/test")
    start = datetime.now(UTC)
    run_jobs()
    (first,) = of(cast, made)
    assert (first["state"], first["tries"]) == ("waiting", 1)
    assert first["response"] == {"status": 500, "body": "Oops \ufffd\ufffd<b>"}
    assert delivering.send_due() == 0
    with time_machine.travel(start + timedelta(seconds=PAUSES[0] + 5)):
        delivering.send_due()
        assert delivering.send_due() == 0
    with time_machine.travel(start + timedelta(seconds=PAUSES[0] + PAUSES[1] + 10)):
        delivering.send_due()
    assert [one.path for one in receiver.received] == ["/hook"] * 3  # no redirect is followed
    assert len({(one.headers["webhook-id"], one.body) for one in receiver.received}) == 1
    (last,) = of(cast, made)
    assert (last["state"], last["tries"]) == ("delivered", 3)
    assert cast.api("owner").get(f"{HOOKS}/{made['id']}").json()["failing_since"] is None


def test_the_receiver_may_ask_for_a_longer_pause(cast, hook, receiver):  # noqa: F811
    made = hook()
    receiver.answers = [(429, {"Retry-After": "3600"}, b"")]
    cast.api("owner").post(f"{HOOKS}/{made['id']}/test")
    run_jobs()
    (row,) = WebhookDelivery.objects.all()
    assert row.next_at - row.sent_at == timedelta(seconds=3600)


def test_after_a_day_of_failures_a_webhook_is_disabled_with_a_mail(cast, hook, receiver):  # noqa: F811
    made = hook()
    deliver()
    receiver.answers = [(500, {}, b"")] * 100
    cast.api("owner").post(f"{HOOKS}/{made['id']}/test")
    now = datetime.now(UTC)
    assert timedelta(hours=23, minutes=59) <= timedelta(seconds=sum(PAUSES)) <= timedelta(hours=24)
    for pause in (0, *PAUSES):
        now += timedelta(seconds=pause + 1)
        with time_machine.travel(now):
            delivering.send_due()
    (delivery,) = of(cast, made)
    assert (delivery["state"], delivery["tries"]) == ("failed", MAX_TRIES)
    state = cast.api("owner").get(f"{HOOKS}/{made['id']}").json()
    assert state["state"] == "disabled"
    assert state["disabled_because"] == "failures"
    (mail,) = deliver()
    assert receiver.url in mail.body
    assert "/studio/webhooks" in mail.body
    assert cast.api("owner").post(f"{HOOKS}/{made['id']}/test").status_code == 409
    subscribing.subscribe(cast.member, cast.owner)
    assert len(of(cast, made)) == 1
    resumed = cast.api("owner").patch(f"{HOOKS}/{made['id']}", {"paused": False}, format="json").json()
    assert (resumed["state"], resumed["disabled_because"], resumed["failing_since"]) == ("active", None, None)


def test_one_event_that_is_refused_while_others_are_taken_disables_nothing(cast, hook, receiver):  # noqa: F811
    made = hook()
    cast.api("owner").post(f"{HOOKS}/{made['id']}/test")
    now = datetime.now(UTC)
    for index, pause in enumerate((0, *PAUSES)):
        now += timedelta(seconds=pause + 1)
        receiver.answers = [(500, {}, b"")]
        with time_machine.travel(now):
            delivering.send_due()
            if index == 3:
                subscribing.subscribe(cast.member, cast.owner)
                receiver.answers = []
                delivering.send_due()
    assert {one["state"] for one in of(cast, made)} == {"failed", "delivered"}
    assert Webhook.objects.get().state == "active"


def test_gone_means_gone(cast, hook, receiver):  # noqa: F811
    made = hook()
    receiver.answers = [(410, {}, b"")]
    cast.api("owner").post(f"{HOOKS}/{made['id']}/test")
    run_jobs()
    assert cast.api("owner").get(f"{HOOKS}/{made['id']}").json()["state"] == "disabled"


def test_a_delivery_is_sent_again_on_request(cast, hook, receiver):  # noqa: F811
    made = hook()
    sent = cast.api("owner").post(f"{HOOKS}/{made['id']}/test").json()
    run_jobs()
    again = cast.api("owner").post(f"{HOOKS}/{made['id']}/deliveries/{sent['id']}/redeliver")
    assert (again.status_code, again.json()["state"], again.json()["id"]) == (202, "waiting", sent["id"])
    run_jobs()
    assert len({(one.headers["webhook-id"], one.body) for one in receiver.received}) == 1
    assert len(receiver.received) == 2


def test_paused_webhooks_get_nothing_and_go_on_later(cast, hook, receiver):  # noqa: F811
    made = hook()
    cast.api("owner").post(f"{HOOKS}/{made['id']}/test")
    cast.api("owner").patch(f"{HOOKS}/{made['id']}", {"paused": True}, format="json")
    subscribing.subscribe(cast.member, cast.owner)
    run_jobs()
    assert receiver.received == []
    cast.api("owner").patch(f"{HOOKS}/{made['id']}", {"paused": False}, format="json")
    run_jobs()
    assert receiver.events() == ["webhook.test"]


def test_of_two_workers_one_sends_and_a_dead_one_is_replaced(cast, hook, receiver):  # noqa: F811
    made = hook()
    cast.api("owner").post(f"{HOOKS}/{made['id']}/test")
    now = datetime.now(UTC)
    until = now + delivering.CLAIM
    (claimed,) = delivery_store.claim_due(now, until=until, most=9, per_webhook=9)
    assert delivering.send_due() == 0
    with time_machine.travel(until + timedelta(seconds=1)):
        assert delivering.send_due() == 1
    assert not delivery_store.settle(claimed, tries=99)
    assert of(cast, made)[0]["tries"] == 1


def test_a_private_address_learns_nothing_and_tells_nothing(cast, hook, receiver, settings):  # noqa: F811
    made = hook()
    settings.OUTBOUND_PRIVATE_HOSTS = ()
    cast.api("owner").post(f"{HOOKS}/{made['id']}/test")
    run_jobs()
    assert receiver.received == []
    (delivery,) = of(cast, made)
    assert (delivery["state"], delivery["response"]) == ("waiting", None)
    assert delivery["error"] == "unreachable"


def test_one_webhook_does_not_fill_a_batch(cast, hook, receiver):  # noqa: F811
    many, few = hook(), hook(who="member")
    for _time in range(40):
        cast.api("owner").post(f"{HOOKS}/{many['id']}/test")
    cast.api("member").post(f"{HOOKS}/{few['id']}/test")
    now = datetime.now(UTC)
    rows = delivery_store.claim_due(now, until=now + delivering.CLAIM, most=32, per_webhook=2)
    assert sorted(row["webhook_id"] for row in rows) == sorted([many["id"], many["id"], few["id"]])


def test_events_that_wait_are_bounded(cast, hook, receiver, monkeypatch):  # noqa: F811
    made = hook()
    monkeypatch.setattr("subscriptions.webhooks.queueing.MAX_WAITING", 2)
    for _time in range(4):
        subscribing.subscribe(cast.member, cast.owner)
        subscribing.unsubscribe(cast.member, cast.owner)
    assert len(of(cast, made)) == 2
