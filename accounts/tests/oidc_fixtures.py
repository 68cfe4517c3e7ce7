"""A provider that the tests of sign-in by providers share, and somebody's way through it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.oidc import discovery
from tests.support.oidc import OpenIdProvider

START = "/login/with/test"
ALICE = {
    "email": "alice@example.org",
    "email_verified": True,
    "name": "Alice Example",
    "preferred_username": "alice",
}


@pytest.fixture(scope="module")
def running_provider(tmp_path_factory):
    made = OpenIdProvider(tmp_path_factory.mktemp("oidc"))
    yield made
    made.stop()


@pytest.fixture
def provider(running_provider, settings):
    """An honest provider of Alice, which the site knows as ``test``."""
    discovery.forget()
    running_provider.reset()
    running_provider.control(accounts={"alice": ALICE})
    settings.OUTBOUND_PRIVATE_HOSTS = (running_provider.host,)
    settings.OIDC_PROVIDERS = (running_provider.settings(),)
    return running_provider


def back(provider, client, account="alice", start=START, **query):
    """Go to the provider and sign in there; return the path that leads back."""
    sent = client.get(start, query)
    assert sent.status_code == 302, sent.content
    url = urlsplit(provider.visit(sent.url, account))
    assert f"{url.scheme}://{url.netloc}" == "http://localhost:8000"
    return f"{url.path}?{url.query}"


def come(provider, client, account="alice", **query):
    """Go to the provider, sign in there, and come back; return the site's answer."""
    return client.get(back(provider, client, account, **query))


def sign_up(provider, account="alice", username="alice", **fields):
    """Sign up somebody new; return their browser."""
    client = Client()
    assert come(provider, client, account).url == "/login/new"
    body = {"username": username, "email": f"{username}@example.org", **fields}
    answer = client.post("/login/new", body)
    assert answer.status_code == 302, answer.content
    return client


def parameters(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def user_of(client):
    """Return who is signed in, "" for nobody."""
    answer = client.get("/api/v1/me")
    return answer.json()["username"] if answer.status_code == 200 else ""
