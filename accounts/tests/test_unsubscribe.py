"""One-click unsubscription from notification mail without signing in; opening the link changes nothing."""

import pytest
from django.core import signing
from django.test import Client

from accounts import mail, profile, unsubscribe_links
from accounts.models import User

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
CHOSEN = {"notify_comment": "both", "notify_video": "email", "notify_reply": "page", "email_pace": "weekly"}
ENDED = {"notify_comment": "page", "notify_video": "none", "notify_reply": "page", "email_pace": "weekly"}


@pytest.fixture
def visitor():
    """Return a client like a mail program's: no cookies, and CSRF checked."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def link(cast):
    profile.update_preferences(cast.owner, CHOSEN)
    return unsubscribe_links.unsubscribe_url(cast.owner, "digest").removeprefix("http://localhost:8000")


def chosen(cast):
    stored = User.objects.get(pk=cast.owner.pk).preferences
    return {name: stored[name] for name in CHOSEN}


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_of_a_mail_program_ends_it_at_once(cast, visitor, link, content_type):
    if content_type.startswith("multipart"):
        answer = visitor.post(link, ONE_CLICK)
    else:
        answer = visitor.post(link, "List-Unsubscribe=One-Click", content_type=content_type)
    assert answer.status_code == 200
    assert chosen(cast) == ENDED
    assert visitor.post(link, ONE_CLICK).status_code == 200
    assert chosen(cast) == ENDED


def test_a_click_sent_in_chunks_counts_too(cast, visitor, link):
    assert visitor.post(link, ONE_CLICK, headers={"Transfer-Encoding": "chunked"}).status_code == 200
    assert chosen(cast) == ENDED


def test_opening_the_link_changes_nothing(cast, visitor, link):
    for method in (visitor.get, visitor.head, visitor.get):
        assert method(link).status_code == 200
    assert chosen(cast) == CHOSEN
    assert visitor.put(link).status_code == 405


def test_the_page_has_a_button_and_a_way_back(cast, link):
    visitor = Client()
    page = visitor.get(link)
    assert f'action="{link}"' in page.content.decode().replace("&amp;", "&")
    done = visitor.post(link)
    assert (
        "You&#x27;re unsubscribed" in done.content.decode() or "You're unsubscribed" in done.content.decode()
    )
    assert "/settings/notifications" in done.content.decode()
    again = visitor.post("/unsubscribe/undo", {"token": done.context["undo_token"]})
    assert again.status_code == 200
    assert chosen(cast) == CHOSEN


def test_undo_keeps_settings_changed_after_the_click(cast, link):
    visitor = Client()
    token = visitor.post(link).context["undo_token"]
    profile.update_preferences(cast.owner, {"notify_comment": "none", "email_pace": "daily"})
    assert visitor.post("/unsubscribe/undo", {"token": token}).status_code == 200
    assert chosen(cast) == CHOSEN | {"notify_comment": "none", "email_pace": "daily"}


def test_taking_it_back_needs_the_page(cast, visitor, link):
    token = visitor.post(link, ONE_CLICK).context["undo_token"]
    assert visitor.post("/unsubscribe/undo", {"token": token}).status_code == 403
    assert chosen(cast) == ENDED
    assert Client().post("/unsubscribe/undo", {"token": "x"}).status_code == 400


def made_up(cast):
    yield ""
    yield "x"
    yield signing.Signer(salt="another purpose").sign_object([cast.owner.pk, "digest"])
    for claims in (
        ["verify"],
        [cast.owner.pk, "verify"],
        ["nobody", "digest"],
        [{"$gt": ""}, "digest"],
        "digest",
    ):
        yield signing.Signer(salt=unsubscribe_links.SALT).sign_object(claims)


def test_a_made_up_link_is_400(cast, visitor, link):
    for token in made_up(cast):
        for method in (visitor.get, visitor.post):
            assert method(f"/unsubscribe?token={token}").status_code == 400, token
    assert chosen(cast) == CHOSEN


def test_a_link_is_one_accounts(cast, visitor, link):
    profile.update_preferences(cast.member, CHOSEN)
    visitor.post(link, ONE_CLICK)
    assert User.objects.get(pk=cast.member.pk).preferences == CHOSEN


def test_only_mail_that_is_not_about_the_account_has_the_headers(cast, mailoutbox):
    mail.send("digest", cast.owner, cast.owner.email, lines=[], more=0)
    mail.send("reset", cast.owner, cast.owner.email)
    digest, reset = mailoutbox
    address = unsubscribe_links.unsubscribe_url(cast.owner, "digest")
    assert digest.extra_headers["List-Unsubscribe"] == f"<{address}>"
    assert digest.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post"} & set(reset.extra_headers)
    assert f"\nList-Unsubscribe: <{address}>\n" in digest.message().as_bytes().decode()
    assert address in digest.body
    assert address in digest.alternatives[0][0]
    assert "nsubscribe" not in reset.body
