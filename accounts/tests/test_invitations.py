"""Invitation links: creation, use, limits, and revocation."""

import threading

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Invitation, User
from accounts.registration import invitations
from streamsite.errors import Invalid
from tests.support.users import PASSWORD

FORM = {"username": "guest", "email": "guest@example.org", "password": PASSWORD}


@pytest.fixture
def by_invitation(cast, settings):
    settings.REGISTRATION = "invitation"
    return cast


def invite(cast, **options):
    return invitations.create(cast.staff, **({"uses": 1, "days": 7} | options))


def register(**changes):
    return APIClient().post("/api/v1/auth/register", FORM | changes, format="json")


def test_nobody_signs_up_without_an_invitation(by_invitation):
    answer = register()
    assert (answer.status_code, answer.json()["code"]) == (403, "invitation_required")
    page = Client().get("/register")
    assert (page.status_code, b"need an invitation" in page.content) == (403, True)
    assert Client().post("/register", FORM).status_code == 403
    assert not User.objects.filter(username="guest").exists()


@pytest.mark.parametrize("token", ["nonsense", "x" * 100, "ä", "a b"])
def test_a_wrong_invitation_is_refused(by_invitation, token):
    answer = register(invitation=token)
    assert (answer.status_code, answer.json()["code"]) == (403, "invitation_invalid")
    assert b"invitation" in Client().get("/register", {"invitation": token}).content.lower()


def test_the_link_opens_the_sign_up_and_is_kept_over_errors(by_invitation):
    _, token = invite(by_invitation)
    page = Client()
    path = invitations.link(token).removeprefix("http://localhost:8000")
    assert token in page.get(path).content.decode()
    answer = page.post("/register", FORM | {"invitation": token, "password": "short"})
    assert (answer.status_code, token in answer.content.decode()) == (400, True)
    assert Invitation.objects.get().remaining == 1
    answer = page.post("/register", FORM | {"invitation": token}, follow=True)
    assert answer.wsgi_request.user.username == "guest"
    assert Invitation.objects.get().remaining == 0
    assert Client().get(path).status_code == 403


def test_an_invitation_of_two_places_serves_two(by_invitation):
    _, token = invite(by_invitation, uses=2)
    assert register(invitation=token).status_code == 201
    assert register(invitation=token, username="second").status_code == 201
    assert register(invitation=token, username="third").json()["code"] == "invitation_invalid"


def test_a_taken_username_uses_no_place(by_invitation):
    _, token = invite(by_invitation)
    assert register(invitation=token, username=by_invitation.owner.username).status_code == 400
    assert Invitation.objects.get().remaining == 1


def test_the_last_place_goes_to_one_of_many(by_invitation):
    _, token = invite(by_invitation, uses=2)
    codes = []

    def sign_up(number):
        codes.append(register(invitation=token, username=f"guest{number}").status_code)
        connections.close_all()

    threads = [threading.Thread(target=sign_up, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [201, 201, 403, 403, 403, 403]
    assert User.objects.filter(username__startswith="guest").count() == 2
    assert Invitation.objects.get().remaining == 0


def test_expired_and_revoked_ones_are_refused(by_invitation):
    invitation, token = invite(by_invitation)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    assert register(invitation=token).json()["code"] == "invitation_invalid"
    other, token = invite(by_invitation)
    assert invitations.revoke(other.pk, actor=by_invitation.staff)
    assert not invitations.revoke(other.pk, actor=by_invitation.staff)
    assert register(invitation=token).json()["code"] == "invitation_invalid"


def test_an_invitation_stands_for_an_approval(by_invitation, settings):
    settings.REGISTRATION = "approval"
    _, token = invite(by_invitation)
    assert register(invitation=token).json()["status"] == "active"
    assert Invitation.objects.get().remaining == 0


@pytest.mark.parametrize(("mode", "status"), [("open", 201), ("closed", 403)])
def test_other_modes_use_no_place(by_invitation, settings, mode, status):
    _, token = invite(by_invitation)
    settings.REGISTRATION = mode
    assert register(invitation=token).status_code == status
    assert Invitation.objects.get().remaining == 1


def test_the_token_is_stored_as_a_hash_and_shown_once(by_invitation):
    page = by_invitation.page("staff")
    answer = page.post("/admin/invitations/", {"uses": 3, "days": 7, "note": "Film club"})
    assert answer.status_code == 201
    link = answer.context["new_link"]
    token = link.partition("=")[2]
    row = Invitation.objects.get()
    assert token not in str(row.__dict__.values())
    assert (row.max_uses, row.remaining, row.note, row.created_by) == (
        3,
        3,
        "Film club",
        by_invitation.staff.pk,
    )
    listed = page.get("/admin/invitations/").content.decode()
    assert "Film club" in listed
    assert token not in listed
    page.post(f"/admin/invitations/{row.pk}/revoke/")
    assert Invitation.objects.get().revoked_at is not None
    assert page.post("/admin/invitations/AAAAAAAAAAAA/revoke/").status_code == 404


@pytest.mark.parametrize("changes", [{"uses": 0}, {"uses": 10**6}, {"days": 0}, {"days": 1000}])
def test_limits_of_invitations(cast, changes):
    with pytest.raises(Invalid):
        invite(cast, **changes)
    form = {"uses": 1, "days": 7} | changes
    assert cast.page("staff").post("/admin/invitations/", form).status_code == 400


def test_only_staff_with_the_permission_invite(cast):
    assert cast.page("anonymous").get("/admin/invitations/").status_code == 302
    cast.stranger.is_staff = True
    cast.stranger.save()
    page = cast.page("stranger")
    assert page.get("/admin/invitations/").status_code == 403
    assert page.post("/admin/invitations/", {"uses": 1, "days": 1}).status_code == 403
    assert not Invitation.objects.exists()
