"""Warnings, suspensions with an end, and email addresses that staff mark as verified."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import periodic_tasks, sanction_store, sanctions, staff_actions
from accounts.models import AuthEvent, User
from streamsite.errors import Conflict, Forbidden, Invalid
from streamsite.mongo.collections import collection
from subscriptions.models import Notification
from tests.support.mailbox import deliver
from tests.support.users import PASSWORD


def again(user):
    return User.objects.get(pk=user.pk)


def sign_in_page():
    return Client().post("/login", {"login": "owner", "password": PASSWORD})


def sign_in_by_api():
    body = {"login": "owner", "password": PASSWORD, "client": "native"}
    return APIClient().post("/api/v1/auth/token", body, format="json")


def in_days(days):
    return time_machine.travel(timezone.now() + timedelta(days=days, minutes=1), tick=True)


def test_a_warning_is_told_on_the_site_and_by_email(cast):
    text = "Please stop posting links.\n" + "More words. " * 30
    assert sanctions.warn(cast.owner, text, actor=cast.staff)
    assert not sanctions.warn(cast.owner, text, actor=cast.staff), "a second click"
    [message] = deliver()
    assert (message.to, text.strip() in message.body) == (["owner@example.org"], True)
    assert "/settings/decisions" in message.body
    row = Notification.objects.get(user=cast.owner)
    assert row.url == "/settings/decisions"
    page = cast.page("owner")
    told = page.get("/notifications").content.decode()
    assert "Warning from our moderators: “Please stop posting links." in told
    assert "More words." in page.get("/settings/decisions").content.decode()
    assert "More words." not in cast.page("member").get("/settings/decisions").content.decode()
    event = AuthEvent.objects.get(what="warned")
    assert (event.user_id, event.actor) == (cast.owner.pk, cast.staff.pk)


def test_a_warning_says_something_to_an_open_account(cast):
    with pytest.raises(Invalid):
        sanctions.warn(cast.owner, " \n ", actor=cast.staff)
    staff_actions.suspend(cast.owner, actor=cast.staff)
    with pytest.raises(Conflict):
        sanctions.warn(again(cast.owner), "Hello", actor=cast.staff)


def test_staff_warn_and_verify_nobody_who_outranks_them(cast):
    helper = cast.user("helper", is_staff=True)
    for act in (lambda who: sanctions.warn(who, "x", actor=helper),
                lambda who: sanctions.mark_email_verified(who, actor=helper)):  # fmt: skip
        for who in (cast.staff, helper):
            with pytest.raises(Forbidden):
                act(who)


def test_a_suspension_ends_by_the_periodic_task(cast):
    video = cast.video()
    bearer = cast.access_token(cast.owner)
    assert staff_actions.suspend(cast.owner, actor=cast.staff, days=3, reason="Spam")
    assert APIClient().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {bearer}").status_code == 401
    refused = sign_in_page().content.decode()
    assert "suspended this account until" in refused
    assert "Reason: Spam" in refused
    assert sign_in_by_api().json()["code"] == "invalid_credentials"
    [message] = deliver()
    assert "until" in message.body
    assert "Spam" in message.body
    with in_days(2):
        assert periodic_tasks.end_suspensions.func() == 0
    assert not again(cast.owner).is_active
    with in_days(3):
        assert periodic_tasks.end_suspensions.func() == 1
        assert periodic_tasks.end_suspensions.func() == 0
        assert again(cast.owner).is_active
        assert [mail.subject for mail in deliver()] == ["Streamsite: Your account was reinstated"]
        assert sign_in_by_api().status_code == 200
        assert cast.api("anonymous").get(f"/api/v1/videos/{video.pk}").status_code == 200
    [row] = sanction_store.list_for_user(cast.owner.pk, most=5)
    assert row["ended_at"] is not None
    assert "due" not in row


def test_a_suspension_that_is_over_does_not_wait_for_the_task(cast):
    staff_actions.suspend(cast.owner, actor=cast.staff, days=1)
    with in_days(1):
        assert sign_in_page().status_code == 302
        assert again(cast.owner).is_active


def test_a_suspension_without_an_end_stays(cast):
    staff_actions.suspend(cast.owner, actor=cast.staff, reason="Enough")
    with in_days(400):
        assert periodic_tasks.end_suspensions.func() == 0
        assert sign_in_page().status_code == 401
    assert not again(cast.owner).is_active


def test_an_earlier_end_does_not_lift_a_later_suspension(cast):
    """Staff reinstate an account and suspend it again while the end of the first suspension is being handled."""
    staff_actions.suspend(cast.owner, actor=cast.staff, days=1)
    first = sanction_store.current_suspension(cast.owner.pk)
    staff_actions.reinstate(again(cast.owner), actor=cast.staff)
    staff_actions.suspend(again(cast.owner), actor=cast.staff, days=30)
    with in_days(1):
        with pytest.raises(Conflict):
            staff_actions.reinstate(again(cast.owner), actor=None, suspension_id=first["_id"])
        assert periodic_tasks.end_suspensions.func() == 0
    assert not again(cast.owner).is_active


def test_the_end_restores_no_account_that_was_closed(cast):
    staff_actions.suspend(cast.owner, actor=cast.staff, days=1)
    staff_actions.delete_account(again(cast.owner), actor=cast.staff)
    with in_days(1):
        assert periodic_tasks.end_suspensions.func() == 0
        assert not sanctions.is_any_due()
    assert not again(cast.owner).is_active


def test_an_older_database_ends_no_suspension(cast, monkeypatch):
    staff_actions.suspend(cast.owner, actor=cast.staff, days=1)
    monkeypatch.setattr("streamsite.sweep_count.stale_database_message", lambda: "older")
    with in_days(1):
        assert periodic_tasks.end_suspensions.func() == 0
    assert not again(cast.owner).is_active


def test_staff_mark_an_address_as_verified(cast):
    assert sanctions.mark_email_verified(cast.owner, actor=cast.staff)
    assert not sanctions.mark_email_verified(again(cast.owner), actor=cast.staff)
    assert again(cast.owner).email_verified
    User.objects.filter(pk=cast.member.pk).update(email="owner@example.org", email_key="owner@example.org")
    with pytest.raises(Conflict):
        sanctions.mark_email_verified(again(cast.member), actor=cast.staff)
    User.objects.filter(pk=cast.stranger.pk).update(email="", email_key="")
    with pytest.raises(Invalid):
        sanctions.mark_email_verified(again(cast.stranger), actor=cast.staff)


def test_a_deleted_account_leaves_no_sanction(cast):
    from accounts.deletion import delete_if_due

    sanctions.warn(cast.owner, "Hello", actor=cast.staff)
    staff_actions.delete_account(cast.owner, actor=cast.staff)
    with in_days(1):
        delete_if_due(cast.owner.pk)
    assert not User.objects.filter(pk=cast.owner.pk).exists()
    assert collection(sanction_store.SANCTIONS).count_documents({}) == 0
