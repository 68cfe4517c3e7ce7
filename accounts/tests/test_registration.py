"""Modes of registration and domains of email addresses: the sign-up page and ``POST /auth/register``."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuthEvent, User
from accounts.registration import applications
from streamsite.errors import Forbidden
from tests.support.mailbox import deliver, token_in
from tests.support.users import PASSWORD

URL = "/api/v1/auth/register"
FORM = {"username": "newbie", "email": "newbie@example.org", "password": PASSWORD}


def register(**changes):
    return APIClient().post(URL, FORM | changes, format="json")


def token(login="newbie"):
    body = {"login": login, "password": PASSWORD, "client": "native"}
    return APIClient().post("/api/v1/auth/token", body, format="json")


def mails(kind):
    return [message for message in deliver() if kind in message.subject]


# --- closed ---


def test_a_closed_site_says_so(database, settings):
    settings.REGISTRATION = "closed"
    answer = register()
    assert (answer.status_code, answer.json()["code"]) == (403, "registration_closed")
    page = Client().get("/register")
    assert (page.status_code, b"Sign-up is closed" in page.content) == (403, True)
    assert Client().post("/register", FORM).status_code == 403
    assert not User.objects.exists()


@pytest.mark.parametrize(("mode", "offers"), [("open", True), ("approval", True), ("closed", False)])
def test_the_sign_in_page_offers_a_sign_up_that_there_is(database, settings, mode, offers):
    settings.REGISTRATION = mode
    assert (b'href="/register"' in Client().get("/login").content) is offers


# --- approval ---


@pytest.fixture
def by_approval(database, settings):
    settings.REGISTRATION = "approval"


def test_a_sign_up_waits_and_is_told_so(by_approval):
    page = Client()
    answer = page.post("/register", FORM, follow=True)
    assert answer.redirect_chain[-1][0] == "/register/waiting"
    assert b"as soon as yours is approved" in answer.content
    assert not answer.wsgi_request.user.is_authenticated
    [message] = mails("waiting for approval")
    assert message.to == ["newbie@example.org"]
    answer = page.post("/login", {"login": "newbie", "password": PASSWORD})
    assert (answer.status_code, b"waiting for approval" in answer.content) == (403, True)


def test_the_api_says_that_an_account_waits(by_approval):
    answer = register()
    assert (answer.status_code, answer.json()["status"]) == (201, "waiting")
    refused = token()
    assert (refused.status_code, refused.json()["code"]) == (403, "approval_pending")


def test_a_wrong_password_reveals_no_waiting_account(by_approval):
    register()
    body = {"login": "newbie", "password": "not the password"}
    answer = APIClient().post("/api/v1/auth/token", body, format="json")
    other = APIClient().post("/api/v1/auth/token", body | {"login": "nobody-here"}, format="json")
    assert answer.status_code == other.status_code == 401
    assert answer.json()["detail"] == other.json()["detail"]


def test_a_waiting_account_can_do_nothing_but_confirm_its_address(by_approval, cast):
    register()
    [message] = mails("waiting for approval")
    user = User.objects.get(username="newbie")
    # Even with tokens from elsewhere.
    access, (_, api_token) = cast.access_token(user), cast.api_token(user, "read", "write")
    for header in (f"Bearer {access}", f"Token {api_token}"):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=header)
        assert client.get("/api/v1/me").status_code == 401
        assert client.post("/api/v1/playlists", {"title": "x"}, format="json").status_code == 401
        assert client.get("/api/v1/videos").status_code == 401
    anonymous = APIClient()
    assert anonymous.get("/api/v1/channels/newbie").status_code == 404
    assert anonymous.get("/@newbie").status_code == 404
    body = {"login": "newbie", "password": PASSWORD}
    assert anonymous.post("/api/v1/auth/restore", body, format="json").json()["code"] == "approval_pending"
    anonymous.post("/api/v1/auth/password/reset", {"email": FORM["email"]}, format="json")
    assert deliver() == []
    confirmed = anonymous.post("/api/v1/auth/email/verify", {"token": token_in(message)}, format="json")
    assert confirmed.status_code == 200
    assert User.objects.get(pk=user.pk).email_verified
    assert token().json()["code"] == "approval_pending"


def test_staff_get_one_email_about_several_accounts(by_approval, cast):
    cast.user("helper", is_staff=True)  # without the permission
    assert cast.staff.pk
    register()
    register(username="second", email="second@example.org")
    from streamsite.mongo.collections import collection

    collection("task_job").update_many({}, {"$unset": {"run_at": ""}})
    sent = [message for message in deliver() if "New accounts" in message.subject]
    sent += [message for message in deliver() if "New accounts" in message.subject]
    assert {message.to[0] for message in sent} == {"staffer@example.org"}
    assert "2 new accounts" in sent[0].body
    assert "/admin/registrations/" in sent[0].body


def test_an_approved_account_signs_in(by_approval, cast):
    register()
    user = User.objects.get(username="newbie")
    page = cast.page("staff")
    assert b"newbie@example.org" in page.get("/admin/registrations/").content
    form = {"accounts": [user.pk], "decision": "approve", "note": "Welcome <b>aboard</b>"}
    assert page.post("/admin/registrations/", form, follow=True).status_code == 200
    assert token().status_code == 200
    [message] = mails("was approved")
    assert "Welcome <b>aboard</b>" in message.body
    assert "&lt;b&gt;" in message.alternatives[0].content
    assert AuthEvent.objects.get(what="registration_approved").actor == cast.staff.pk
    assert APIClient().get("/api/v1/channels/newbie").status_code == 200


def test_several_are_declined_and_their_names_are_free_again(by_approval, cast):
    register()
    register(username="second", email="second@example.org")
    chosen = list(User.objects.filter(is_active=False).values_list("pk", flat=True))
    form = {"accounts": chosen, "decision": "decline", "note": ""}
    answer = cast.page("staff").post("/admin/registrations/", form, follow=True)
    assert b"2 accounts declined" in answer.content
    assert len(mails("declined")) == 2
    assert token().json()["code"] == "invalid_credentials"
    User.objects.filter(pk__in=chosen).update(erase_at="2020-01-01T00:00:00Z")
    from accounts import deletion

    for user_id in chosen:
        deletion.delete_if_due(user_id)
    assert register().status_code == 201


def test_a_decision_is_made_once(by_approval, cast):
    register()
    user = User.objects.get(username="newbie")
    assert applications.approve(user, actor=cast.staff)
    assert not applications.approve(user, actor=cast.staff)
    assert not applications.decline(user, actor=cast.staff)
    assert User.objects.get(pk=user.pk).is_active


def test_reinstating_approves_nobody(by_approval, cast):
    from accounts import staff_actions

    register()
    user = User.objects.get(username="newbie")
    assert not staff_actions.reinstate(user, actor=cast.staff)
    assert User.objects.get(pk=user.pk).is_waiting


def test_only_staff_with_the_permission_see_the_queue(by_approval, cast):
    assert cast.page("anonymous").get("/admin/registrations/").status_code == 302
    assert cast.page("stranger").get("/admin/registrations/").status_code in {302, 403}
    cast.stranger.is_staff = True
    cast.stranger.save()
    page = cast.page("stranger")
    assert page.get("/admin/registrations/").status_code == 403
    assert page.post("/admin/registrations/", {"decision": "approve"}).status_code == 403


def test_staff_do_not_decide_about_staff(by_approval, cast):
    register()
    user = User.objects.get(username="newbie")
    User.objects.filter(pk=user.pk).update(is_staff=True)
    with pytest.raises(Forbidden):
        applications.approve(user, actor=cast.user("helper", is_staff=True))


def test_a_decision_without_accounts_is_refused(by_approval, cast):
    register()
    answer = cast.page("staff").post("/admin/registrations/", {"decision": "approve"})
    assert (answer.status_code, b"at least one account" in answer.content) == (400, True)


# --- domains ---


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("a@example.org", True),
        ("a@EXAMPLE.org", True),
        ("a@mail.example.org", True),
        ("a@notexample.org", False),
        ("a@example.org.evil.example", False),
        ("a@bad.example.org", False),
        ("a@deep.bad.example.org", False),
        ("a@bücher.example", True),
        ("a@xn--bcher-kva.example", True),
        ("a@BÜCHER.example", True),
    ],
)
def test_domains_decide_with_their_subdomains(database, settings, address, allowed):
    settings.ALLOWED_EMAIL_DOMAINS = ["example.org", "Bücher.example"]
    settings.DENIED_EMAIL_DOMAINS = ["bad.example.org"]
    answer = register(email=address)
    assert (answer.status_code == 201) is allowed, answer.json()
    if not allowed:
        assert "domain" in answer.json()["fields"]["email"][0]
        assert Client().post("/register", FORM | {"email": address}).status_code == 400


def test_a_denied_domain_is_refused_before_anything_tells_that_an_address_is_known(database, settings, cast):
    User.objects.filter(pk=cast.owner.pk).update(email_verified=True)
    settings.DENIED_EMAIL_DOMAINS = ["example.org"]
    known, unknown = register(email=cast.owner.email), register(email="nobody@example.org")
    assert known.status_code == unknown.status_code == 400
    assert known.json()["fields"] == unknown.json()["fields"]


def test_nobody_moves_to_a_denied_domain_afterwards(database, settings, cast):
    settings.DENIED_EMAIL_DOMAINS = ["spam.example"]
    body = {"email": "a@spam.example", "current_password": PASSWORD}
    answer = cast.api("owner").post("/api/v1/auth/email/change", body, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["email"])
