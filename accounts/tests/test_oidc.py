"""Sign-in by an OpenID provider: accounts, sign-up modes, groups, and only-provider mode."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts import auth_session_store, sanctions, staff_actions
from accounts.models import AuthEvent, User
from accounts.oidc import store
from accounts.tests.oidc_fixtures import (
    START,
    come,
    parameters,
    provider,
    running_provider,
    sign_up,
    user_of,
)
from tests.support.authenticator import add_passkey
from tests.support.users import PASSWORD

__all__ = ["provider", "running_provider"]

pytestmark = pytest.mark.usefixtures("database")
PROVIDERS = "/settings/security/providers"


def session_of(client):
    return auth_session_store.find(client.session["sid"])


def link(provider, page, account="alice"):
    """Connect an account at the provider to the one that is signed in; return the last answer."""
    answer = come(provider, page, account, intent="link")
    assert answer.url == f"{PROVIDERS}/confirm", answer.content
    return page.post(f"{PROVIDERS}/confirm")


def test_somebody_new_chooses_a_username_and_is_signed_in(provider):
    client = Client()
    answer = come(provider, client, next="/library")
    assert answer.url == "/login/new"
    page = client.get("/login/new").content.decode()
    assert 'value="alice"' in page
    assert 'value="alice@example.org"' in page
    answer = client.post("/login/new", {"username": "alice", "email": "alice@example.org"})
    assert answer.url == "/library"
    assert user_of(client) == "alice"
    user = User.objects.get(username="alice")
    assert not user.has_usable_password()
    assert not user.email_verified
    assert session_of(client)["amr"] == ["oidc"]
    (row,) = store.list_for_user(user.pk)
    assert (row["issuer"], row["subject"], row["name"]) == (provider.issuer, "alice", "alice@example.org")


def test_who_is_known_comes_straight_in(provider):
    sign_up(provider)
    client = Client()
    assert come(provider, client, next="/library", remember="on").url == "/library"
    assert session_of(client)["remember"] is True
    assert AuthEvent.objects.filter(what="login", user_id=User.objects.get().pk).count() == 2


def test_the_request_has_pkce_state_and_nonce(provider):
    sent = parameters(Client().get(START).url)
    assert (sent["response_type"], sent["code_challenge_method"]) == ("code", "S256")
    assert len(sent["state"]) == 43
    assert len({sent["state"], sent["nonce"], sent["code_challenge"]}) == 3
    assert sent["redirect_uri"] == "http://localhost:8000/login/with/test/callback"


def test_who_refuses_at_the_provider_is_told_so(provider):
    answer = come(provider, Client(), account="")
    assert (answer.status_code, b"canceled or refused" in answer.content) == (403, True)


def test_nothing_is_offered_without_providers(settings):
    assert b"Continue with" not in Client().get("/login").content
    assert Client().get(START).status_code == 404
    assert Client().get(f"{START}/callback").status_code == 404


# --- sign-up modes ---


def mode(settings, value):
    settings.REGISTRATION = value


def test_closed_sign_up_lets_nobody_new_in_and_known_people_still(provider, settings):
    sign_up(provider)
    mode(settings, "closed")
    provider.control(accounts={"bob": {"email": "bob@example.org"}})
    client = Client()
    come(provider, client, "bob")
    answer = client.get("/login/new")
    assert (answer.status_code, b"isn&#x27;t accepting new accounts" in answer.content) == (403, True)
    client.post("/login/new", {"username": "bob", "email": "bob@example.org"})
    assert not User.objects.filter(username="bob").exists()
    assert come(provider, Client(), "alice").url == "/"


def test_approval_holds_for_them_too(provider, settings):
    mode(settings, "approval")
    client = Client()
    come(provider, client)
    answer = client.post("/login/new", {"username": "alice", "email": "alice@example.org"})
    assert answer.url == "/register/waiting"
    assert user_of(client) == ""
    answer = come(provider, Client())
    assert (answer.status_code, b"waiting for approval" in answer.content) == (403, True)


def test_an_invitation_is_asked_for(provider, settings):
    mode(settings, "invitation")
    client = Client()
    come(provider, client)
    assert b"Invitation code" in client.get("/login/new").content
    body = {"username": "alice", "email": "alice@example.org", "invitation": "wrong"}
    assert client.post("/login/new", body).status_code == 400
    assert not User.objects.filter(username="alice").exists()


def test_a_provider_may_let_known_people_in_only(provider, settings):
    settings.OIDC_PROVIDERS = (provider.settings(may_sign_up=False),)
    assert come(provider, Client()).status_code == 403


def test_a_denied_domain_is_refused(provider, settings):
    settings.DENIED_EMAIL_DOMAINS = ["example.org"]
    client = Client()
    come(provider, client)
    assert client.post("/login/new", {"username": "alice", "email": "a@example.org"}).status_code == 400


# --- email addresses link nothing ---


@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize("trusts", [True, False])
def test_an_email_address_never_opens_an_account(provider, settings, cast, verified, trusts):
    settings.OIDC_PROVIDERS = (provider.settings(trusts_email=trusts),)
    User.objects.filter(pk=cast.owner.pk).update(email_verified=True)
    claims = {"email": "owner@example.org", "email_verified": verified, "preferred_username": "owner"}
    provider.control(accounts={"mallory": claims})
    client = Client()
    assert come(provider, client, "mallory").url == "/login/new"
    assert user_of(client) == ""
    client.post("/login/new", {"username": "mallory", "email": "owner@example.org"})
    assert user_of(client) == "mallory"
    made = User.objects.get(username="mallory")
    assert made.email_verified is False
    assert store.list_for_user(cast.owner.pk) == []


@pytest.mark.parametrize(
    ("trusts", "verified", "typed", "expected"),
    [
        (True, True, "alice@example.org", True),
        (True, False, "alice@example.org", False),
        (True, "true", "alice@example.org", False),
        (True, True, "owner@example.org", False),
        (False, True, "alice@example.org", False),
    ],
)
def test_an_address_counts_as_verified_by_the_operators_trust_only(
    provider, settings, trusts, verified, typed, expected
):
    settings.OIDC_PROVIDERS = (provider.settings(trusts_email=trusts),)
    provider.control(accounts={"alice": {"email": "alice@example.org", "email_verified": verified}})
    sign_up(provider, email=typed)
    assert User.objects.get(username="alice").email_verified is expected


# --- the account's rules ---


def test_a_suspended_account_stays_out(provider, cast):
    sign_up(provider)
    staff_actions.suspend(User.objects.get(username="alice"), actor=cast.staff)
    client = Client()
    answer = come(provider, client)
    assert answer.status_code == 401
    assert user_of(client) == ""
    assert sanctions.suspension_sentence(User.objects.get(username="alice").pk).encode() in answer.content


def test_the_second_factor_of_the_account_is_asked_for(provider, cast):
    page = cast.page("owner")
    link(provider, page)
    api = cast.api("owner")
    secret = api.post("/api/v1/auth/totp/setup", {}, format="json").json()["secret"]
    code = pyotp.TOTP(secret).now()
    codes = api.post("/api/v1/auth/totp/enable", {"otp": code}, format="json").json()["recovery_codes"]
    client = Client()
    assert come(provider, client, next="/library").url == "/login/code"
    assert user_of(client) == ""
    assert client.post("/login/code", {"otp": codes[0]}).url == "/library"
    assert session_of(client)["amr"] == ["oidc", "recovery"]


def test_staff_need_a_second_factor_of_this_site(provider, cast, settings):
    settings.STAFF_NEED_TOTP = True
    link(provider, cast.page("staff"))
    client = Client()
    client.raise_request_exception = False
    come(provider, client)
    assert user_of(client) == "staffer"
    assert client.get("/admin/").status_code == 403


def test_a_sign_in_without_password_at_the_provider_is_no_recent_proof(provider):
    """The provider may know the browser and ask nothing."""
    client = sign_up(provider)
    moment = session_of(client)["auth_time"].replace(tzinfo=UTC)
    assert datetime.now(UTC) - moment >= timedelta(minutes=10)
    answer = client.post("/api/v1/auth/passkeys/registration", content_type="application/json")
    assert answer.json()["code"] == "proof_required"
    assert come(provider, client, intent="proof", next=PROVIDERS).url == PROVIDERS
    answer = client.post("/api/v1/auth/passkeys/registration", content_type="application/json")
    assert answer.status_code == 200


def test_the_proof_of_somebody_else_is_none(provider):
    client = sign_up(provider)
    answer = come(provider, client, "mallory", intent="proof", next=PROVIDERS)
    assert (answer.status_code, b"couldn&#x27;t be confirmed" in answer.content) == (403, True)


# --- groups ---


def test_groups_make_staff_and_unmake_them(provider, settings):
    settings.OIDC_PROVIDERS = (provider.settings(staff_groups=("admins",), quotas={"big": 50, "all": 0}),)
    sign_up(provider)

    def after(*groups):
        provider.control(accounts={"alice": {"groups": list(groups)}})
        come(provider, Client())
        user = User.objects.get(username="alice")
        return user.is_staff, user.is_superuser, user.quota_bytes

    assert after("admins", "big") == (True, False, 50)
    assert after("big", "all") == (False, False, 0)
    assert after("others") == (False, False, None)
    assert [row.what for row in AuthEvent.objects.filter(what="rights_changed")] == ["rights_changed"] * 2


def test_groups_never_touch_superusers_and_nothing_without_a_setting(provider, settings, cast):
    link(provider, cast.page("staff"))
    settings.OIDC_PROVIDERS = (provider.settings(staff_groups=("admins",)),)
    come(provider, Client())
    assert User.objects.get(username="staffer").is_staff is True
    settings.OIDC_PROVIDERS = (provider.settings(),)
    sign_up(provider, "bob", "bob")
    provider.control(accounts={"bob": {"groups": ["admins"]}})
    come(provider, Client(), "bob")
    assert User.objects.get(username="bob").is_staff is False


# --- providers only ---


@pytest.fixture
def providers_only(provider, settings):
    settings.PASSWORD_SIGN_IN = False
    return provider


def test_passwords_and_passkeys_are_closed_everywhere(providers_only, cast):
    cast.owner  # noqa: B018 - makes the account
    client = APIClient()
    good = {"login": "owner", "password": PASSWORD}
    wrong = {"login": "nobody", "password": "a wrong password"}
    for body in (good, wrong):
        answer = client.post("/api/v1/auth/token", body, format="json")
        assert (answer.status_code, answer.json()["code"]) == (403, "password_sign_in_closed")
        assert client.post("/api/v1/auth/restore", body, format="json").status_code == 403
    body = {"username": "new-one", "email": "n@example.org", "password": PASSWORD}
    assert client.post("/api/v1/auth/register", body, format="json").status_code == 403
    assert (
        client.post("/api/v1/auth/password/reset", {"email": "x@example.org"}, format="json").status_code
        == 403
    )
    answer = client.post("/api/v1/auth/passkeys/token", {"credential": {"id": "x"}}, format="json")
    assert answer.status_code == 403
    api = cast.api("owner")
    assert api.post("/api/v1/auth/passkeys/registration", {}, format="json").status_code == 403
    page = Client()
    content = page.get("/login").content.decode()
    assert "Continue with Test Login" in content
    assert 'name="password"' not in content
    assert "data-passkey" not in content
    assert page.post("/login", good).status_code == 403
    assert page.get("/register").status_code == 403
    assert user_of(page) == ""
    assert come(providers_only, page).url == "/login/new"


def test_there_the_last_identity_stays_whatever_else_there_is(providers_only, cast, settings):
    settings.PASSWORD_SIGN_IN = True
    add_passkey(cast.api("owner"))
    page = cast.page("owner")
    link(providers_only, page)
    settings.PASSWORD_SIGN_IN = False
    (row,) = store.list_for_user(cast.owner.pk)
    page.post(f"{PROVIDERS}/{row['_id']}/unlink")
    assert len(store.list_for_user(cast.owner.pk)) == 1


# --- signing out ---


def test_signing_out_offers_to_sign_out_at_the_provider(provider):
    client = sign_up(provider)
    answer = client.post("/logout")
    assert f"{provider.issuer}/session/end?client_id=site" in answer.content.decode()
    assert user_of(client) == ""


def test_other_sessions_sign_out_as_before(provider, cast):
    assert cast.page("owner").post("/logout").url == "/"
