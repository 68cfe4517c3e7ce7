"""Identity providers that superusers add in the browser."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts import auth_session_store
from accounts.models import User
from accounts.oidc import provider_store, providers
from accounts.tests.oidc_fixtures import come, provider, running_provider, sign_up, user_of
from streamsite.mongo.collections import collection
from tests.support.oidc import SECRET

__all__ = ["provider", "running_provider"]

pytestmark = pytest.mark.usefixtures("database")
PAGE = "/admin/identity-providers/"


@pytest.fixture
def fields(provider, settings):
    """The form as a superuser fills it in; the environment names no provider."""
    settings.OIDC_PROVIDERS = ()
    providers.forget()
    yield {
        "name": "test",
        "label": "Test Login",
        "issuer": provider.issuer,
        "client_id": "site",
        "client_secret": SECRET,
        "scopes": "openid profile email",
        "may_sign_up": "on",
        "groups_claim": "groups",
        "offers_logout": "on",
    }
    providers.forget()


def stored():
    return provider_store.find("test")


def test_a_provider_is_added_used_changed_and_removed(cast, provider, fields):
    page = cast.page("staff")
    assert page.post(PAGE, fields).url == PAGE
    content = page.get(PAGE).content.decode()
    assert "http://localhost:8000/login/with/test/callback" in content
    assert b"Continue with Test Login" in Client().get("/login").content
    assert user_of(sign_up(provider)) == "alice"
    changed = fields | {
        "label": "Other Login",
        "client_secret": "",
        "staff_groups": "admins",
        "quotas": "big=50",
    }
    assert page.post(f"{PAGE}test/", changed).url == PAGE
    assert "admins" in page.get(f"{PAGE}test/").content.decode()
    provider.control(accounts={"alice": {"groups": ["admins", "big"]}})
    assert come(provider, Client()).url == "/"
    alice = User.objects.get(username="alice")
    assert (alice.is_staff, alice.quota_bytes) == (True, 50 * 10**9)
    assert page.post(f"{PAGE}test/remove/").url == PAGE
    assert Client().get("/login/with/test").status_code == 404
    assert stored() is None


def test_the_secret_is_encrypted_never_shown_and_kept_for_its_issuer(cast, fields):
    page = cast.page("staff")
    page.post(PAGE, fields)
    assert SECRET.encode() not in stored()["client_secret"]
    assert SECRET.encode() not in page.get(PAGE).content + page.get(f"{PAGE}test/").content
    moved = fields | {"issuer": "https://evil.example", "client_secret": ""}
    answer = page.post(f"{PAGE}test/", moved)
    assert (answer.status_code, b"Enter the client secret again" in answer.content) == (400, True)
    assert stored()["issuer"] == fields["issuer"]


def test_superusers_alone_see_and_change_providers(cast, fields):
    User.objects.filter(pk=cast.member.pk).update(is_staff=True)
    for page in (cast.page("member"), cast.page("stranger"), Client()):
        for path in (PAGE, f"{PAGE}test/", f"{PAGE}test/remove/"):
            assert page.get(path).status_code in {302, 403}
            assert page.post(path, fields).status_code in {302, 403}
    assert stored() is None


def test_a_recent_proof_is_needed(cast, fields):
    page = cast.page("staff")
    page.post(PAGE, fields)
    past = datetime.now(UTC) - timedelta(minutes=11)
    collection(auth_session_store.SESSIONS).update_many({}, {"$set": {"auth_time": past}})
    assert page.post(PAGE, fields | {"name": "more"}).url.startswith("/settings/confirm?")
    assert page.post(f"{PAGE}test/", fields | {"label": "Mine"}).url.startswith("/settings/confirm?")
    assert page.post(f"{PAGE}test/remove/").url.startswith("/settings/confirm?")
    assert stored()["label"] == "Test Login"
    assert provider_store.find("more") is None


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "http://login.example.org"},
        {"issuer": "https://127.0.0.1"},
        {"issuer": "https://0x7f.1"},
        {"issuer": "file:///etc/passwd"},
        {"issuer": "https://login.example.org/?x=1"},
        {"scopes": "profile"},
        {"quotas": "big"},
        {"name": "../x"},
        {"name": "-x"},
        {"client_id": ""},
    ],
)
def test_what_cannot_work_is_refused(cast, fields, change):
    assert cast.page("staff").post(PAGE, fields | change).status_code == 400
    assert provider_store.list_all() == []


def test_the_environment_wins_and_is_not_changed_here(cast, provider, fields, settings):
    settings.OIDC_PROVIDERS = (provider.settings(label="From outside"),)
    page = cast.page("staff")
    assert page.post(PAGE, fields).status_code == 400
    assert b"Set in the environment" in page.get(PAGE).content
    assert page.get(f"{PAGE}test/").status_code == 404
