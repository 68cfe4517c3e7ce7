"""Fixtures of the tests of webhooks."""

import pytest

from streamsite import outbound
from streamsite.tasks.worker import Worker
from tests.support.webhook_receiver import WebhookReceiver

HOOKS = "/api/v1/webhooks"
ALL = [
    *("video.ready", "video.failed", "video.published", "video.deleted", "comment.created"),
    *("subscription.created", "subscription.deleted"),
]


def run_jobs():
    """Run every queued job that is due."""
    Worker(["default", "webhooks"]).run(once=True)


@pytest.fixture
def receiver(database, settings):
    """A receiver that the setting allows."""
    made = WebhookReceiver()
    settings.OUTBOUND_PRIVATE_HOSTS = (outbound.parse_private_host(made.host),)
    yield made
    made.stop()


@pytest.fixture
def hook(receiver, cast):
    """Return a function that makes a webhook of an account; the answer has its secret."""

    def make(who="owner", **fields):
        body = {"url": receiver.url, "events": ALL, **fields}
        answer = cast.api(who).post(HOOKS, body, format="json")
        assert answer.status_code == 201, answer.content
        return answer.json()

    return make
