"""The list of notifications on pages: rows of similar ones, what is new, and turning notifications off from one."""

from __future__ import annotations

import re

import pytest

from accounts import preferences
from subscriptions import services as subscribing
from subscriptions.models import Subscription
from tests.support.commands import recorded_queries

API = "/api/v1/me/notifications"


def comment(cast, who, video, text="Nice", thread=None):
    path = f"comments/{thread}/replies" if thread else f"videos/{video.pk}/comments"
    answer = cast.api(who).post(f"/api/v1/{path}", {"text": text}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def listed(cast, who="owner", path="/notifications"):
    """Return ``{text: ids}`` of the rows."""
    html = cast.page(who).get(path).content.decode()
    rows = re.findall(r'data-note="([^"]*)".*?<a href="[^"]*" dir="auto">([^<]*)</a>', html, re.DOTALL)
    return {text: ids.split(",") for ids, text in rows}


def counts(cast, who="owner"):
    found = cast.api(who).get(f"{API}/unread").json()
    return found["unread"], found["unseen"]


def test_comments_on_one_video_are_one_row(database, cast):
    first, second = cast.video(title="One"), cast.video(title="Two")
    for who in ("member", "stranger"):
        comment(cast, who, first)
    comment(cast, "member", second)
    comment(cast, "member", second, "And again")
    rows = listed(cast)
    assert list(rows) == ["member left 2 comments on “Two”", "stranger and 1 other commented on “One”"]
    assert [len(ids) for ids in rows.values()] == [2, 2]
    # One press marks all of a row, and read ones are a row of their own.
    page = cast.page("owner")
    answer = page.post(
        "/notifications/read", {"ids": ",".join(rows["stranger and 1 other commented on “One”"])}
    )
    assert answer.status_code == 302
    assert counts(cast)[0] == 2
    comment(cast, "staff", first)
    assert list(listed(cast)) == [
        "staffer commented on “One”",
        "member left 2 comments on “Two”",
        "stranger and 1 other commented on “One”",
    ]


def test_replies_are_grouped_by_thread(database, cast):
    video = cast.video(title="One")
    threads = [comment(cast, "member", video, f"Thread {number}") for number in range(2)]
    for thread in threads:
        comment(cast, "stranger", video, "Yes", thread)
        comment(cast, "owner", video, "No", thread)
    rows = listed(cast, "member")
    assert [len(ids) for ids in rows.values()] == [2]
    html = cast.page("member").get("/notifications").content.decode()
    assert html.count("owner and 1 other replied to your comment on “One”</a>") == 2  # the texts are alike


def test_the_badge_counts_what_came_since_the_list_was_opened(database, cast):
    video = cast.video(title="One")
    comment(cast, "member", video)
    assert counts(cast) == (1, 1)
    listed(cast)
    assert counts(cast) == (1, 0)
    comment(cast, "stranger", video)
    assert counts(cast) == (2, 1)
    assert cast.api("owner").post(f"{API}/seen").json() == {"unread": 2, "unseen": 0}
    comment(cast, "stranger", video, "More")
    assert counts(cast) == (3, 1)
    assert listed(cast, path="/notifications/panel")
    assert counts(cast) == (3, 0)
    # A later page of the list is no look at what is new.
    comment(cast, "stranger", video, "Even more")
    found = cast.page("owner").get("/notifications?page_size=1").content.decode()
    more = re.search(r'href="(/notifications\?[^"]*cursor[^"]*)"', found)[1].replace("&amp;", "&")
    comment(cast, "stranger", video, "And more")
    cast.page("owner").get(more)
    assert counts(cast) == (5, 1)


def test_the_panel_is_the_callers_own(database, cast):
    comment(cast, "member", cast.video(title="One"))
    assert "member commented on" in "".join(listed(cast, path="/notifications/panel"))
    assert listed(cast, "stranger", "/notifications/panel") == {}
    assert cast.page("anonymous").get("/notifications/panel").status_code == 302


def test_a_kind_is_turned_off_from_its_row(database, cast):
    video = cast.video(title="One")
    comment(cast, "member", video)
    page = cast.page("owner")
    assert 'name="kind" value="comment"' in page.get("/notifications").content.decode()
    answer = page.post("/notifications/mute", {"kind": "comment"}, follow=True)
    assert "get notifications like this on the site" in answer.content.decode()
    assert page.post("/notifications/mute", {"kind": "comment"}).status_code == 302  # safe to repeat
    comment(cast, "stranger", video)
    assert counts(cast)[0] == 1
    cast.owner.refresh_from_db()
    assert preferences.with_defaults(cast.owner.preferences)["notify_comment"] == "none"
    # Emails about it are another choice.
    cast.api("owner").patch("/api/v1/me/preferences", {"notify_comment": "both"}, format="json")
    page.post("/notifications/mute", {"kind": "comment"})
    cast.owner.refresh_from_db()
    assert preferences.with_defaults(cast.owner.preferences)["notify_comment"] == "email"


@pytest.mark.parametrize("kind", ["", "security", "moderation", "$gt", "email_pace"])
def test_what_has_no_choice_is_not_turned_off(database, cast, kind):
    before = dict(cast.owner.preferences)
    assert cast.page("owner").post("/notifications/mute", {"kind": kind}).status_code == 400
    cast.owner.refresh_from_db()
    assert cast.owner.preferences == before


def test_a_channel_is_turned_off_and_stays_subscribed(database, cast):
    subscribing.subscribe(cast.member, cast.owner)
    cast.video(title="One")
    page = cast.page("member")
    assert 'name="channel" value="owner"' in page.get("/notifications").content.decode()
    assert page.post("/notifications/mute", {"channel": "owner"}).status_code == 302
    cast.video(title="Two")
    assert counts(cast, "member")[0] == 0
    assert Subscription.objects.get(subscriber=cast.member).notify == "none"
    assert cast.page("member").post("/notifications/mute", {"channel": "nobody"}).status_code == 404
    assert Subscription.objects.count() == 1
    assert cast.page("anonymous").post("/notifications/mute", {"channel": "owner"}).status_code == 302


def test_rows_have_the_thumbnails_of_their_videos_without_another_read(database, cast):
    public = cast.video(title="One", has_poster=True)
    private = cast.video(title="Two", has_poster=True, visibility="private")
    comment(cast, "member", public)
    comment(cast, "owner", private, "My own notes")
    html = cast.page("owner").get("/notifications").content.decode()
    assert f"/{public.pk}/{public.generation}/card.webp" in html
    page = cast.page("owner")
    page.get("/notifications")
    with recorded_queries() as commands:
        page.get("/notifications")
    # Account, marks, entries, unread ones, and what they are about with the thumbnails.
    assert len(commands) <= 5, commands
