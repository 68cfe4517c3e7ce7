"""Push delivery: only what accounts may see and want, only while signed in, with retries."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts import sessions
from streamsite import outbound
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_database
from streamsite.tasks import queue
from subscriptions import services as subscribing
from subscriptions import subscription_store, tasks
from subscriptions.models import Broadcast, Notification
from subscriptions.notifications.push import delivery, sending, store
from subscriptions.tests.push_fixtures import LIST, device, run_jobs, service  # noqa: F401 - fixtures
from subscriptions.tests.test_notifications import prefer, say
from tests.support.commands import recorded
from videos import services as videos

NOTES = "/api/v1/me/notifications"


@pytest.fixture
def follower(cast, device):  # noqa: F811
    """A browser of somebody who follows the owner."""
    subscribing.subscribe(cast.member, cast.owner)
    return device("member")


def publish(cast, **fields):
    video = cast.video(visibility="private", **fields)
    videos.update(video, {"visibility": "public"})
    return video


def test_a_new_video_reaches_the_browsers_of_followers(service, cast, follower, device):  # noqa: F811
    bystander = device("stranger")
    video = publish(cast, title="Film")
    run_jobs()
    (message,) = service.read(follower)
    broadcast = Broadcast.objects.get(subject=video.pk)
    assert message["title"] == "\u2068owner\u2069 published “\u2068Film\u2069”"
    assert (message["id"], message["url"], message["tag"]) == (
        broadcast.pk,
        f"/watch/{video.pk}",
        f"video:{video.pk}",
    )
    assert (message["lang"], message["dir"], message["body"]) == ("en", "ltr", "")
    assert message["icon"] == "/apple-touch-icon.png"
    assert service.read(bystander) == []
    assert service.requests[0].headers["Urgency"] == "low"
    assert cast.api("member").get(LIST).json()["results"][0]["last_sent_at"]


def test_replies_and_mentions_reach_the_browser_and_other_comments_do_not(service, cast, device):  # noqa: F811
    owner, member = device("owner"), device("member")
    video = cast.video(title="Film")
    first = say(cast, "member", video)
    say(cast, "stranger", video, "Yes, I\n think so", thread=first)
    say(cast, "stranger", video, "@owner look")
    run_jobs()
    (reply,) = service.read(member)
    assert reply["title"] == "\u2068stranger\u2069 replied to your comment on “\u2068Film\u2069”"
    assert reply["body"] == "Yes, I think so"
    assert reply["url"].startswith(f"/watch/{video.pk}?comment={first}&reply=")
    assert reply["tag"] == f"{video.pk}:{first}"
    (mention,) = service.read(owner)
    assert mention["title"] == "\u2068stranger\u2069 mentioned you on “\u2068Film\u2069”"
    assert service.requests[0].headers["Urgency"] == "normal"


def test_it_speaks_the_receivers_language(service, cast, follower):  # noqa: F811
    prefer(cast, "member", language="ar")
    publish(cast)
    run_jobs()
    (message,) = service.read(follower)
    assert (message["lang"], message["dir"]) == ("ar", "rtl")


def test_what_was_hidden_or_deleted_in_between_is_not_told(service, cast, follower):  # noqa: F811
    for change in ({"visibility": "private"}, {"visibility": "unlisted"}):
        videos.update(publish(cast, title="Secret"), change)
    video = cast.video()
    first = say(cast, "member", video)
    reply = say(cast, "stranger", video, thread=first)
    assert cast.api("stranger").delete(f"/api/v1/comments/{reply}").status_code == 204
    say(cast, "stranger", video, thread=first)
    videos.update(video, {"visibility": "private"})
    run_jobs()
    assert service.requests == []


def test_the_settings_of_the_site_hold_for_browsers(service, cast, follower):  # noqa: F811
    prefer(cast, "member", notify_video="email", notify_reply="none")
    publish(cast)
    video = cast.video()
    say(cast, "stranger", video, thread=say(cast, "member", video))
    prefer(cast, "member", notify_video="page")
    subscribing.subscribe(cast.member, cast.owner, notify="none")
    publish(cast)
    run_jobs()
    assert service.requests == []
    subscribing.subscribe(cast.member, cast.owner, notify="all")
    publish(cast)
    # Turned off after it was queued.
    prefer(cast, "member", notify_video="none")
    run_jobs()
    assert service.requests == []


def test_what_was_read_or_is_a_day_old_is_not_sent(service, cast, follower):  # noqa: F811
    publish(cast)
    assert cast.api("member").post(f"{NOTES}/read", {}, format="json").status_code == 200
    run_jobs()
    row = Broadcast.objects.get(subject=publish(cast).pk)
    Broadcast.objects.filter(pk=row.pk).update(created_at=datetime.now(UTC) - timedelta(hours=25))
    run_jobs()
    assert delivery.next_receivers(row.pk, "") == ([], "")
    assert delivery.deliver(row.pk, [follower.id]) == []
    assert service.requests == []


@pytest.mark.parametrize("ending", ["out", "all", "password", "closing", "expiry"])
def test_a_browser_that_is_signed_out_gets_nothing(service, cast, device, ending):  # noqa: F811
    api = cast.api("member")
    one = device("member", api=api)
    video = cast.video()
    say(cast, "stranger", video, thread=say(cast, "member", video))
    (row,) = store.find([one.id])
    if ending == "out":
        assert sessions.revoke(row["session_id"], cast.member.pk, "logout")
    elif ending == "all":
        api.post("/api/v1/auth/logout-all")
    elif ending == "password":
        body = {"current_password": "correct horse battery", "new_password": "another long password"}
        assert cast.api("member").post("/api/v1/auth/password/change", body, format="json").status_code == 200
    elif ending == "closing":
        cast.member.__class__.objects.filter(pk=cast.member.pk).update(is_active=False)
    moment = datetime.now(UTC) + (timedelta(days=200) if ending == "expiry" else timedelta())
    if ending == "expiry":
        Notification.objects.update(created_at=moment)
    with time_machine.travel(moment):
        run_jobs()
    assert service.requests == []
    assert (store.find([one.id]) == []) == (ending != "closing")


def test_a_change_of_the_password_keeps_the_browser_in_which_it_is_made(service, cast, device):  # noqa: F811
    api = cast.api("member")
    kept, other = device("member", "kept", api=api), device("member", "other")
    body = {"current_password": "correct horse battery", "new_password": "another long password"}
    assert api.post("/api/v1/auth/password/change", body, format="json").status_code == 200
    assert [len(store.find([one.id])) for one in (kept, other)] == [1, 0]
    video = cast.video()
    say(cast, "stranger", video, "Hello @member")
    run_jobs()
    assert len(service.read(kept)) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_the_service_does_not_know_is_removed(service, cast, follower, status):  # noqa: F811
    service.answers["/push/of-member"] = [(status, {})]
    publish(cast)
    run_jobs()
    assert len(service.requests) == 1
    assert store.find([follower.id]) == []
    publish(cast)
    run_jobs()
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "changes",
    [
        *({"endpoint": f"https://{host}/secret"} for host in ("a..push.apple.com", ".push.apple.com", "[zz]")),
        *({"endpoint": f"https://{host}/secret"} for host in (f"{'a' * 300}.push.apple.com", "former.example")),
        *({"p256dh": "AAAA!!!!"}, {"auth": "AAAA"}),
    ],
)  # fmt: skip
def test_a_stored_browser_that_is_not_valid_fails_no_other(service, cast, follower, device, changes):  # noqa: F811
    others = [device("member", f"good-{number}") for number in range(6)]
    bad = device("member", "bad")
    collection(store.SUBSCRIPTIONS).update_one({"_id": bad.id}, {"$set": changes})
    publish(cast)
    run_jobs()
    good = [follower, *others]
    assert [len(service.read(one)) for one in good] == [1] * 7
    assert len(service.requests) == 7
    assert all(row["sent_at"] for row in store.find([one.id for one in good]))
    assert store.find([bad.id]) == []
    assert collection(queue.JOBS).count_documents({"queue": "push", "state": {"$ne": "done"}}) == 0
    assert waiting() == []


def test_an_error_while_one_is_sent_fails_no_other(service, cast, follower, device, monkeypatch, caplog):  # noqa: F811
    good = [follower, *(device("member", f"good-{number}") for number in range(6))]
    bad = device("member", "bad-secret")
    post = outbound.Client.post

    def fail_for_one(client, url, body, headers):
        if url == bad.endpoint:
            raise RuntimeError(url)
        return post(client, url, body, headers)

    monkeypatch.setattr(outbound.Client, "post", fail_for_one)
    publish(cast)
    run_jobs()
    assert [len(service.read(one)) for one in good] == [1] * 7
    assert all(row["sent_at"] for row in store.find([one.id for one in good]))
    assert collection(queue.JOBS).count_documents({"queue": "push", "state": {"$ne": "done"}}) == 0
    assert "sending to 127.0.0.1 failed (RuntimeError)" in caplog.text
    assert "bad-secret" not in caplog.text


def test_parcels_go_over_as_many_connections_as_the_constant_says(monkeypatch):
    monkeypatch.setattr(sending, "CONNECTIONS_PER_SERVICE", 6)
    parcels = [sending.Parcel(str(number), "https://x.org/", b"", {}) for number in range(12)]
    parts = sending._slices(parcels)
    assert len(parts) == 6
    assert sorted(parcel.push_id for part in parts for parcel in part) == sorted(map(str, range(12)))


def waiting():
    return list(collection(queue.JOBS).find({"task": "subscriptions.tasks.push_again"}))


def test_a_busy_service_is_asked_again_when_it_says(service, cast, follower):  # noqa: F811
    service.answers["/push/of-member"] = [(429, {"Retry-After": "1000"}), (503, {"Retry-After": "9000"})]
    publish(cast, title="Film")
    run_jobs()
    (job,) = waiting()
    assert job["state"] == "ready"
    assert 990 < (job["run_at"].replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds() <= 1000
    collection(queue.JOBS).update_one({"_id": job["_id"]}, {"$set": {"run_at": datetime.now(UTC)}})
    run_jobs()
    (job,) = waiting()
    assert job["state"] == "ready"
    assert 8990 < (job["run_at"].replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds() <= 9000
    collection(queue.JOBS).update_one({"_id": job["_id"]}, {"$set": {"run_at": datetime.now(UTC)}})
    run_jobs()
    assert [one["title"] for one in service.read(follower)] == [
        "\u2068owner\u2069 published “\u2068Film\u2069”"
    ] * 3
    assert waiting()[0]["state"] == "done"


def test_a_service_that_is_away_is_tried_until_the_job_is_dead(service, cast, follower):  # noqa: F811
    service.answers["/push/of-member"] = [(500, {})] * 20
    publish(cast)
    run_jobs()
    for _ in range(10):
        collection(queue.JOBS).update_many({"state": "ready"}, {"$set": {"run_at": datetime.now(UTC)}})
        run_jobs()
    (job,) = waiting()
    assert (job["state"], job["tries"]) == ("dead", job["max_tries"])
    assert job["error"] == "127.0.0.1 answered 500"
    assert store.find([follower.id])


@pytest.mark.parametrize("status", [301, 400, 403, 413])
def test_a_refusal_is_logged_and_not_tried_again(service, cast, follower, status, caplog):  # noqa: F811
    service.answers["/push/of-member"] = [(status, {"Location": "https://127.0.0.1/"})]
    publish(cast)
    with caplog.at_level(logging.WARNING, "streamsite.push"):
        run_jobs()
    assert len(service.requests) == 1
    assert f"the push service 127.0.0.1 answered {status}" in caplog.text
    assert "of-member" not in caplog.text
    assert waiting() == []


def test_a_service_that_is_down_holds_up_nobody(service, cast, follower, device):  # noqa: F811
    service.stop()
    for number in range(8):
        cast.api("member").post(LIST, service.device(f"more-{number}").subscription(), format="json")
    publish(cast)
    run_jobs()
    assert len(waiting()) == 9


def test_messages_about_long_titles_stay_small(service, cast, follower):  # noqa: F811
    publish(cast, title="漢" * 100)
    run_jobs()
    assert len(service.requests[0].body) < 3_200
    (message,) = service.read(follower)
    assert "漢漢漢" in message["title"]


def test_many_followers_are_told_in_steps_by_the_index(service, cast, follower, monkeypatch):  # noqa: F811
    monkeypatch.setattr(delivery, "FOLLOWERS_AT_ONCE", 4)
    monkeypatch.setattr(delivery, "BROWSERS_AT_ONCE", 3)
    fans = []
    for number in range(9):
        fan = cast.user(f"fan-{number}")
        cast.__dict__[f"fan{number}"] = fan
        subscribing.subscribe(fan, cast.owner)
        made = service.device(f"fan-{number}")
        assert cast.api(f"fan{number}").post(LIST, made.subscription(), format="json").status_code == 201
        fans.append(made)
    publish(cast)
    run_jobs()
    assert [len(service.read(one)) for one in [follower, *fans]] == [1] * 10
    steps = collection(queue.JOBS).count_documents({"task": "subscriptions.tasks.push_announcement"})
    assert steps == 3
    with recorded() as commands:
        found, after = subscription_store.next_with_bell(cast.owner.pk, after="", limit=4)
        store.ids_of_users(found)
    assert len(commands) == 2
    assert after
    for command in (
        {
            "find": "subscriptions_subscription",
            "filter": {"channel_id": cast.owner.pk},
            "limit": 4,
            "sort": {"created_at": -1, "_id": -1},
        },
        {"find": store.SUBSCRIPTIONS, "filter": {"user_id": {"$in": found}}, "projection": {"_id": 1}},
        {"find": store.SUBSCRIPTIONS, "filter": {"user_id": found[0]}, "sort": {"created_at": -1}},
        {"find": store.SUBSCRIPTIONS, "filter": {"session_id": "x"}},
    ):
        plan = str(get_database("default").command("explain", command)["queryPlanner"]["winningPlan"])
        assert "IXSCAN" in plan
        assert "COLLSCAN" not in plan
        assert "'SORT'" not in plan


def test_nothing_is_queued_while_nobody_wants_it(service, cast):  # noqa: F811
    subscribing.subscribe(cast.member, cast.owner)
    publish(cast)
    video = cast.video()
    say(cast, "stranger", video, "Hello @member")
    assert collection(queue.JOBS).count_documents({"queue": "push"}) == 0


def test_a_task_that_runs_twice_shows_one_notification(service, cast, follower):  # noqa: F811
    video = publish(cast)
    run_jobs()
    tasks.push.call(Broadcast.objects.get(subject=video.pk).pk, [follower.id])
    first, second = service.read(follower)
    assert first["tag"] == second["tag"]
    assert len({one.headers["Topic"] for one in service.requests}) == 1
