"""Rejected email addresses: who sees the mark, which mail is still sent, and how an address is retried."""

import pytest

from accounts import deliverability, email_changes, email_tokens, staff_actions
from accounts.models import User
from streamsite.mongo.collections import collection
from tests.support.mailbox import deliver
from tests.support.users import PASSWORD

REASON = "The mailbox doesn't exist."


@pytest.fixture
def owner(cast):
    """Return the owner, whose confirmed address was rejected."""
    User.objects.filter(pk=cast.owner.pk).update(email_verified=True)
    deliverability.mark_undeliverable(cast.owner, cast.owner.email, REASON)
    return cast.owner


def is_marked(user):
    return not deliverability.accepts_mail(User.objects.get(pk=user.pk))


def test_its_owner_sees_why_and_others_do_not(cast, owner):
    page = cast.page("owner").get("/settings/security").content.decode()
    assert "We couldn't deliver email to <bdi>owner@example.org</bdi>" in page
    assert "The mailbox doesn&#x27;t exist." in page
    notifications = cast.page("owner").get("/settings/notifications").content.decode()
    assert "email notifications are paused" in notifications
    told = cast.api("owner").get("/api/v1/me").json()["email_undeliverable"]
    assert told | {"at": ""} == {"email": "owner@example.org", "at": "", "reason": REASON}
    assert cast.api("member").get("/api/v1/me").json()["email_undeliverable"] is None
    assert "undeliverable" not in cast.api("member").get("/api/v1/channels/owner").content.decode()
    assert "We couldn't deliver" not in cast.page("member").get("/settings/security").content.decode()


def test_staff_see_it_and_let_mail_go_again(cast, owner):
    User.objects.filter(pk=cast.staff.pk).update(is_superuser=True)
    boss, page = User.objects.get(pk=cast.staff.pk), cast.page("staff")
    account = f"/admin/accounts/user/{owner.pk}/"
    assert "owner@example.org was refused on" in page.get(f"{account}change/").content.decode()
    assert page.post(f"{account}act/email-retry/").status_code == 302
    assert not is_marked(owner)
    assert [message.to for message in deliver()] == [[owner.email]]
    assert not staff_actions.retry_email(User.objects.get(pk=owner.pk), actor=boss)


def test_its_owner_asks_again(cast, owner):
    answer = cast.api("owner").post("/api/v1/auth/email/resend")
    assert (answer.status_code, answer.json()) == (202, {"email": "owner@example.org"})
    assert not is_marked(owner)
    assert [message.to for message in deliver()] == [[owner.email]]
    assert cast.api("owner").post("/api/v1/auth/email/resend").json() == {"email": None}


def test_a_confirmed_address_is_good(rf, owner):
    email_changes.verify_email(rf.post("/"), email_tokens.make_email_token(owner, owner.email))
    assert not is_marked(owner)


def test_mail_that_was_accepted_ends_the_mark(cast, owner):
    cast.api("anonymous").post("/api/v1/auth/password/reset", {"email": owner.email}, format="json")
    assert [message.to for message in deliver()] == [[owner.email]]
    assert not is_marked(owner)


def test_a_new_address_is_not_marked(cast, owner):
    body = {"email": "new@example.org", "current_password": PASSWORD}
    assert cast.api("owner").post("/api/v1/auth/email/change", body, format="json").status_code == 200
    token = email_tokens.make_email_token(User.objects.get(pk=owner.pk), "new@example.org")
    cast.api("anonymous").post("/api/v1/auth/email/verify", {"token": token}, format="json")
    assert not is_marked(owner)


def test_an_address_that_waits_can_be_refused_while_the_old_one_works(cast):
    User.objects.filter(pk=cast.owner.pk).update(email_verified=True, pending_email="typo@example.org")
    owner = User.objects.get(pk=cast.owner.pk)
    deliverability.mark_undeliverable(owner, "typo@example.org", REASON)
    assert not is_marked(owner)
    page = cast.page("owner").get("/settings/security").content.decode()
    assert "We couldn't deliver email to <bdi>typo@example.org</bdi>" in page
    assert "we won't email notifications" not in page


def test_an_address_of_nobody_is_not_marked(cast):
    deliverability.mark_undeliverable(cast.owner, "former@example.org", REASON)
    assert User.objects.get(pk=cast.owner.pk).undeliverable_key == ""


def test_the_reminder_does_not_claim_that_a_link_was_sent(cast, settings):
    settings.REQUIRE_VERIFIED_EMAIL = True
    assert "We sent a link to" in cast.page("owner").get("/").content.decode()
    deliverability.mark_undeliverable(cast.owner, cast.owner.email, REASON)
    page = cast.page("owner").get("/").content.decode()
    assert "We couldn't deliver email to <bdi>owner@example.org</bdi>" in page
    assert "We sent a link to" not in page


def test_accounts_from_before_have_no_mark(cast):
    fields = ("undeliverable_key", "undeliverable_at", "undeliverable_reason")
    collection("accounts_user").update_one({"_id": cast.owner.pk}, {"$unset": dict.fromkeys(fields, "")})
    assert not is_marked(cast.owner)
    assert cast.api("owner").get("/api/v1/me").json()["email_undeliverable"] is None
    assert cast.page("owner").get("/settings/security").status_code == 200
    deliverability.mark_undeliverable(cast.owner, cast.owner.email, REASON)
    assert is_marked(cast.owner)
