"""A running site tells a receiver and a subscriber of its feed about an upload, by the worker that it starts itself."""

from __future__ import annotations

import threading
from urllib.parse import parse_qs, urlencode, urlsplit

import feedparser
import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from tests.support.http_client import Caller
from tests.support.stack import Stack
from tests.support.webhook_receiver import Received, WebhookReceiver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


class Listener(WebhookReceiver):
    """Confirms the hub's questions, and says when something has come."""

    def __init__(self) -> None:
        self.came = threading.Condition()
        super().__init__()

    def reply(self, received: Received) -> tuple[int, dict[str, str], bytes]:
        with self.came:
            self.came.notify_all()
        if received.method == "GET":
            return 200, {}, parse_qs(urlsplit(received.path).query)["hub.challenge"][0].encode()
        return super().reply(received)

    def wait_for(self, path: str, method: str = "POST", *, event: str = "") -> Received:
        """Return the first request of a kind, waited for."""

        def find() -> Received | None:
            return next(
                (
                    one
                    for one in self.received
                    if (one.method, one.path.partition("?")[0]) == (method, path)
                    and (not event or one.event["type"] == event)
                ),
                None,
            )

        with self.came:
            assert self.came.wait_for(find, 120), (path, event)
        found = find()
        assert found is not None
        return found


def test_an_upload_is_told_by_webhook_and_feed(tmp_path, clip):
    listener = Listener()
    site = Stack(tmp_path, OUTBOUND_PRIVATE_HOSTS=listener.host)
    try:
        site.start()
        owner = Caller(site).sign_up("hook-owner")
        wanted = {"url": listener.url, "events": ["video.ready", "video.published", "video.deleted"]}
        status, webhook = owner.json("POST", "/api/v1/webhooks", wanted)
        assert status == 201, webhook
        asked = {
            "hub.mode": "subscribe",
            "hub.topic": f"{site.url}/feeds/channels/hook-owner.rss",
            "hub.callback": f"http://{listener.host}/feed",
        }
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _headers, _content = Caller(site).call("POST", "/websub", urlencode(asked).encode(), form)
        assert status == 202
        listener.wait_for("/feed", "GET")
        video = owner.upload(clip, title="A film", visibility="public")
        for event in ("video.published", "video.ready"):
            got = listener.wait_for("/hook", event=event)
            told = Verifier(webhook["secret"]).verify(got.body, dict(got.headers))
            assert (told["data"]["id"], told["data"]["title"]) == (video, "A film")
        version = listener.wait_for("/feed")
        assert [entry.title for entry in feedparser.parse(version.body).entries] == ["A film"]
        owner.json("DELETE", f"/api/v1/videos/{video}")
        assert listener.wait_for("/hook", event="video.deleted").event["data"]["id"] == video
    finally:
        site.stop()
        listener.stop()
