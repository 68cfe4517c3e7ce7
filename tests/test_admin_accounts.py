"""Account actions and rights in Django admin."""

import os
import secrets
import subprocess
import sys

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import staff_actions, totp, totp_store
from accounts.models import AuthEvent, User
from streamsite.mongo.collections import collection
from tests.support.documents import dump, normalize, restore
from tests.support.http_client import PASSWORD
from tests.support.mailbox import deliver
from videos.models import Comment, Video

LIST = reverse("admin:accounts_user_changelist")
GROUPS = reverse("admin:auth_group_changelist")


def address(user, page="change", *more):
    return reverse(f"admin:accounts_user_{page}", args=[quote(user.pk), *more])


def again(user):
    return User.objects.get(pk=user.pk)


def signed_in(user):
    page = Client()
    page.force_login(user, backend="accounts.backends.LoginBackend")
    return page


@pytest.fixture
def account(cast):
    """Create an account with a video, a session, an API token, and a second factor."""
    owner = cast.owner
    cast.video()
    cast.access_token(owner)
    cast.api_token(owner)
    totp.start_setup(owner)
    pending = collection(totp_store.FACTORS).find_one({"_id": owner.pk})["pending"]
    on = {"secret": pending, "pending": None, "enabled_at": owner.created_at}
    collection(totp_store.FACTORS).update_one({"_id": owner.pk}, {"$set": on})
    return owner


@pytest.fixture
def helper(cast):
    """Staff with every permission about accounts and groups, who is no superuser and in a group of their own."""
    user = cast.user("helper", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(content_type__model__in=["user", "group", "video", "comment"])
    )
    user.groups.add(Group.objects.create(name="Helpers"))
    return user


SERVICES = {
    "reset": ("send_reset", staff_actions.send_reset_and_sign_out),
    "email": (
        "change_email",
        lambda user, actor: staff_actions.change_email(user, "new@example.org", actor=actor),
    ),
    "second-factor": ("reset_second_factor", staff_actions.reset_second_factor),
    "suspend": ("suspend", staff_actions.suspend),
    "reinstate": ("reinstate", staff_actions.reinstate),
}


@pytest.mark.parametrize("name", SERVICES)
def test_service_page_and_list_leave_the_same_documents(cast, account, name):
    listed, service = SERVICES[name]
    page = cast.page("staff")
    if name == "reinstate":
        staff_actions.suspend(account, actor=cast.staff)
    deliver()
    start, mailed, states = dump(), [], []

    def by_service():
        service(again(account), actor=cast.staff)

    def by_page():
        confirm = page.get(address(account, "act", name)).content.decode()
        assert account.username in confirm
        assert normalize(dump()) == normalize(start)
        answer = page.post(address(account, "act", name), {"address": "new@example.org"})
        assert answer.url == address(account)

    def by_list():
        form = {"action": listed, "_selected_action": [account.pk]}
        asked = page.post(LIST, form)
        assert normalize(dump()) == normalize(start)
        if name == "email":
            assert page.post(asked.url, {"address": "new@example.org"}).status_code == 302
            return
        assert account.username in asked.content.decode()
        assert page.post(LIST, form | {"confirmed": "yes"}).status_code == 302

    for act in (by_service, by_page, by_list):
        act()
        mailed.append(sorted((message.to[0], message.subject) for message in deliver()))
        states.append(normalize(dump()))
        restore(start)
    assert states[0] == states[1] == states[2]
    assert states[0] != normalize(start)
    assert mailed[0] == mailed[1] == mailed[2]
    assert len(mailed[0]) == (2 if name == "email" else 1)


def test_a_bad_address_is_said_on_the_page(cast):
    answer = cast.page("staff").post(address(cast.owner, "act", "email"), {"address": "nowhere"})
    assert "valid email" in answer.content.decode()
    assert again(cast.owner).pending_email == ""


def test_the_form_has_no_field_for_what_proves_an_identity(cast, account):
    page = cast.page("staff")
    shown = page.get(address(account))
    assert {"password", "email", "is_active", "username", "email_verified"}.isdisjoint(
        shown.context["adminform"].form.fields
    )
    assert account.password not in shown.content.decode()
    before = again(account)
    form = {"full_name": "", "bio": "", "password": "x", "email": "evil@example.org", "email_verified": "on"}
    assert page.post(address(account), form).status_code == 302
    after = again(account)
    for name in ("password", "email", "email_verified", "is_active", "username", "security_epoch"):
        assert getattr(after, name) == getattr(before, name), name


def test_staff_cannot_set_passwords(cast, account, helper):
    path = reverse("admin:auth_user_password_change", args=[account.pk])
    form = {"usable_password": "true", "password1": "another battery", "password2": "another battery"}
    for page in (cast.page("staff"), signed_in(helper)):
        assert page.post(path, form).status_code == 403
        assert page.get(path).url == address(account, "act", "reset")
    assert again(account).password == account.password
    own = reverse("admin:auth_user_password_change", args=[cast.staff.pk])
    assert signed_in(helper).get(own).status_code == 403
    assert signed_in(helper).post(own, form).status_code == 403


def test_staff_change_their_own_password_in_the_settings(cast):
    page, before = cast.page("staff"), again(cast.staff).password
    form = {"old_password": PASSWORD, "new_password1": "another battery", "new_password2": "another battery"}
    assert page.get("/admin/password_change/").url == "/settings/security"
    assert page.post("/admin/password_change/", form).status_code == 405
    assert again(cast.staff).password == before


def test_staff_do_not_widen_rights(cast, helper, account):
    page = signed_in(helper)
    group, everything_allowed = helper.groups.get(), [each.pk for each in Permission.objects.all()]
    rights = {
        "is_staff": "on",
        "is_superuser": "on",
        "groups": [group.pk],
        "user_permissions": everything_allowed,
    }
    colleague = cast.user("colleague", is_staff=True)
    for user in (helper, cast.staff, colleague):
        assert page.post(address(user), rights | {"full_name": "x", "bio": ""}).status_code == 403, user
    assert page.post(address(account), rights | {"full_name": "Fine", "bio": ""}).status_code == 302
    assert page.get(address(cast.staff)).status_code == 200
    for user in (helper, cast.staff, colleague, account):
        row = again(user)
        assert (row.is_staff, row.is_superuser) == (user.is_staff, user.is_superuser)
        assert row.groups.count() == (user == helper)
        assert row.user_permissions.count() == (helper.user_permissions.count() if user == helper else 0)
    assert again(account).full_name == "Fine"


def test_staff_do_not_change_groups(helper):
    page = signed_in(helper)
    group = helper.groups.get()
    change = reverse("admin:auth_group_change", args=[group.pk])
    permissions = [each.pk for each in Permission.objects.all()]
    assert page.get(change).status_code == 200
    assert page.post(change, {"name": "Helpers", "permissions": permissions}).status_code == 403
    assert page.post(reverse("admin:auth_group_add"), {"name": "More"}).status_code == 403
    assert page.post(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"}).status_code == 403
    page.post(GROUPS, {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"})
    assert list(Group.objects.values_list("name", flat=True)) == ["Helpers"]
    assert group.permissions.count() == 0


def test_no_action_reaches_superusers_or_oneself(cast, helper, account):
    boss = cast.user("boss", is_staff=True, is_superuser=True)
    by_helper, by_superuser = signed_in(helper), cast.page("staff")
    before = normalize(dump())
    for page, user in ((by_helper, cast.staff), (by_helper, helper), (by_superuser, cast.staff)):
        assert "/act/" not in page.get(address(user)).content.decode()
        for name, (listed, _) in SERVICES.items():
            assert page.get(address(user, "act", name)).status_code == 404, name
            assert page.post(address(user, "act", name), {"address": "x@example.org"}).status_code == 404, (
                name
            )
            form = {"action": listed, "_selected_action": [user.pk], "confirmed": "yes"}
            assert page.post(LIST, form).status_code == 302, name
    assert normalize(dump()) == before
    assert by_superuser.get(address(boss, "act", "suspend")).status_code == 200
    assert signed_in(cast.member).get(address(account, "act", "suspend")).status_code == 302


def test_staff_do_not_delete_staff(cast, helper):
    page = signed_in(helper)
    for user in (cast.staff, helper):
        assert page.post(address(user, "delete"), {"post": "yes"}).status_code == 403
        form = {"action": "delete_selected", "_selected_action": [user.pk, cast.owner.pk], "post": "yes"}
        page.post(LIST, form)
        assert again(user).is_active
        assert again(cast.owner).is_active
    assert cast.page("staff").post(address(cast.staff, "delete"), {"post": "yes"}).status_code == 403
    assert page.post(address(cast.owner, "delete"), {"post": "yes"}).url == LIST
    assert not again(cast.owner).is_active


def test_a_superuser_gives_rights_and_it_is_told(cast):
    page = cast.page("staff")
    form = {"full_name": "", "bio": "", "is_staff": "on"}
    assert page.post(address(cast.owner), form).status_code == 302
    assert again(cast.owner).is_staff
    event = AuthEvent.objects.get(what="rights_changed")
    assert (event.user_id, event.actor) == (cast.owner.pk, cast.staff.pk)
    assert [message.to for message in deliver()] == [["owner@example.org"]]
    shown = page.get(address(cast.owner)).content.decode()
    assert "Staff permissions changed, by" in shown.replace("<bdi>", "").replace("\n", " ")
    own = page.post(address(cast.staff), form)
    assert own.status_code == 403
    assert again(cast.staff).is_superuser


def test_view_permission_allows_no_actions(cast, account):
    viewer = cast.user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    page, video = signed_in(viewer), Video.objects.get()
    said = (
        cast.api("member").post(f"/api/v1/videos/{video.pk}/comments", {"text": "Hi"}, format="json").json()
    )
    before = normalize(dump())
    for model, row in (
        ("videos_video", video.pk),
        ("videos_comment", said["id"]),
        ("accounts_user", account.pk),
    ):
        path = reverse(f"admin:{model}_changelist")
        assert page.get(path).status_code == 200
        for action in ("take_down", "process_again", "suspend", "send_reset", "delete_selected"):
            form = {"action": action, "_selected_action": [row], "confirmed": "yes", "post": "yes"}
            page.post(path, form)
    assert page.get(address(account, "act", "suspend")).status_code == 404
    assert normalize(dump()) == before
    assert Comment.objects.get().state == "shown"


def test_actions_need_a_post_with_its_token(cast, account):
    page = Client(enforce_csrf_checks=True)
    page.force_login(cast.staff, backend="accounts.backends.LoginBackend")
    assert page.post(address(account, "act", "suspend")).status_code == 403
    assert page.get(address(account, "act", "suspend")).status_code == 200
    assert again(account).is_active


@pytest.mark.parametrize(
    ("site", "said", "needed"),
    [
        ("https://video.example.org", "", True),
        ("https://video.example.org", "0", False),
        ("http://localhost:8000", "", False),
    ],
)
def test_staff_need_a_second_factor_by_default_on_https(site, said, needed):
    environment = os.environ | {"SITE_URL": site, "STAFF_NEED_TOTP": said}
    environment |= {"SECRET_KEY": secrets.token_urlsafe(50), "ALLOWED_HOSTS": "video.example.org,localhost"}
    code = "from streamsite import settings; print(settings.STAFF_NEED_TOTP)"
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == str(needed)


def test_a_first_superuser_is_led_to_the_settings(database, settings, monkeypatch):
    settings.STAFF_NEED_TOTP = True
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, username="first", email="first@example.org")
    page = Client(raise_request_exception=False)
    assert page.post("/login", {"login": "first", "password": PASSWORD, "next": "/admin/"}).url == "/admin/"
    refused = page.get("/admin/")
    assert refused.status_code == 403
    assert 'href="/settings/security"' in refused.content.decode()
    assert "two-factor authentication" in refused.content.decode()
    assert page.get("/settings/security").status_code == 200
