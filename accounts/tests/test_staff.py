"""Staff actions on accounts: effects, notifications, and permissions."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts import staff_actions, totp
from accounts.models import ApiToken, AuthEvent, User
from accounts.tests.test_totp import factor, forget_steps  # noqa: F401 - a fixture
from streamsite.errors import Conflict, Forbidden, Invalid
from streamsite.mongo.collections import collection
from tests.support.mailbox import deliver, token_in
from tests.support.users import PASSWORD

NEW = "another battery staple"


def again(user):
    return User.objects.get(pk=user.pk)


def sign_in(login="owner", password=PASSWORD, **more):
    body = {"login": login, "password": password, "client": "native", **more}
    return APIClient().post("/api/v1/auth/token", body, format="json")


def subjects(messages):
    return sorted((message.to[0], message.subject.removeprefix("Streamsite: ")) for message in messages)


class Access:
    """Every kind of access to the owner's account, opened beforehand."""

    def __init__(self, cast):
        self.page = cast.page("owner")
        self.refresh = sign_in().json()["refresh"]
        self.bearer = cast.access_token(cast.owner)
        self.token = cast.api_token(cast.owner)[1]

    def works(self):
        """Return whether each kind of access still works."""
        client = APIClient()
        body = {"refresh": self.refresh, "client": "native"}
        answers = {
            "refresh": client.post("/api/v1/auth/token/refresh", body, format="json").status_code,
            "access": client.get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {self.bearer}").status_code,
            "token": client.get("/api/v1/me", HTTP_AUTHORIZATION=f"Token {self.token}").status_code,
            "page": self.page.get("/settings/security").status_code,
        }
        return {name for name, status in answers.items() if status == 200}


def last_event(user):
    row = AuthEvent.objects.filter(user=user).exclude(actor="").order_by("-at").first()
    return (row.what, row.actor) if row else None


def test_a_reset_ends_everything_and_the_link_gives_a_new_password(cast):
    access = Access(cast)
    assert access.works() == {"refresh", "access", "token", "page"}
    epoch = again(cast.owner).security_epoch
    assert staff_actions.send_reset_and_sign_out(cast.owner, actor=cast.staff)
    assert access.works() == set()
    assert again(cast.owner).security_epoch == epoch + 1
    assert sign_in().json()["code"] == "invalid_credentials"
    assert last_event(cast.owner) == ("staff_reset", cast.staff.pk)
    [message] = deliver()
    assert subjects([message]) == [("owner@example.org", "Reset your password to sign in again")]
    body = {"token": token_in(message), "new_password": NEW}
    assert APIClient().post("/api/v1/auth/password/reset/confirm", body, format="json").status_code == 204
    assert sign_in(password=NEW).status_code == 200
    assert access.works() == set()


def test_a_reset_needs_an_address_and_an_open_account(cast):
    User.objects.filter(pk=cast.owner.pk).update(email="", email_key="")
    with pytest.raises(Invalid):
        staff_actions.send_reset_and_sign_out(again(cast.owner), actor=cast.staff)
    staff_actions.suspend(cast.member, actor=cast.staff)
    with pytest.raises(Conflict):
        staff_actions.send_reset_and_sign_out(again(cast.member), actor=cast.staff)


def test_a_suspended_channel_is_nowhere_and_reinstating_revives_no_token(cast):
    video, access = cast.video(), Access(cast)
    stranger = cast.api("stranger")
    lists = ("videos", "videos?q=video", "trending", "channels/owner/videos")
    assert staff_actions.suspend(cast.owner, actor=cast.staff)
    sent = deliver()
    assert subjects(sent) == [("owner@example.org", "Your account was suspended")]
    assert access.works() == set()
    assert sign_in().json()["code"] == "invalid_credentials"
    found = {path: stranger.get(f"/api/v1/{path}") for path in lists}
    assert [path for path in found if video.pk in found[path].content.decode()] == []
    assert stranger.get(f"/watch/{video.pk}").status_code == 404
    assert again(cast.owner).video_count == 0
    assert collection("search_video").count_documents({}) == 0
    assert not staff_actions.suspend(again(cast.owner), actor=cast.staff)
    assert deliver() == []
    assert staff_actions.reinstate(again(cast.owner), actor=cast.staff)
    assert subjects(deliver()) == [("owner@example.org", "Your account was reinstated")]
    assert last_event(cast.owner) == ("suspension_lifted", cast.staff.pk)
    assert access.works() == set()
    assert video.pk in stranger.get("/api/v1/videos").content.decode()
    assert sign_in().status_code == 200
    assert not staff_actions.reinstate(again(cast.owner), actor=cast.staff)


def by_suspending_again(cast):
    assert not staff_actions.suspend(again(cast.owner), actor=cast.staff)


def by_the_update(cast):
    import_module("accounts.migrations.0007_staff").finish_deactivations(apps, None)


@pytest.mark.parametrize("finish", [by_suspending_again, by_the_update])
def test_an_account_that_was_only_unticked_is_hidden_and_revives_no_token(cast, finish):
    video, access = cast.video(), Access(cast)
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert video.pk in cast.api("stranger").get("/api/v1/videos").content.decode()
    finish(cast)
    assert not ApiToken.objects.exists()
    deliver()
    assert video.pk not in cast.api("stranger").get("/api/v1/videos").content.decode()
    assert staff_actions.reinstate(again(cast.owner), actor=cast.staff)
    assert access.works() == set()


def test_accounts_closed_by_their_owner_are_neither_suspended_nor_reinstated(cast):
    cast.api("owner").delete("/api/v1/me", {"password": PASSWORD}, format="json")
    with pytest.raises(Conflict):
        staff_actions.suspend(again(cast.owner), actor=cast.staff)
    assert not staff_actions.reinstate(again(cast.owner), actor=cast.staff)
    assert not again(cast.owner).is_active


@pytest.mark.parametrize("verified", [True, False])
def test_a_new_email_is_confirmed_first_and_the_old_one_is_told(cast, verified):
    User.objects.filter(pk=cast.owner.pk).update(email_verified=verified)
    assert staff_actions.change_email(again(cast.owner), " New@Example.org ", actor=cast.staff)
    assert again(cast.owner).email == "owner@example.org"
    assert last_event(cast.owner) == ("staff_email_change", cast.staff.pk)
    sent = deliver()
    assert subjects(sent) == [
        ("New@example.org", "Confirm your email address"),
        ("owner@example.org", "Email change requested by our team"),
    ]
    [link] = [token_in(message) for message in sent if message.to == ["New@example.org"]]
    assert APIClient().post("/api/v1/auth/email/verify", {"token": link}, format="json").status_code == 200
    assert again(cast.owner).email == "New@example.org"
    assert not staff_actions.change_email(again(cast.owner), "new@example.org", actor=cast.staff)


def test_invalid_addresses_are_rejected(cast):
    with pytest.raises(Invalid):
        staff_actions.change_email(cast.owner, "nowhere", actor=cast.staff)


def test_a_second_factor_is_reset_and_everything_ends(cast, factor):  # noqa: F811
    forget_steps(cast.owner)
    cast.owner.refresh_from_db()
    held = [f"Bearer {cast.access_token(cast.owner)}", f"Token {cast.api_token(cast.owner)[1]}"]
    deliver()
    assert sign_in().json()["code"] == "otp_required"
    assert staff_actions.reset_second_factor(again(cast.owner), actor=cast.staff)
    assert subjects(deliver()) == [("owner@example.org", "Two-factor authentication was reset")]
    assert last_event(cast.owner) == ("totp_reset", cast.staff.pk)
    for header in held:
        assert APIClient().get("/api/v1/me", HTTP_AUTHORIZATION=header).status_code == 401
    assert sign_in().status_code == 200
    assert not staff_actions.reset_second_factor(again(cast.owner), actor=cast.staff)


def test_deleting_closes_at_once_and_cannot_be_undone(cast):
    cast.video()
    access = Access(cast)
    assert staff_actions.delete_account(cast.owner, actor=cast.staff)
    assert subjects(deliver()) == [("owner@example.org", "Your account was deleted")]
    assert access.works() == set()
    body = {"login": "owner", "password": PASSWORD}
    assert APIClient().post("/api/v1/auth/restore", body, format="json").status_code == 401
    assert not staff_actions.delete_account(again(cast.owner), actor=cast.staff)
    collection("task_job").update_many({"state": "ready"}, {"$set": {"run_at": again(cast.owner).created_at}})
    User.objects.filter(pk=cast.owner.pk).update(erase_at=again(cast.owner).created_at)
    deliver()
    assert not User.objects.filter(username="owner").exists()


def test_nobody_acts_on_themselves_or_above(cast):
    helper = cast.user("helper", is_staff=True)
    for actor, user in ((cast.staff, cast.staff), (helper, helper), (helper, cast.staff)):
        for act in (
            *(staff_actions.send_reset_and_sign_out, staff_actions.suspend, staff_actions.reinstate),
            *(staff_actions.reset_second_factor, staff_actions.delete_account),
        ):
            with pytest.raises(Forbidden):
                act(user, actor=actor)
        with pytest.raises(Forbidden):
            staff_actions.change_email(user, "x@example.org", actor=actor)
        with pytest.raises(Forbidden):
            staff_actions.set_rights(user, actor=actor, is_superuser=True)
    with pytest.raises(Forbidden):
        staff_actions.suspend(cast.user("colleague", is_staff=True), actor=helper)
    with pytest.raises(Forbidden):
        staff_actions.set_rights(cast.owner, actor=helper, is_staff=True)
    assert staff_actions.suspend(helper, actor=cast.staff)


def test_the_network_of_staff_is_hidden_from_the_owner(cast, rf):
    request = rf.post("/", headers={"User-Agent": "StaffBrowser/1"})
    staff_actions.send_reset_and_sign_out(cast.owner, actor=cast.staff, request=request)
    row = AuthEvent.objects.get(what="staff_reset")
    assert row.user_agent == "StaffBrowser/1"
    cast.owner.refresh_from_db()
    shown = cast.page("owner").get("/settings/security").content.decode()
    assert "reset link sent" in shown
    assert "StaffBrowser" not in shown
    assert cast.staff.username not in shown


def test_moderation_names_who_suspended(cast):
    from videos.moderation import reportable

    reportable.get_reportable_type("channel").take_down(cast.owner.pk, actor=cast.staff)
    assert last_event(cast.owner) == ("suspended", cast.staff.pk)
    reportable.get_reportable_type("channel").take_down(
        cast.staff.pk, actor=cast.user("helper", is_staff=True)
    )
    assert again(cast.staff).is_active


def test_the_operator_resets_a_second_factor(cast, factor, capsys):  # noqa: F811
    call_command("reset_second_factor", "owner")
    assert not totp.is_enabled(cast.owner.pk)
    for name in ("owner", "nobody"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", name)


def test_a_password_from_the_command_line_ends_what_the_old_one_opened(cast, monkeypatch):
    access = Access(cast)
    monkeypatch.setattr("getpass.getpass", lambda prompt="": NEW)
    call_command("changepassword", "owner")
    assert access.works() == set()
    assert sign_in(password=NEW).status_code == 200
    assert subjects(deliver()) == [("owner@example.org", "Your password was changed")]
