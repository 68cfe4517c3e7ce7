"""Fixtures of the tests of webhooks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import auth_session_store, sessions
from streamsite import outbound
from streamsite.mongo.collections import collection
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


def age_proofs():
    """Move every session's last proof of identity further back than ten minutes."""
    then = timezone.now() - timedelta(minutes=11)
    collection(auth_session_store.SESSIONS).update_many({}, {"$set": {"auth_time": then}})
    sessions.clear_cache()


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
