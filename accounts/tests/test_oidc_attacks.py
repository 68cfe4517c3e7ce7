"""Attacks on sign-in by providers, people, and other sites."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from accounts.oidc import discovery, flow
from accounts.oidc.errors import OidcFailed
from accounts.passkeys import challenge_store
from accounts.tests.oidc_fixtures import (
    START,
    back,
    come,
    parameters,
    provider,
    running_provider,
    sign_up,
    user_of,
)
from streamsite.mongo.collections import collection

__all__ = ["provider", "running_provider"]

pytestmark = pytest.mark.usefixtures("database")


def is_refused(answer, client):
    return answer.status_code == 400 and b"Signing in didn" in answer.content and user_of(client) == ""


# --- state, browser, issuer ---


def test_a_state_counts_once(provider):
    sign_up(provider)
    client = Client()
    path = back(provider, client)
    assert client.get(path).url == "/"
    client.logout()
    assert is_refused(client.get(path), client)


def test_a_state_counts_in_its_browser_only(provider):
    """Somebody sends a victim a link that would sign them in to the sender's account."""
    sign_up(provider)
    path = back(provider, Client())
    victim = Client()
    assert is_refused(victim.get(path), victim)
    victim.get(START)  # has a cookie of its own
    assert is_refused(victim.get(path), victim)


def test_a_state_ends_after_ten_minutes(provider):
    client = Client()
    path = back(provider, client)
    past = datetime.now(UTC) - timedelta(seconds=1)
    collection(challenge_store.CHALLENGES).update_many({}, {"$set": {"expires_at": past}})
    assert is_refused(client.get(path), client)


@pytest.mark.parametrize("change", ["", "x", "A" * 43, "é", "A" * 5_000])
def test_another_state_is_refused(provider, client, change):
    found = parameters(back(provider, client)) | {"state": change}
    assert is_refused(client.get(f"{START}/callback?{urlencode(found)}"), client)


def test_a_state_of_one_provider_is_none_of_another(provider, settings):
    """The mix-up: an attacker's provider gets the code of an honest one."""
    settings.OIDC_PROVIDERS = (provider.settings(), provider.settings("other"))
    client = Client()
    found = parameters(back(provider, client))
    assert is_refused(client.get(f"/login/with/other/callback?{urlencode(found)}"), client)


@pytest.mark.parametrize("issuer", ["https://evil.example", ""])
def test_an_answer_of_another_issuer_is_refused(provider, client, issuer):
    found = parameters(back(provider, client)) | {"iss": issuer}
    assert is_refused(client.get(f"{START}/callback?{urlencode(found)}"), client)


def test_an_answer_that_lacks_the_promised_issuer_is_refused(provider, client):
    found = parameters(back(provider, client))
    del found["iss"]
    assert is_refused(client.get(f"{START}/callback?{urlencode(found)}"), client)


def test_a_code_counts_with_its_own_verifier_only(provider):
    """PKCE: somebody who got hold of a code puts it into a sign-in of their own."""
    sign_up(provider)
    stolen = parameters(back(provider, Client()))["code"]
    client = Client()
    found = parameters(back(provider, client, "mallory")) | {"code": stolen}
    assert is_refused(client.get(f"{START}/callback?{urlencode(found)}"), client)


@pytest.mark.parametrize("code", ["", "wrong", "x" * 5_000])
def test_another_code_is_refused(provider, client, code):
    found = parameters(back(provider, client)) | {"code": code}
    assert is_refused(client.get(f"{START}/callback?{urlencode(found)}"), client)


# --- ID tokens ---


@pytest.mark.parametrize(
    "forge",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"key": "foreign"},
        {"key": "foreign", "kid": "own"},
        {"claims": {"nonce": "wrong"}},
        {"drop": ["nonce"]},
        {"claims": {"iss": "https://evil.example"}},
        {"drop": ["iss"]},
        {"claims": {"aud": "another site"}},
        {"claims": {"aud": ["site", "another site"]}},
        {"claims": {"aud": ["site", "another site"], "azp": "another site"}},
        {"claims": {"azp": "another site"}},
        {"drop": ["aud"]},
        {"ahead": {"exp": -120}},
        {"drop": ["exp"]},
        {"ahead": {"iat": 86_400}},
        {"drop": ["iat"]},
        {"ahead": {"nbf": 86_400}},
        {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": 7}},
        {"claims": {"sub": "x" * 300}},
        {"drop": ["sub"]},
        {"claims": {"sub": "bob"}},  # the userinfo endpoint still speaks of Alice
    ],
    ids=str,
)
def test_a_forged_id_token_is_refused(provider, forge):
    sign_up(provider)
    if ahead := forge.get("ahead"):
        forge = {"claims": {name: int(time.time()) + seconds for name, seconds in ahead.items()}}
    provider.control(forge=forge)
    client = Client()
    answer = come(provider, client)
    assert is_refused(answer, client)
    assert "site" not in answer.content.decode().split("<h1>")[1].split("</h1>")[0]


def test_userinfo_of_somebody_else_is_refused(provider, client):
    provider.control(userinfo={"sub": "bob"})
    assert is_refused(come(provider, client), client)


def test_what_the_id_token_says_comes_before_the_userinfo(provider):
    provider.control(forge={"claims": {"email": "signed@example.org"}})
    client = Client()
    come(provider, client)
    assert b"signed@example.org" in client.get("/login/new").content


def test_a_new_key_of_the_provider_is_found(provider, monkeypatch):
    sign_up(provider)
    provider.control(keys=["new"], forge={"key": "new"})
    client = Client()
    assert is_refused(come(provider, client), client)  # its keys were read a moment ago
    monkeypatch.setattr(discovery, "RENEW_AFTER", 0.0)
    assert come(provider, client).url == "/"


def test_unknown_keys_do_not_make_the_site_ask_again_and_again(provider, monkeypatch):
    sign_up(provider)
    asked = []
    fetch = discovery.fetch_json
    monkeypatch.setattr(discovery, "fetch_json", lambda url, **more: asked.append(url) or fetch(url, **more))
    provider.control(forge={"key": "foreign"})
    for _ in range(4):
        come(provider, Client())
    assert [url for url in asked if url.endswith("/jwks")] == []


# --- discovery ---


def test_metadata_of_another_issuer_is_refused(provider, client):
    provider.control(issuer="https://evil.example")
    answer = client.get(START)
    assert is_refused(answer, client)


def test_a_provider_on_this_machine_needs_the_setting(provider, client, settings):
    settings.OUTBOUND_PRIVATE_HOSTS = ()
    assert is_refused(client.get(START), client)


@pytest.mark.parametrize(
    "issuer",
    [
        "https://127.0.0.1",
        "https://[::1]",
        "https://0x7f.1",
        "https://169.254.169.254",
        "https://localhost",
    ],
)
def test_no_private_address_is_asked(provider, client, settings, issuer):
    settings.OIDC_PROVIDERS = (provider.settings(issuer=issuer),)
    assert is_refused(client.get(START), client)


@pytest.mark.parametrize(
    "name", ["token_endpoint", "jwks_uri", "authorization_endpoint", "userinfo_endpoint"]
)
@pytest.mark.parametrize(
    "url", ["http://elsewhere.example/x", "file:///etc/passwd", "javascript:alert(1)", "", 7]
)
def test_endpoints_are_https_or_the_issuers_own(provider, monkeypatch, name, url):
    fetch = discovery.fetch_json
    monkeypatch.setattr(discovery, "fetch_json", lambda found, **more: fetch(found, **more) | {name: url})
    discovery.forget()
    with pytest.raises(OidcFailed):
        flow.load_metadata(provider.settings())


# --- where it leads ---


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(provider, target):
    sign_up(provider)
    assert come(provider, Client(), next=target).url == "/"


def test_a_new_person_is_not_led_to_another_site(provider):
    client = Client()
    come(provider, client, next="https://evil.example/")
    answer = client.post("/login/new", {"username": "alice", "email": "a@example.org"})
    assert answer.url == "/"


def test_a_link_alone_connects_nothing(provider, cast):
    """Another site can send a browser through the provider, but not press the button."""
    from accounts.oidc import store

    page = cast.page("owner")
    page.handler.enforce_csrf_checks = True
    come(provider, page, "mallory", intent="link")
    assert page.post("/settings/security/providers/confirm").status_code == 403
    assert store.list_for_user(cast.owner.pk) == []


def test_the_sign_up_page_is_for_who_was_named_by_a_provider(provider, client):
    assert client.get("/login/new").url == "/login"
    assert client.post("/login/new", {"username": "x-one", "email": "x@example.org"}).url == "/login"
    assert User.objects.count() == 0


def test_nothing_secret_is_stored_or_logged(provider, caplog):
    client = Client()
    sent = parameters(client.get(START).url)
    stored = str(list(collection(challenge_store.CHALLENGES).find()))
    assert sent["state"] not in stored
    assert sent["nonce"] not in stored
    come(provider, client)
    provider.control(forge={"alg": "none"})
    come(provider, Client())
    kept = str(dict(client.session)) + caplog.text
    assert "eyJ" not in kept
    assert "secret of the site" not in kept
    assert "algorithm is 'none'" in caplog.text


def test_starts_are_limited_by_address(provider, settings):
    settings.THROTTLE_SCALE = 0.01
    answers = [Client().get(START).status_code for _ in range(7)]
    assert answers == [302] * 6 + [429]
