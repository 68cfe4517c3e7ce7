"""Fixtures of the tests of notifications in browsers."""

import pytest

from streamsite import outbound
from streamsite.tasks.worker import Worker
from subscriptions.notifications.push import vapid
from tests.support.push_service import PushService

LIST = "/api/v1/me/push-subscriptions"


def run_jobs():
    """Run every queued job that is due."""
    Worker(["default", "push"]).run(once=True)


@pytest.fixture
def service(database, tmp_path, monkeypatch, settings):
    """A push service that the site may talk to, with a key of the site's own."""
    made = PushService(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    own = outbound.parse_allowed_host(made.host, may_be_private=True)
    settings.PUSH_SERVICES = (own, *settings.PUSH_SERVICES)
    settings.VAPID_KEY_FILE = tmp_path / "keys" / "vapid_private_key"
    outbound.tls_context.cache_clear()
    vapid.clear_cache()
    made.public_key = vapid.public_key()
    yield made
    made.stop()
    outbound.tls_context.cache_clear()
    vapid.clear_cache()


@pytest.fixture
def device(service, cast):
    """Return a function that turns notifications on in a new browser of an account."""

    def turn_on(who, name="", api=None):
        made = service.device(name or f"of-{who}")
        answer = (api or cast.api(who)).post(LIST, made.subscription(), format="json")
        assert answer.status_code == 201, answer.content
        made.id = answer.json()["id"]
        return made

    return turn_on
