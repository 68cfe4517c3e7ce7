"""``DELETE /me``: deactivated at once, restorable during the waiting period, deleted afterwards."""

from datetime import datetime, timedelta

import pyotp
import pytest
import time_machine
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import auth_session_store, deletion, sessions, staff_actions, tasks, totp
from accounts.models import ApiToken, AuthEvent, User
from streamsite import formats
from streamsite.models import Job
from streamsite.mongo.collections import collection
from tests.support.mailbox import deliver
from tests.support.older_database import simulate_older_database
from tests.support.users import PASSWORD
from videos.files import paths
from videos.models import Video


def close(client, password=PASSWORD):
    return client.delete("/api/v1/me", {"password": password}, format="json")


def restore(login="owner", password=PASSWORD, **more):
    return APIClient().post(
        "/api/v1/auth/restore", {"login": login, "password": password, **more}, format="json"
    )


def time_is_up():
    User.objects.filter(username="owner").update(erase_at=timezone.now() - timedelta(seconds=1))
    deletion.delete_if_due(User.objects.get(username="owner").pk)


@pytest.fixture
def library(cast):
    """Create a public video, a subscriber, a playlist, and an API token."""
    video = cast.video()
    paths.source_path(video.pk).parent.mkdir(parents=True, exist_ok=True)
    paths.source_path(video.pk).write_bytes(b"source")
    cast.api("member").put("/api/v1/channels/owner/subscription")
    owner = cast.api("owner")
    owner.put("/api/v1/channels/stranger/subscription") if cast.stranger else None
    owner.post("/api/v1/playlists", {"title": "Mine", "video_ids": [video.pk]}, format="json")
    member_list = cast.api("member").post(
        "/api/v1/playlists", {"title": "Theirs", "video_ids": [video.pk]}, format="json"
    )
    owner.post("/api/v1/auth/api-tokens", {"name": "script", "scopes": ["read"]}, format="json")
    deliver()
    cast.others_list = member_list.json()["id"]
    return video


def test_it_needs_the_password(cast):
    client = cast.api("owner")
    assert close(client, "wrong password").json()["code"] == "wrong_password"
    assert client.delete("/api/v1/me").status_code == 400
    assert client.get("/api/v1/me").status_code == 200


def test_closing_hides_everything_and_ends_every_session(cast, library):
    client, other = cast.api("owner"), cast.api("owner")
    assert close(client).status_code == 204
    sent = deliver()
    assert [message.subject for message in sent] == ["Streamsite: Your account is scheduled for deletion"]
    sessions.clear_cache()
    assert other.get("/api/v1/me").json()["code"] == "user_inactive"
    assert not ApiToken.objects.exists()
    stranger = cast.api("stranger")
    for path in ("channels/owner", "channels/owner/videos", f"videos/{library.pk}"):
        assert stranger.get(f"/api/v1/{path}").status_code == 404, path
    assert stranger.get("/api/v1/videos").json()["results"] == []
    assert stranger.get(f"/watch/{library.pk}").status_code == 404
    body = {"login": "owner", "password": PASSWORD}
    assert APIClient().post("/api/v1/auth/token", body, format="json").json()["code"] == "user_inactive"


def test_it_can_be_undone_while_it_waits(cast, library):
    close(cast.api("owner"))
    deliver()
    assert restore().status_code == 200
    deliver()
    assert APIClient().get("/api/v1/videos").json()["results"][0]["id"] == library.pk
    assert cast.api("member").get("/api/v1/channels/owner").json()["counts"]["subscribers"] == 1
    assert cast.api("owner").get("/api/v1/me").json()["counts"]["videos"] == 1
    time_is_up_for_a_restored_account(cast)


def time_is_up_for_a_restored_account(cast):
    deletion.delete_if_due(cast.owner.pk)
    assert User.objects.filter(username="owner").exists()


def test_undoing_needs_name_and_password_of_a_waiting_account(cast):
    cast.stranger  # noqa: B018
    close(cast.api("owner"))
    for answer in (restore(password="wrong password"), restore("stranger"), restore("nobody")):
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert not User.objects.get(username="owner").is_active


def test_an_account_closed_by_staff_cannot_restore_itself(cast):
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    answer = restore()
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert restore(password="wrong password").json()["code"] == "invalid_credentials"
    assert not User.objects.get(username="owner").is_active


def sign_in(password=PASSWORD):
    return APIClient().post("/api/v1/auth/token", {"login": "owner", "password": password}, format="json")


def test_only_the_right_password_hears_that_the_account_is_closed(cast):
    close(cast.api("owner"))
    due = User.objects.get(username="owner").erase_at
    told = sign_in()
    assert (told.status_code, told.json()["code"]) == (401, "user_inactive")
    assert "restore it until" in told.json()["detail"]
    assert datetime.fromisoformat(told.json()["restore_until"]) == due
    assert not told.cookies
    assert sign_in("wrong password").json()["code"] == "invalid_credentials"
    User.objects.filter(username="owner").update(erase_at=timezone.now() - timedelta(seconds=1))
    assert sign_in().json()["code"] == "invalid_credentials"


def test_only_the_right_password_hears_that_the_account_is_suspended(cast):
    staff_actions.suspend(cast.owner, actor=None)
    right, wrong = sign_in().json(), sign_in("wrong password").json()
    assert right.pop("request_id") != wrong.pop("request_id")
    assert right == wrong  # the API tells an inactive account from a wrong password for nobody
    page = Client()
    assert "suspended" in page.post("/login", {"login": "owner", "password": PASSWORD}).content.decode()
    assert "suspended" not in page.post("/login", {"login": "owner", "password": "wrong"}).content.decode()
    assert "_auth_user_id" not in page.session


def test_signing_in_on_the_page_leads_to_the_restore(cast):
    close(cast.api("owner"))
    page = Client()
    assert page.post("/login", {"login": "owner", "password": "wrong password"}).status_code == 401
    assert b"You closed" not in page.get("/restore").content
    assert page.post("/login", {"login": "owner", "password": PASSWORD}).url == "/restore"
    assert b"You closed the account <bdi>owner</bdi>" in page.get("/restore").content
    assert not User.objects.get(username="owner").is_active
    assert page.post("/restore").url == "/login"
    assert User.objects.get(username="owner").is_active
    assert "_auth_user_id" not in page.session
    assert page.post("/restore").status_code == 400  # the proof is used up


def test_the_offer_to_restore_needs_the_code_and_ends_with_any_change(cast):
    cast.owner  # noqa: B018
    secret = totp.start_setup(cast.owner)["secret"]
    totp.enable(cast.owner.pk, pyotp.TOTP(secret).now())
    close(cast.api("owner"))
    page = Client()
    page.post("/login", {"login": "owner", "password": PASSWORD})
    assert page.post("/restore", {"otp": "000000"}).status_code == 401
    assert not User.objects.get(username="owner").is_active
    User.objects.filter(username="owner").update(security_epoch=F("security_epoch") + 1)
    assert b"You closed" not in page.get("/restore").content


def test_afterwards_everything_is_gone_and_others_counters_are_right(cast, library):
    cast.api("stranger")
    close(cast.api("owner"))
    deliver()
    user_id = cast.owner.pk
    time_is_up()
    assert not User.objects.filter(pk=user_id).exists()
    assert not Video.objects.exists()
    assert not paths.source_path(library.pk).exists()
    assert collection(auth_session_store.SESSIONS).count_documents({"user_id": user_id}) == 0
    assert not AuthEvent.objects.filter(user_id=user_id).exists()
    assert User.objects.get(username="member").subscription_count == 0
    assert User.objects.get(username="stranger").subscriber_count == 0
    theirs = cast.api("member").get(f"/api/v1/playlists/{cast.others_list}").json()
    assert (theirs["item_count"], theirs["duration"]) == (0, 0)
    # Rate-limit counters go by themselves within the hour, finished jobs within a week.
    remaining = [
        name
        for name in collection("x").database.list_collection_names()
        if not name.startswith(("system.", "task_job", "throttle"))
        and user_id in str(list(collection(name).find()))
    ]
    assert remaining == []


def test_erasing_twice_is_harmless(cast):
    close(cast.api("owner"))
    user_id = cast.owner.pk
    time_is_up()
    deletion.delete_if_due(user_id)
    assert not User.objects.filter(pk=user_id).exists()


def test_erasing_early_does_nothing(cast):
    close(cast.api("owner"))
    deletion.delete_if_due(cast.owner.pk)
    assert User.objects.filter(username="owner").exists()


def test_the_page_asks_for_the_name_and_the_password(cast):
    page = cast.page("owner")
    assert (
        page.post("/settings/delete", {"username": "other", "current_password": PASSWORD}).status_code == 400
    )
    assert (
        page.post("/settings/delete", {"username": "owner", "current_password": "wrong"}).status_code == 400
    )
    done = page.post("/settings/delete", {"username": "owner", "current_password": PASSWORD})
    assert done.status_code == 200
    assert "closed" in done.content.decode()
    assert page.get("/settings/delete").status_code == 302
    assert page.post("/restore", {"login": "owner", "password": PASSWORD}).url == "/login"
    assert User.objects.get(username="owner").is_active


def erase_as_if(moment):
    with time_machine.travel(moment, tick=True):
        tasks.erase_account.func(User.objects.get(username="owner").pk)


def test_the_erasure_of_a_closing_that_was_undone_does_nothing_to_a_second_one(cast):
    start = timezone.now()
    waits = timedelta(days=settings.ERASE_AFTER_DAYS)
    with time_machine.travel(start - timedelta(days=6), tick=True):
        close(cast.api("owner"))
        restore()
    erase_as_if(start - timedelta(days=6) + waits + timedelta(hours=1))
    cast.forget()
    cast.owner = User.objects.get(username="owner")
    close(cast.api("owner"))
    erase_as_if(start - timedelta(days=6) + waits + timedelta(hours=1))
    assert not User.objects.get(username="owner").is_active
    erase_as_if(start + waits + timedelta(hours=1))
    assert not User.objects.filter(username="owner").exists()


def test_a_restore_between_looking_and_erasing_wins(cast):
    close(cast.api("owner"))
    read = User.objects.get(username="owner")
    restore()
    assert not deletion.claim_for_deletion(read)
    close(cast.api("owner"))
    assert not deletion.claim_for_deletion(read)


def test_nothing_restores_what_is_being_erased_by_a_slow_clock_either(cast):
    close(cast.api("owner"))
    assert deletion.claim_for_deletion(User.objects.get(username="owner"))
    assert restore().status_code == 401
    # The worker that began was killed.
    deletion.delete_if_due(cast.owner.pk)
    assert not User.objects.filter(username="owner").exists()


def test_mail_of_a_state_that_is_over_is_not_sent(cast):
    close(cast.api("owner"))
    restore()
    assert [message.subject for message in deliver()] == ["Streamsite: Your account was restored"]
    staff_actions.suspend(cast.owner, actor=None)
    staff_actions.reinstate(User.objects.get(pk=cast.owner.pk), actor=None)
    assert [message.subject for message in deliver()] == ["Streamsite: Your account was reinstated"]
    close(cast.api("owner"))
    restore()
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        close(cast.api("owner"))
    [message] = deliver()
    assert f"deleted on {formats.day(User.objects.get(pk=cast.owner.pk).erase_at)}." in message.body


def test_an_older_database_erases_nobody_until_the_operator_goes_on(cast):
    """The owner may have restored the account since the backup."""
    close(cast.api("owner"))
    due = timezone.now() + timedelta(days=settings.ERASE_AFTER_DAYS, hours=1)
    jobs = Job.objects.filter(task=tasks.erase_account.module_path)
    with simulate_older_database():
        erase_as_if(due)
        assert User.objects.filter(username="owner").exists()
        assert jobs.count() == 2
    erase_as_if(due)
    assert not User.objects.filter(username="owner").exists()
