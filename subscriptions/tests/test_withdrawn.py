"""Deleted subjects withdraw their notifications from the page, the count, and the next email."""

import pytest

from accounts import deactivation
from subscriptions import services as subscribing
from subscriptions import tasks
from subscriptions.models import Notification
from subscriptions.notifications import references
from subscriptions.posts import services as posts
from tests.support.mailbox import deliver
from videos import services as videos
from videos.comments import services as comments
from videos.models import Case, Comment
from videos.moderation import cases

LIST = "/api/v1/me/notifications"


def told(cast, who):
    page = cast.api(who).get(LIST).json()
    assert page["unread"] == sum(
        not row["is_read"] for row in page["results"]
    )  # the badge says what the list shows
    assert cast.api(who).get(f"{LIST}/unread").json()["unread"] == page["unread"]
    return [row["kind"] for row in page["results"]]


def say(cast, who, place, text="Nice"):
    answer = cast.api(who).post(f"/api/v1/{place}", {"text": text}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def prefer(cast, who, **chosen):
    assert cast.api(who).patch("/api/v1/me/preferences", chosen, format="json").status_code == 200


@pytest.fixture
def talk(database, cast):
    """Create the member's thread on the owner's film with a heart, and a reply that mentions the staff account."""
    assert cast.staff
    video = cast.video(title="Film")
    thread = say(cast, "member", f"videos/{video.pk}/comments")
    reply = say(cast, "stranger", f"comments/{thread}/replies", "@staffer look")
    cast.api("owner").put(f"/api/v1/comments/{thread}/heart")
    assert everyone(cast) == {
        "owner": ["comment", "comment"],
        "member": ["heart", "reply"],
        "staff": ["mention"],
    }
    return video, thread, reply


def everyone(cast):
    return {who: told(cast, who) for who in ("owner", "member", "staff")}


def test_a_reply_that_goes(cast, talk):
    _, _, reply = talk
    cast.api("stranger").delete(f"/api/v1/comments/{reply}")
    assert everyone(cast) == {"owner": ["comment"], "member": ["heart"], "staff": []}
    assert Notification.objects.count() == 2


def test_a_thread_that_goes_takes_its_replies_along(cast, talk):
    _, thread, _ = talk
    cast.api("owner").delete(f"/api/v1/comments/{thread}")
    assert everyone(cast) == {"owner": [], "member": [], "staff": []}
    assert Notification.objects.count() == 0


def test_a_heart_that_is_taken_back(cast, talk):
    _, thread, _ = talk
    cast.api("owner").delete(f"/api/v1/comments/{thread}/heart")
    assert told(cast, "member") == ["reply"]
    cast.api("owner").put(f"/api/v1/comments/{thread}/heart")
    assert told(cast, "member") == ["heart", "reply"]
    cast.api("member").patch(f"/api/v1/comments/{thread}", {"text": "Other words"}, format="json")
    assert told(cast, "member") == ["reply"]


def test_a_mention_that_an_edit_takes_out(cast, talk):
    _, thread, reply = talk
    cast.api("stranger").patch(f"/api/v1/comments/{reply}", {"text": "look"}, format="json")
    assert everyone(cast) == {"owner": ["comment", "comment"], "member": ["heart", "reply"], "staff": []}
    named = say(cast, "stranger", f"comments/{thread}/replies", "@member you")
    assert told(cast, "member") == ["mention", "heart", "reply"]
    cast.api("stranger").patch(f"/api/v1/comments/{named}", {"text": "you"}, format="json")
    assert told(cast, "member") == ["reply", "heart", "reply"]  # it still answers them


def test_taken_down_subjects_are_hidden_until_restored(cast, talk):
    _, thread, reply = talk
    comments.take_down(reply)
    assert everyone(cast) == {"owner": ["comment"], "member": ["heart"], "staff": []}
    comments.restore(reply)
    comments.take_down(thread)
    assert everyone(cast) == {"owner": [], "member": [], "staff": []}
    comments.restore(thread)
    assert everyone(cast) == {
        "owner": ["comment", "comment"],
        "member": ["heart", "reply"],
        "staff": ["mention"],
    }


def test_threads_of_closed_accounts_are_hidden(cast, talk, rf):
    deactivation.deactivate(rf.post("/"), cast.member)
    deliver()
    assert (told(cast, "owner"), told(cast, "staff")) == ([], [])


def test_a_closed_channels_video_tells_nothing(cast, talk, rf):
    deactivation.deactivate(rf.post("/"), cast.owner)
    deliver()
    assert (told(cast, "member"), told(cast, "staff")) == ([], [])


def test_a_video_that_goes(cast, talk):
    video, _, _ = talk
    videos.delete(video)
    assert Notification.objects.count() == 0
    assert everyone(cast) == {"owner": [], "member": [], "staff": []}


def test_a_post_that_goes_or_is_taken_down(database, cast):
    subscribing.subscribe(cast.member, cast.owner)
    post = cast.api("owner").post("/api/v1/posts", {"text": "News"}, format="json").json()["id"]
    thread = say(cast, "member", f"posts/{post}/comments")
    say(cast, "stranger", f"comments/{thread}/replies")
    assert told(cast, "member") == ["reply", "post"]
    posts.set_taken_down(post, True)
    assert (told(cast, "member"), told(cast, "owner")) == ([], ["comment", "comment"])
    posts.set_taken_down(post, False)
    assert told(cast, "member") == ["reply", "post"]
    cast.api("owner").delete(f"/api/v1/posts/{post}")
    assert (told(cast, "member"), told(cast, "owner"), Notification.objects.count()) == ([], [], 0)


def test_posts_of_a_closed_channel_are_not_in_the_number(database, cast, rf):
    subscribing.subscribe(cast.member, cast.owner)
    cast.api("owner").post("/api/v1/posts", {"text": "News"}, format="json")
    assert told(cast, "member") == ["post"]
    deactivation.deactivate(rf.post("/"), cast.owner)
    deliver()
    assert told(cast, "member") == []


@pytest.mark.parametrize("how", ["uninvited", "deleted"])
def test_an_invitation_to_a_playlist(database, cast, how):
    assert cast.member
    playlist = cast.api("owner").post("/api/v1/playlists", {"title": "Ours"}, format="json").json()["id"]
    guest = f"/api/v1/playlists/{playlist}/collaborators/member"
    assert cast.api("owner").put(guest).status_code == 200
    assert told(cast, "member") == ["share"]
    gone = guest if how == "uninvited" else f"/api/v1/playlists/{playlist}"
    assert cast.api("owner").delete(gone).status_code in {200, 204}
    assert (told(cast, "member"), Notification.objects.count()) == ([], 0)


def test_a_decision_that_is_undone(database, cast):
    video = cast.video(title="Film")
    cast.api("member").post(f"/api/v1/videos/{video.pk}/report", {"reason": "spam"}, format="json")
    cases.decide(Case.objects.get(), cast.staff, "taken_down", notice="No")
    texts = [row["text"] for row in cast.api("member").get(LIST).json()["results"]]
    assert texts == ["Thanks for your report: we removed “Film”"]
    assert told(cast, "owner") == ["moderation"]
    cases.appeal(Case.objects.get(), "It is fine")
    cases.decide_appeal(Case.objects.get(), cast.staff, grant=True)
    for who, text in (
        ("owner", "Your appeal about “Film” was granted"),
        ("member", "Thanks for your report: “Film” doesn't break our rules"),
    ):
        assert [row["text"] for row in cast.api(who).get(LIST).json()["results"]] == [text]


def test_notifications_about_blocked_accounts_are_withdrawn(cast, talk):
    cast.api("owner").put("/api/v1/me/blocks/stranger")
    assert told(cast, "owner") == ["comment"]


def test_a_mail_leaves_out_what_was_withdrawn_before_it_was_sent(database, cast, mailoutbox):
    video = cast.video(title="Film")
    prefer(cast, "owner", notify_comment="email", email_pace="hourly")
    gone = say(cast, "member", f"videos/{video.pk}/comments")
    hidden = say(cast, "stranger", f"videos/{video.pk}/comments")
    cast.api("member").delete(f"/api/v1/comments/{gone}")
    comments.take_down(hidden)
    assert not tasks.send_mail.func(cast.owner.pk)
    assert mailoutbox == []


def test_rows_of_the_previous_release_name_what_they_are_about(cast, talk):
    video, thread, _ = talk
    expected = {row.pk: set(row.about) for row in Notification.objects.all()}
    assert expected == {
        row.pk: {row.key.split(":")[1], video.pk, thread} for row in Notification.objects.all()
    }
    Notification.objects.update(about=[])
    assert set(references.ids_without_references()) == set(expected)
    references.fill_references(list(references.ids_without_references()))
    assert {row.pk: set(row.about) for row in Notification.objects.all()} == expected
    assert list(references.ids_without_references()) == []


def test_a_link_to_a_comment_that_is_gone_says_so(cast, talk):
    video, thread, reply = talk
    notice = "The linked comment isn&#x27;t available. It may have been removed."
    page = cast.page("anonymous")

    def shown(comment, place=f"/watch/{video.pk}/comments"):
        return page.get(f"{place}?comment={comment}").content.decode().replace("'", "&#x27;")

    for comment in (thread, reply):
        content = shown(comment)
        assert "Linked comment" in content
        assert notice not in content
    other = cast.video()
    Comment.objects.filter(pk=reply).update(state="held")
    # Gone, hidden, elsewhere and never there look alike.
    for comment, place in (
        (reply, None),
        ("A" * 16, None),
        ("?", None),
        (thread, f"/watch/{other.pk}/comments"),
    ):
        assert notice in (shown(comment, place) if place else shown(comment))
    assert "Linked comment" in shown(f"{thread}&reply={reply}")
    assert notice in shown(f"{thread}&reply={reply}")
    Comment.objects.filter(pk=reply).update(state="shown")
    assert notice not in shown(f"{thread}&reply={reply}")
    link = f"/watch/{video.pk}/comments?comment={thread}&amp;reply={reply}"
    assert link in page.get(f"/watch/{video.pk}?comment={thread}&reply={reply}").content.decode()
    cast.api("owner").delete(f"/api/v1/comments/{thread}")
    assert notice in shown(thread)


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/watch/AAAAAAAAAAA", "This video isn&#x27;t available"),
        ("/comments/AAAAAAAAAAAAAAAA", "This comment isn&#x27;t available"),
        ("/posts/AAAAAAAAAAAAAAAA", "This post isn&#x27;t available"),
        ("/playlists/AAAAAAAAAAAAAAAA", "This playlist isn&#x27;t available"),
        ("/@nobody-there", "This channel isn&#x27;t available"),
        ("/nothing/like/it", "Page not found"),
    ],
)
def test_a_page_that_is_gone_names_what_it_was(database, cast, path, heading):
    answer = cast.page("anonymous").get(path)
    assert answer.status_code == 404
    assert f"<h1>{heading}</h1>" in answer.content.decode().replace("'", "&#x27;")
