"""The WebSub hub: intent is verified, leases end, versions of feeds are signed and sent once."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import feedparser
import pytest
import time_machine

from streamsite import outbound
from streamsite.mongo.collections import collection
from streamsite.tasks.worker import Worker
from tests.support.webhook_receiver import WebhookReceiver
from videos import services
from videos.models import Video
from videos.websub import delivering, store

HUB = "/websub"


def run_jobs():
    Worker(["default", "webhooks"]).run(once=True)


class Subscriber(WebhookReceiver):
    """Confirms what it is asked for, as long as ``agrees``."""

    agrees = True

    def reply(self, received):
        if received.method == "GET":
            query = parse_qs(urlsplit(received.path).query)
            return (200, {}, query["hub.challenge"][0].encode()) if self.agrees else (404, {}, b"")
        return super().reply(received)

    def asked(self):
        """Return the queries of the hub."""
        return [
            {name: value[0] for name, value in parse_qs(urlsplit(one.path).query).items()}
            for one in self.received
            if one.method == "GET"
        ]

    def feeds(self):
        """Return the versions that came."""
        return [one for one in self.received if one.method == "POST"]


@pytest.fixture
def subscriber(database, settings):
    made = Subscriber()
    settings.OUTBOUND_PRIVATE_HOSTS = (outbound.parse_private_host(made.host),)
    yield made
    made.stop()


@pytest.fixture
def ask(cast, subscriber, settings):
    """Return a function that sends a request to the hub about the owner's feed."""
    assert cast.owner

    def send(mode="subscribe", **fields):
        data = {
            "hub.mode": mode,
            "hub.topic": f"{settings.SITE_URL}/feeds/channels/owner.rss",
            "hub.callback": subscriber.url,
            **{f"hub.{name}": value for name, value in fields.items()},
        }
        return cast.page("anonymous").post(HUB, data)

    return send


def publish(cast, **fields):
    video = cast.video(visibility="private", **fields)
    services.update(video, {"visibility": "public"})
    return video


def test_a_feed_names_its_hub(cast, settings):
    publish(cast, title="Film")
    answer = cast.page("anonymous").get("/feeds/channels/owner.rss")
    links = {link["rel"]: link["href"] for link in feedparser.parse(answer.content).feed.links}
    assert links["hub"] == f"{settings.SITE_URL}{HUB}"
    assert answer["Link"] == (
        f'<{settings.SITE_URL}/feeds/channels/owner.rss>; rel="self", <{settings.SITE_URL}{HUB}>; rel="hub"'
    )


def test_a_subscriber_gets_the_whole_feed_signed(cast, subscriber, ask, settings):
    assert ask(secret="s3cret", lease_seconds="86400").status_code == 202
    run_jobs()
    (asked,) = subscriber.asked()
    assert (asked["hub.mode"], asked["hub.lease_seconds"]) == ("subscribe", "86400")
    assert asked["hub.topic"] == f"{settings.SITE_URL}/feeds/channels/owner.rss"
    publish(cast, title="Film")
    run_jobs()
    (got,) = subscriber.feeds()
    assert [entry.title for entry in feedparser.parse(got.body).entries] == ["Film"]
    assert got.body == cast.page("anonymous").get("/feeds/channels/owner.rss").content
    assert got.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert f'<{settings.SITE_URL}{HUB}>; rel="hub"' in got.headers["link"]
    wanted = "sha256=" + hmac.new(b"s3cret", got.body, hashlib.sha256).hexdigest()
    assert got.headers["x-hub-signature"] == wanted
    assert "s3cret" not in str(list(collection(store.SUBSCRIPTIONS).find()))


def test_a_version_is_sent_once(cast, subscriber, ask):
    ask()
    run_jobs()
    video = publish(cast, title="Film")
    services.refresh_listing(video.pk)
    run_jobs()
    services.refresh_listing(video.pk)
    run_jobs()
    assert len(subscriber.feeds()) == 1
    assert "x-hub-signature" not in subscriber.feeds()[0].headers
    services.update(Video.objects.select_related("channel").get(pk=video.pk), {"title": "Renamed"})
    run_jobs()
    services.delete(Video.objects.select_related("channel").get(pk=video.pk))
    run_jobs()
    versions = [[entry.title for entry in feedparser.parse(one.body).entries] for one in subscriber.feeds()]
    assert versions == [["Film"], ["Renamed"], []]


def test_nobody_is_subscribed_in_anothers_name(cast, subscriber, ask):
    subscriber.agrees = False
    assert ask().status_code == 202
    run_jobs()
    publish(cast)
    run_jobs()
    assert len(subscriber.asked()) == 1
    assert subscriber.feeds() == []
    assert collection(store.SUBSCRIPTIONS).count_documents({}) == 0
    subscriber.agrees = True
    ask()
    run_jobs()
    subscriber.agrees = False
    ask("unsubscribe")
    ask(secret="stolen")
    run_jobs()
    publish(cast)
    run_jobs()
    assert len(subscriber.feeds()) == 1
    assert "x-hub-signature" not in subscriber.feeds()[0].headers


def test_a_page_that_repeats_the_address_confirms_nothing(cast, subscriber, ask):
    """Error pages often quote the query."""
    subscriber.agrees = False
    subscriber.reply = lambda received: (200, {}, f"No such page: {received.path}".encode())
    ask()
    run_jobs()
    assert collection(store.SUBSCRIPTIONS).count_documents({}) == 0


def test_unsubscribing_ends_it(cast, subscriber, ask):
    ask()
    run_jobs()
    ask("unsubscribe")
    run_jobs()
    assert [one["hub.mode"] for one in subscriber.asked()] == ["subscribe", "unsubscribe"]
    publish(cast)
    run_jobs()
    assert subscriber.feeds() == []


@pytest.mark.parametrize("secret", ["", "stolen"])
def test_a_stranger_replaces_no_secret_and_shortens_no_lease(cast, subscriber, ask, secret):
    rows = collection(store.SUBSCRIPTIONS)
    ask(secret="s3cret", lease_seconds="864000")
    run_jobs()
    before = rows.find_one()
    ask(secret=secret, lease_seconds="3600")
    run_jobs()
    assert (rows.find_one()["secret"], rows.find_one()["expires_at"]) == (
        before["secret"],
        before["expires_at"],
    )
    publish(cast, title="Film")
    run_jobs()
    (got,) = subscriber.feeds()
    wanted = "sha256=" + hmac.new(b"s3cret", got.body, hashlib.sha256).hexdigest()
    assert got.headers["x-hub-signature"] == wanted
    ask(secret="s3cret", lease_seconds="3600")
    run_jobs()
    assert rows.find_one()["expires_at"] < before["expires_at"]


def test_unsubscribing_from_what_is_not_there_asks_nobody(cast, subscriber, ask):
    assert ask("unsubscribe").status_code == 202
    assert collection(store.SUBSCRIPTIONS).count_documents({}) == 0
    run_jobs()
    assert subscriber.received == []


def test_a_later_request_takes_the_place_of_one_that_waits(cast, subscriber, ask):
    ask()
    ask("unsubscribe")
    run_jobs()
    assert {one["hub.mode"] for one in subscriber.asked()} == {"unsubscribe"}
    assert collection(store.SUBSCRIPTIONS).count_documents({}) == 0


@pytest.mark.parametrize(
    ("asked", "given"), [("", 864_000), ("10", 3_600), ("99999999", 2_592_000), ("nonsense", 864_000)]
)
def test_the_lease_is_the_moment_at_which_a_row_is_removed(cast, subscriber, ask, asked, given):
    ask(lease_seconds=asked)
    before = datetime.now(UTC)
    run_jobs()
    assert subscriber.asked()[0]["hub.lease_seconds"] == str(given)
    row = collection(store.SUBSCRIPTIONS).find_one()
    ends = row["expires_at"].replace(tzinfo=UTC)
    assert timedelta(seconds=given - 1) <= ends - before <= timedelta(seconds=given + 60)
    index = collection(store.SUBSCRIPTIONS).index_information()["websub_purge"]
    assert (index["key"], index["expireAfterSeconds"]) == ([("expires_at", 1)], 0)


@pytest.mark.parametrize(
    "fields",
    [
        *({"mode": "publish"}, {"topic": "https://example.org/feed"}, {"topic": ""}, {"secret": "x" * 200}),
        *({"topic": "{site}/watch/x"}, {"topic": "{site}/feeds/channels/nobody.rss"}, {"topic": "{site}"}),
        *({"topic": "{site}/feeds/private/abc.rss"}, {"topic": "{site}/feeds/channels/owner.rss?x=1"}),
        {"callback": "https://example.org/" + "x" * 1_500},
    ],
)
def test_what_the_hub_does_not_do_is_400(cast, ask, settings, fields):
    filled = {name: value.replace("{site}", settings.SITE_URL) for name, value in fields.items()}
    answer = ask(**filled)
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert collection(store.SUBSCRIPTIONS).count_documents({}) == 0


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://[::1]/", "http://0x7f.1/", "http://169.254.169.254/", "file:///etc", ""],
)
def test_callbacks_are_public_addresses(cast, subscriber, ask, url):
    assert ask(callback=url).status_code == 400
    assert collection(store.SUBSCRIPTIONS).count_documents({}) == 0


def test_a_callback_that_became_private_gets_no_connection(cast, subscriber, ask, settings):
    ask()
    run_jobs()
    settings.OUTBOUND_PRIVATE_HOSTS = ()
    publish(cast)
    run_jobs()
    assert subscriber.feeds() == []


def test_a_closed_feed_is_not_sent(cast, subscriber, ask, monkeypatch):
    ask()
    run_jobs()
    publish(cast, title="Film")
    type(cast.owner).objects.filter(pk=cast.owner.pk).update(is_active=False)
    run_jobs()
    assert subscriber.feeds() == []
    type(cast.owner).objects.filter(pk=cast.owner.pk).update(is_active=True)
    monkeypatch.setattr("accounts.registration.login_only.is_on", lambda: True)
    publish(cast, title="Another")
    run_jobs()
    assert subscriber.feeds() == []


def test_failures_are_tried_again_and_gone_is_gone(cast, subscriber, ask):
    ask()
    run_jobs()
    publish(cast)
    subscriber.answers = [(500, {}, b"")]
    start = datetime.now(UTC)
    run_jobs()
    assert delivering.send_due() == 0
    with time_machine.travel(start + timedelta(seconds=delivering.PAUSES[0] + 5)):
        assert delivering.send_due() == 1
    assert len(subscriber.feeds()) == 2
    assert subscriber.feeds()[0].body == subscriber.feeds()[1].body
    subscriber.answers = [(410, {}, b"")]
    publish(cast)
    run_jobs()
    assert collection(store.SUBSCRIPTIONS).count_documents({}) == 0


def test_subscriptions_are_limited(cast, subscriber, ask, monkeypatch):
    ask()
    run_jobs()
    monkeypatch.setattr("videos.websub.services.MAX_PER_HOST", 1)
    assert ask(callback=f"{subscriber.url}/other").status_code == 409
    assert ask().status_code == 202  # renewing is always possible
