"""Account marks: signed-in users' pages may be kept for the Back button and know which account they belong to."""

from __future__ import annotations

import pytest

from accounts import account_marks, sessions, totp
from accounts.web_sessions import SESSION_KEY
from tests.support.http_client import PASSWORD

PAGES = ("/", "/library", "/history", "/studio/videos", "/settings/profile", "/notifications")
# What these show is shown once or lets somebody in: no browser may bring it back.
SECRETS = ("/settings/security", "/settings/api-tokens", "/settings/delete", "/settings/confirm")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_checks_whose_it_is_may_come_back(cast, path):
    page = cast.page("owner")
    answer = page.get(path)
    assert answer["Cache-Control"] == "private, no-cache"
    # Without it browsers bring a page back from their cache of files, whoever is signed in.
    assert "Cookie" in answer["Vary"]
    assert (
        f'<meta name="account" content="{account_marks.mark_for_user(cast.owner.pk)}">'
        in answer.content.decode()
    )


@pytest.mark.parametrize("path", SECRETS)
def test_pages_with_secrets_are_kept_nowhere(cast, path):
    answer = cast.page("owner").get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_pages_that_show_a_secret_are_not_stored(cast):
    page = cast.page("owner")
    made = page.post("/settings/api-tokens", {"name": "script", "scopes": ["read"], "days": "30"})
    assert made.status_code == 201
    totp.start_setup(cast.owner)
    secret = page.get("/settings/security/totp")
    assert secret.status_code == 200
    for answer in (made, secret):
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["/admin/", "/studio/videos?cursor=", "/api/v1/me"])
def test_pages_without_the_checking_script_are_not_stored(cast, path):
    headers = {"HTTP_HX_REQUEST": "true"} if path.startswith("/studio") else {}
    answer = cast.page("staff").get(path, **headers)
    assert "no-store" in answer["Cache-Control"], answer.status_code


def test_the_cookie_names_the_account_in_every_session(cast):
    first, second, other = cast.page("owner"), cast.page("owner"), cast.page("member")
    marks = [page.get("/").cookies.get(account_marks.COOKIE) for page in (first, second, other)]
    assert marks[0].value == marks[1].value != marks[2].value
    assert cast.owner.pk not in marks[0].value
    assert (marks[0]["httponly"], marks[0]["samesite"], marks[0]["path"]) == ("", "Lax", "/")
    assert account_marks.COOKIE not in first.get("/").cookies


def test_visitors_get_neither_mark_nor_cookie(cast):
    answer = cast.page("anonymous").get("/")
    assert account_marks.COOKIE not in answer.cookies
    assert b'<meta name="account" content="">' in answer.content


def test_signing_out_names_whose_things_are_to_be_deleted_and_clears_the_cache(cast):
    page = cast.page("owner")
    page.get("/")
    left = page.post("/logout")
    assert left.cookies[account_marks.COOKIE].value == f"out.{account_marks.mark_for_user(cast.owner.pk)}"
    assert left["Clear-Site-Data"] == '"cache"'
    # It waits for a page with the script, and a sign-in replaces it.
    assert account_marks.COOKIE not in page.get("/").cookies
    page.post("/login", {"login": "owner", "password": PASSWORD})
    assert page.cookies[account_marks.COOKIE].value == account_marks.mark_for_user(cast.owner.pk)


def test_a_session_that_ended_elsewhere_leaves_the_drafts_of_its_account(cast):
    page = cast.page("owner")
    page.get("/")
    sessions.revoke(page.session[SESSION_KEY], cast.owner.pk, "revoked_by_user")
    answer = page.get("/")
    assert answer.cookies[account_marks.COOKIE].value == ""
    assert "Clear-Site-Data" not in answer


def test_shared_responses_carry_no_mark(cast):
    page = cast.page("owner")
    page.cookies.pop(account_marks.COOKIE, None)
    shared = page.get("/robots.txt")
    assert "max-age" in shared["Cache-Control"]
    assert account_marks.COOKIE not in shared.cookies
    assert account_marks.COOKIE in page.get("/").cookies
