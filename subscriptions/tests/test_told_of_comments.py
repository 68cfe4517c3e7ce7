"""Notifications about comments: kinds, followed threads, and comments held for review."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from accounts import deactivation
from accounts.models import User
from subscriptions import tasks
from subscriptions.models import Notification
from tests.support.mailbox import deliver
from videos import blocks
from videos.comments import following
from videos.models import Comment, ThreadFollow

LIST = "/api/v1/me/notifications"


def rows(cast, who):
    page = cast.api(who).get(LIST).json()
    assert page["unread"] == sum(not row["is_read"] for row in page["results"])
    assert cast.api(who).get(f"{LIST}/unread").json()["unread"] == page["unread"]
    return page["results"]


def kinds(cast, who):
    return [row["kind"] for row in rows(cast, who)]


def say(cast, who, video, text="Nice", thread=None):
    path = f"comments/{thread}/replies" if thread else f"videos/{video.pk}/comments"
    answer = cast.api(who).post(f"/api/v1/{path}", {"text": text}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def prefer(cast, who, **chosen):
    assert cast.api(who).patch("/api/v1/me/preferences", chosen, format="json").status_code == 200


def follow(cast, who, thread, *, stop=False):
    call = cast.api(who).delete if stop else cast.api(who).put
    answer = call(f"/api/v1/comments/{thread}/follow")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("unwanted", "told"),
    [
        ([], "mention"),
        (["mention"], "reply"),
        (["mention", "reply"], "comment"),
        (["mention", "comment"], "reply"),
        (["reply"], "mention"),
        (["mention", "reply", "comment"], None),
    ],
)
def test_one_event_is_told_once_by_the_first_kind_that_is_wanted(database, cast, unwanted, told):
    """The reply mentions the owner, answers their comment, and is on their video: three kinds at once."""
    video = cast.video()
    thread = say(cast, "owner", video, "First")
    prefer(cast, "owner", **{f"notify_{kind}": "none" for kind in unwanted})
    say(cast, "stranger", video, "@owner see", thread=thread)
    assert kinds(cast, "owner") == ([told] if told else [])


def test_a_kind_that_is_mailed_only_is_wanted_as_well(database, cast, mailoutbox):
    prefer(cast, "owner", notify_mention="none", notify_comment="email", email_pace="hourly")
    say(cast, "stranger", cast.video(title="Film"), "@owner hi")
    assert kinds(cast, "owner") == []
    assert tasks.send_mail.func(cast.owner.pk)
    assert "stranger commented on “Film”" in mailoutbox[0].body


def test_a_thread_is_followed_and_left(database, cast):
    video = cast.video(title="Film")
    thread = say(cast, "member", video)
    say(cast, "stranger", video, "Me too", thread=thread)
    say(cast, "owner", video, "Thanks", thread=thread)
    assert kinds(cast, "stranger") == []  # as ever, unless they follow it
    assert follow(cast, "stranger", thread) == {"following": True}
    follow(cast, "stranger", thread)
    reply = say(cast, "owner", video, "More", thread=thread)
    deliver()
    [row] = rows(cast, "stranger")
    assert (row["kind"], row["text"]) == ("thread", "owner replied in a thread you follow on “Film”")
    assert row["thread"] == {"id": thread, "following": True}
    assert row["url"].endswith(f"/watch/{video.pk}?comment={thread}&reply={reply}#comments")
    say(cast, "member", video, "@stranger you see", thread=thread)
    deliver()
    assert kinds(cast, "stranger") == ["mention", "thread"]  # each once
    assert follow(cast, "stranger", thread, stop=True) == {"following": False}
    say(cast, "owner", video, "Even more", thread=thread)
    deliver()
    assert kinds(cast, "stranger") == ["mention", "thread"]
    assert rows(cast, "stranger")[1]["thread"] == {"id": thread, "following": False}
    assert ThreadFollow.objects.count() == 0
    assert cast.api("stranger").put(f"/api/v1/comments/{reply}/follow").status_code == 400


def test_its_author_and_the_owner_follow_a_thread_unless_they_stop(database, cast):
    video = cast.video()
    thread = say(cast, "member", video)

    def states(who):
        listed = cast.api(who).get(f"/api/v1/videos/{video.pk}/comments").json()["results"]
        return [row["viewer"]["following"] for row in listed]

    assert [states(who) for who in ("member", "owner", "stranger")] == [[True], [True], [False]]
    say(cast, "stranger", video, "One", thread=thread)
    assert (kinds(cast, "member"), kinds(cast, "owner")) == (["reply"], ["comment", "comment"])
    for who in ("member", "owner"):
        follow(cast, who, thread, stop=True)
        assert states(who) == [False]
    say(cast, "stranger", video, "Two", thread=thread)
    assert (kinds(cast, "member"), kinds(cast, "owner")) == (["reply"], ["comment", "comment"])
    say(cast, "stranger", video, "@member @owner three", thread=thread)
    assert (kinds(cast, "member")[0], kinds(cast, "owner")[0]) == ("mention", "mention")
    for who in ("member", "owner"):
        follow(cast, who, thread)
    say(cast, "stranger", video, "Four", thread=thread)
    assert (kinds(cast, "member")[0], kinds(cast, "owner")[0]) == ("reply", "comment")
    assert (
        cast.api("anonymous").get(f"/api/v1/videos/{video.pk}/comments").json()["results"][0]["viewer"]
        is None
    )


def test_closed_deleted_and_blocked_followers_drop_out(database, cast, rf):
    video = cast.video()
    thread = say(cast, "member", video)
    fans = [cast.user(f"fan-{number}") for number in range(4)]
    for fan in fans:
        following.set_following(fan, Comment.objects.get(pk=thread), follow=True)
    deactivation.deactivate(rf.post("/"), fans[0])
    following.delete_for_user(fans[1].pk)
    blocks.block(cast.member, fans[2])  # the author blocks them
    say(cast, "owner", video, "Hello", thread=thread)
    deliver()
    told = Notification.objects.exclude(user__in=[cast.member, cast.owner])
    assert [row.user_id for row in told] == [fans[3].pk]
    assert set(ThreadFollow.objects.values_list("user_id", flat=True)) == {fans[0].pk, fans[3].pk}
    with pytest.raises(blocks.BlockedByChannel):
        following.set_following(fans[2], Comment.objects.get(pk=thread), follow=True)
    blocks.block(fans[3], cast.owner)
    say(cast, "stranger", video, "Bye", thread=thread)
    deliver()
    assert not Notification.objects.filter(
        user=fans[3]
    ).exists()  # the owner's videos have threads of theirs no more
    cast.api("member").delete(f"/api/v1/comments/{thread}")
    assert ThreadFollow.objects.count() == 0


def test_pages_follow_and_stop(database, cast):
    video = cast.video()
    thread = say(cast, "member", video)
    page = cast.page("stranger")
    bell = re.compile(
        rf'data-comment-follow="{thread}".*?name="act" value="(\w+)".*?aria-pressed="(\w+)"', re.DOTALL
    )

    def state():
        return bell.search(page.get(f"/watch/{video.pk}/comments").content.decode()).groups()

    assert state() == ("follow", "false")
    assert page.post(f"/comments/{thread}/follow", {"act": "follow"}).status_code == 302
    assert state() == ("stop", "true")
    say(cast, "owner", video, "Hello", thread=thread)
    deliver()
    content = page.get("/notifications").content.decode()
    assert "Stop following" in content
    answer = page.post(f"/comments/{thread}/follow", {"act": "stop", "next": "/notifications"}, follow=True)
    content = answer.content.decode()
    assert "be notified about replies anymore" in content
    assert "Stop following" not in content
    assert state() == ("follow", "false")
    assert cast.page("anonymous").post(f"/comments/{thread}/follow").status_code == 302


def test_a_mail_stops_a_thread_without_signing_in(database, cast, mailoutbox):
    video = cast.video()
    thread = say(cast, "member", video)
    prefer(cast, "member", notify_reply="email", notify_heart="email", email_pace="hourly")
    say(cast, "stranger", video, "Hi", thread=thread)
    cast.api("owner").put(f"/api/v1/comments/{thread}/heart")
    assert tasks.send_mail.func(cast.member.pk)
    body = mailoutbox[0].body
    [address] = re.findall(r"Stop following this thread\nhttp://localhost:8000(\S+)", body)
    assert "/notifications/stop?token=" in mailoutbox[0].alternatives[0][0]
    visitor = cast.page("anonymous")
    assert "Stop notifying" in visitor.get(address).content.decode()
    assert ThreadFollow.objects.count() == 0  # opening it changes nothing
    assert visitor.post(address).status_code == 200
    say(cast, "stranger", video, "Again", thread=thread)
    assert not tasks.send_mail.func(cast.member.pk)
    assert visitor.post(address[:-3]).status_code == 400


def test_held_comments_are_told_to_the_owner_as_one_and_approval_to_the_author(database, cast):
    video, other = cast.video(title="Film"), cast.video(title="Other")
    cast.api("owner").patch("/api/v1/studio/comment-rules", {"hold_all": True}, format="json")
    first, second, third = (say(cast, "member", video, f"Number {number}") for number in range(3))
    say(cast, "stranger", other)
    assert [row["text"] for row in rows(cast, "owner")] == [
        "1 comment on “Other” is waiting for review",
        "3 comments on “Film” are waiting for review",
    ]
    row = rows(cast, "owner")[1]
    assert (row["kind"], row["actor"], row["url"].partition("8000")[2]) == (
        "held",
        None,
        "/studio/comments?state=held",
    )
    cast.api("owner").post(f"{LIST}/read", {}, format="json")
    cast.api("owner").put(f"/api/v1/comments/{first}/approval")
    cast.api("owner").put(f"/api/v1/comments/{first}/approval")
    assert [row["text"] for row in rows(cast, "member")] == ["Your comment on “Film” was approved"]
    assert rows(cast, "member")[0]["kind"] == "approved"
    assert [(row["text"][:10], row["is_read"]) for row in rows(cast, "owner")] == [
        ("1 comment ", True),
        ("2 comments", True),
    ]
    fourth = say(cast, "member", video, "One more")
    assert next((row["text"], row["is_read"]) for row in rows(cast, "owner")) == (
        "3 comments on “Film” are waiting for review",
        False,
    )
    for rejected in (second, third):
        cast.api("owner").delete(f"/api/v1/comments/{rejected}")
    assert rows(cast, "owner")[0]["text"] == "1 comment on “Film” is waiting for review"
    cast.api("member").delete(f"/api/v1/comments/{fourth}")  # taken back by its author
    assert kinds(cast, "owner") == ["held"]
    assert kinds(cast, "member") == ["approved"]


def test_a_comment_that_an_edit_holds_waits_and_whoever_was_told_is_not_meanwhile(database, cast):
    video, _ = cast.video(), cast.stranger
    cast.api("owner").patch("/api/v1/studio/comment-rules", {"hold_links": True}, format="json")
    said = say(cast, "member", video, "@stranger hi")
    assert (kinds(cast, "owner"), kinds(cast, "stranger")) == (["comment"], ["mention"])
    answer = cast.api("member").patch(
        f"/api/v1/comments/{said}", {"text": "@stranger https://spam.example"}, format="json"
    )
    assert answer.json()["state"] == "held"
    assert (kinds(cast, "owner"), kinds(cast, "stranger")) == (["held"], [])
    cast.api("owner").put(f"/api/v1/comments/{said}/approval")
    assert (kinds(cast, "owner"), kinds(cast, "stranger")) == (["comment"], ["mention"])
    assert kinds(cast, "member") == ["approved"]


def test_no_review_is_told_to_whom_does_not_want_it(database, cast, mailoutbox):
    start = datetime(2027, 1, 4, 9, tzinfo=UTC)
    video = cast.video(title="Film")
    cast.api("owner").patch("/api/v1/studio/comment-rules", {"hold_all": True}, format="json")
    prefer(cast, "owner", notify_review="none")
    first = say(cast, "member", video)
    assert kinds(cast, "owner") == []
    prefer(cast, "owner", notify_review="email", email_pace="hourly")
    with time_machine.travel(start, tick=False):
        say(cast, "member", video, "Second")
        cast.api("owner").delete(f"/api/v1/comments/{first}")
        assert tasks.send_mail.func(cast.owner.pk)
    assert "1 comment on “Film” is waiting for review" in mailoutbox[0].body
    assert User.objects.get(pk=cast.owner.pk).preferences["notify_review"] == "email"
