"""Notifications: each occasion once, where the account wants it, and one row for all subscribers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from accounts import deliverability, unsubscribe_links
from accounts.models import User
from accounts.signals import refresh_token_reused
from subscriptions import services as subscribing
from subscriptions import tasks
from subscriptions.models import Broadcast, Notification, Subscription
from subscriptions.notifications import services
from tests.support.commands import recorded
from videos import services as videos
from videos.models import Case, Video
from videos.moderation import cases
from videos.signals import processing_failed

LIST = "/api/v1/me/notifications"


def told(cast, who):
    return [row["text"] for row in cast.api(who).get(LIST).json()["results"]]


def unread(cast, who):
    return cast.api(who).get(f"{LIST}/unread").json()["unread"]


def say(cast, who, video, text="Nice", thread=None):
    path = f"comments/{thread}/replies" if thread else f"videos/{video.pk}/comments"
    return cast.api(who).post(f"/api/v1/{path}", {"text": text}, format="json").json()["id"]


def prefer(cast, who, **chosen):
    answer = cast.api(who).patch("/api/v1/me/preferences", chosen, format="json")
    assert answer.status_code == 200, answer.content


def test_comments_replies_mentions_and_hearts_are_told_once(database, cast):
    video = cast.video(title="Film")
    assert cast.staff
    first = say(cast, "member", video, "Hello @staffer")
    say(cast, "stranger", video, "@member @owner see", thread=first)
    cast.api("owner").put(f"/api/v1/comments/{first}/heart")
    cast.api("owner").put(f"/api/v1/comments/{first}/heart")
    assert told(cast, "owner") == ["stranger mentioned you on “Film”", "member commented on “Film”"]
    assert told(cast, "member") == [
        "owner hearted your comment on “Film”",
        "stranger mentioned you on “Film”",
    ]
    assert told(cast, "staff") == ["member mentioned you on “Film”"]
    assert told(cast, "stranger") == []
    row = cast.api("staff").get(LIST).json()["results"][0]
    assert row["url"] == f"http://localhost:8000/watch/{video.pk}?comment={first}#comments"
    assert row["actor"]["username"] == "member"
    assert set(row) == {"id", "kind", "text", "url", "actor", "icon", "thread", "is_read", "created_at"}


def test_nobody_is_told_of_themselves_of_whom_they_block_or_of_what_is_held(database, cast):
    video = cast.video()
    say(cast, "owner", video, "@owner me")
    assert cast.stranger
    assert cast.api("member").put("/api/v1/me/blocks/stranger").status_code == 200
    say(cast, "stranger", video, "@member hi")
    assert told(cast, "member") == []
    cast.api("owner").patch("/api/v1/studio/comment-rules", {"hold_all": True}, format="json")
    held = say(cast, "member", video, "@stranger hi")
    assert told(cast, "stranger") == []
    waiting = "1 comment on “A video” is waiting for review"
    assert told(cast, "owner") == [waiting, "stranger commented on “A video”"]
    cast.api("owner").put(f"/api/v1/comments/{held}/approval")
    assert len(told(cast, "stranger")) == 1
    assert told(cast, "owner") == ["stranger commented on “A video”"]


def test_publishing_writes_one_row_for_all_subscribers(database, cast):
    for number in range(30):
        subscribing.subscribe(cast.user(f"fan-{number:02d}"), cast.owner)
    subscribing.subscribe(cast.member, cast.owner)
    subscribing.subscribe(cast.stranger, cast.owner, notify="none")
    hidden = cast.video(title="Soon", visibility="private")
    assert told(cast, "member") == []
    with recorded() as commands:
        videos.update(hidden, {"visibility": "public"})
    inserts = [command for command in commands if command.startswith("insert")]
    assert inserts == ["insert subscriptions_broadcast"]
    assert told(cast, "member") == ["owner published “Soon”"]
    assert told(cast, "stranger") == []
    videos.update(hidden, {"visibility": "private"})
    assert told(cast, "member") == []
    videos.update(hidden, {"visibility": "public"})
    assert Broadcast.objects.count() == 1
    videos.delete(hidden)
    assert Broadcast.objects.count() == 0


def test_videos_published_before_subscribing_are_no_news(database, cast):
    cast.video(title="Old")
    subscribing.subscribe(cast.member, cast.owner)
    assert (told(cast, "member"), unread(cast, "member")) == ([], 0)
    cast.video(title="New")
    assert (told(cast, "member"), unread(cast, "member")) == (["owner published “New”"], 1)


def test_reading_some_and_all(database, cast):
    subscribing.subscribe(cast.member, cast.owner)
    video = cast.video(title="One")
    cast.video(title="Two")
    say(cast, "owner", video, "@member look")
    assert unread(cast, "member") == 3
    api = cast.api("member")
    rows = api.get(LIST).json()
    assert rows["unread"] == 3
    ids = {row["kind"]: row["id"] for row in rows["results"]}
    read = api.post(f"{LIST}/read", {"ids": [ids["mention"], ids["video"], "nothing-like-it"]}, format="json")
    assert read.json() == {"unread": 1}
    assert sorted(row["is_read"] for row in api.get(LIST).json()["results"]) == [False, True, True]
    other = Notification.objects.get()
    assert cast.api("stranger").post(f"{LIST}/read", {"ids": [other.pk]}, format="json").json() == {
        "unread": 0
    }
    assert api.post(f"{LIST}/read", {}, format="json").json() == {"unread": 0}
    assert all(row["is_read"] for row in api.get(LIST).json()["results"])
    cast.video(title="Three")
    assert unread(cast, "member") == 1


@pytest.mark.parametrize("ids", ["x", [1], [None], ["x" * 33], ["x"] * 101, {"$gt": ""}])
def test_ids_that_are_none_are_refused(database, cast, ids):
    answer = cast.api("member").post(f"{LIST}/read", {"ids": ids}, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["ids"])


def test_pages_merge_both_kinds_by_time(database, cast):
    subscribing.subscribe(cast.member, cast.owner)
    start = datetime.now(UTC)
    for number in range(6):
        with time_machine.travel(start + timedelta(seconds=number + 1), tick=False):
            if number % 2:
                cast.video(title=f"{number}")
            else:
                services.notify(
                    cast.member.pk, "processing", f"{number}", url="/", title=f"{number}", what="ready"
                )
    seen, url = [], f"{LIST}?page_size=2"
    while url:
        body = cast.api("member").get(url).json()
        assert len(body["results"]) == 2
        seen += [row["text"] for row in body["results"]]
        url = body["next"]
    assert [text.split("“")[1][0] for text in seen] == ["5", "4", "3", "2", "1", "0"]
    forged = cast.api("member").get(f"{LIST}?cursor=abc")
    assert (forged.status_code, forged.json()["code"]) == (400, "invalid_cursor")


def test_preferences_decide_where(database, cast):
    video = cast.video()
    prefer(cast, "owner", notify_comment="none", notify_mention="email")
    subscribing.subscribe(cast.member, cast.owner)
    prefer(cast, "member", notify_video="none")
    say(cast, "stranger", video)
    say(cast, "stranger", video, "@owner x")
    cast.video()
    assert told(cast, "owner") == []
    assert (told(cast, "member"), unread(cast, "member")) == ([], 0)
    assert Notification.objects.get().mail_at is not None


def test_mail_is_sent_once_when_it_is_due(database, cast, mailoutbox):
    video = cast.video(title="Film <b>")
    prefer(cast, "owner", notify_comment="both", email_pace="weekly")
    monday = datetime(2027, 1, 4, 7, tzinfo=UTC)
    with time_machine.travel(monday - timedelta(days=2), tick=False):
        say(cast, "stranger", video)
    row = Notification.objects.get()
    assert row.mail_at == monday + timedelta(hours=1)
    with time_machine.travel(monday, tick=False):
        assert tasks.send_mails.func() == 0
    with time_machine.travel(monday + timedelta(hours=2), tick=False):
        assert tasks.send_mails.func() == 1
        assert tasks.send_mail.func(cast.owner.pk)
        assert not tasks.send_mail.func(cast.owner.pk)
        assert tasks.send_mails.func() == 0
    [message] = mailoutbox
    assert "stranger commented on “Film <b>”" in message.body
    assert "Film &lt;b&gt;" in message.alternatives[0][0]


def test_daily_mail_is_due_at_eight_of_the_accounts_own_clock(database, cast):
    prefer(cast, "owner", notify_comment="both", email_pace="daily", time_zone="America/New_York")
    owner = User.objects.get(pk=cast.owner.pk)
    for moment, due in (
        (datetime(2027, 1, 4, 12, tzinfo=UTC), datetime(2027, 1, 4, 13, tzinfo=UTC)),
        (datetime(2027, 1, 4, 14, tzinfo=UTC), datetime(2027, 1, 5, 13, tzinfo=UTC)),
        # The clocks change in between.
        (datetime(2027, 3, 13, 14, tzinfo=UTC), datetime(2027, 3, 14, 12, tzinfo=UTC)),
    ):
        assert services.next_email_time(owner, moment) == due


def test_a_mail_that_fails_is_due_again(database, cast, settings):
    prefer(cast, "owner", notify_comment="email", email_pace="hourly")
    say(cast, "stranger", cast.video())
    settings.EMAIL_BACKEND = "no.such.Backend"
    with pytest.raises(ImportError):
        tasks.send_mail.func(cast.owner.pk)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert tasks.send_mail.func(cast.owner.pk)


def test_kinds_no_longer_wanted_by_email_are_not_sent(database, cast, mailoutbox):
    prefer(cast, "owner", notify_comment="both", email_pace="hourly")
    say(cast, "stranger", cast.video())
    unsubscribe_links.unsubscribe(User.objects.get(pk=cast.owner.pk), "digest")
    assert not tasks.send_mail.func(cast.owner.pk)
    assert mailoutbox == []
    assert Notification.objects.get().mail_at is None


def test_a_refused_address_gets_no_digest_and_its_owner_reads_on_the_site(database, cast, mailoutbox):
    prefer(cast, "owner", notify_comment="email", email_pace="hourly")
    say(cast, "stranger", cast.video())
    assert told(cast, "owner") == []
    deliverability.mark_undeliverable(cast.owner, cast.owner.email, "The mailbox doesn't exist.")
    assert not tasks.send_mail.func(cast.owner.pk)
    assert mailoutbox == []
    assert len(told(cast, "owner")) == 1


def test_a_worker_that_dies_before_the_mail_server_agreed_leaves_the_mail_due(
    database, cast, mailoutbox, monkeypatch
):
    prefer(cast, "owner", notify_comment="email", email_pace="hourly")
    say(cast, "stranger", cast.video())

    def killed(*args, **details):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", killed)
        with pytest.raises(KeyboardInterrupt):
            tasks.send_mail.func(cast.owner.pk)
    assert tasks.send_mail.func(cast.owner.pk)
    assert len(mailoutbox) == 1


def test_news_of_channels_come_by_mail_once_a_day(database, cast, mailoutbox):
    start = datetime(2027, 1, 4, 9, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        prefer(cast, "member", notify_video="email")
        subscribing.subscribe(cast.member, cast.owner)
    with time_machine.travel(start + timedelta(hours=1), tick=False):
        cast.video(title="Fresh")
        cast.video(title="Hidden", visibility="private")
        assert tasks.send_mails.func() == 1
        assert tasks.send_mail.func(cast.member.pk)
        assert not tasks.send_mail.func(cast.member.pk)
    with time_machine.travel(start + timedelta(hours=2), tick=False):
        cast.video(title="Later")
        assert not tasks.send_mail.func(cast.member.pk)
    with time_machine.travel(start + timedelta(days=1), tick=False):
        assert tasks.send_mail.func(cast.member.pk)
    assert ["Fresh" in message.body for message in mailoutbox] == [True, False]
    assert "Later" in mailoutbox[1].body
    assert "Hidden" not in mailoutbox[0].body


def test_milestones_processing_decisions_and_alarms(database, cast):
    video = cast.video(title="Film")
    for number in range(10):
        fan = cast.user(f"fan-{number}")
        subscribing.subscribe(fan, cast.owner)
        from videos.reactions import services as reaction_services

        reaction_services.react(fan, video, "like")
    Video.objects.filter(pk=video.pk).update(status="failed")
    processing_failed.send(sender=Video, video_id=video.pk)
    processing_failed.send(sender=Video, video_id=video.pk)
    refresh_token_reused.send(
        sender=User, user=cast.owner, session={"_id": "s", "user_agent": "x", "ip_prefix": ""}
    )
    cast.api("member").post(f"/api/v1/videos/{video.pk}/report", {"reason": "spam"}, format="json")
    cases.decide(Case.objects.get(), cast.staff, "warning", notice="Careful")
    texts = told(cast, "owner")
    assert sorted(texts) == [
        "We signed out one of your devices because its session was used elsewhere",
        "Your channel reached 10 subscribers",
        "“Film” breaks our rules. We've left it up with a warning",
        "“Film” couldn't be processed",
        "“Film” reached 10 likes",
    ]
    assert told(cast, "member") == ["Thanks for your report: we took action on “Film”"]


def test_the_same_occasion_told_at_once_is_one_row(database, cast):
    cast.owner  # noqa: B018 - makes the account

    def tell(_):
        try:
            return services.notify(cast.owner.pk, "processing", "one", url="/", title="x", what="ready")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(tell, range(20))) == [False] * 19 + [True]
    assert Notification.objects.count() == 1


def test_an_erased_account_is_told_of_no_more(database, cast):
    subscribing.subscribe(cast.member, cast.owner)
    video = cast.video()
    say(cast, "stranger", video, "@member")
    services.delete_for_user(cast.stranger.pk)
    services.delete_for_user(cast.owner.pk)
    assert told(cast, "member") == []
    assert (Notification.objects.count(), Broadcast.objects.count()) == (0, 0)


def test_the_badge_is_few_commands_however_many_channels(database, cast):
    rows = []
    for number in range(40):
        rows.append(Subscription(subscriber=cast.member, channel=cast.user(f"channel-{number:02d}")))
    Subscription.objects.bulk_create(rows)
    api = cast.api("member")
    api.get(f"{LIST}/unread")
    with recorded() as commands:
        api.get(f"{LIST}/unread")
    assert [command for command in commands if "subscriptions" in command] == [
        "aggregate subscriptions_readmarks",
        "aggregate subscriptions_notification",
    ]


def test_pages_of_notifications(database, cast):
    page = cast.page("owner")
    assert "No notifications yet" in page.get("/notifications").content.decode()
    say(cast, "stranger", cast.video(title="<i>Film"))
    content = page.get("/notifications").content.decode()
    assert "note-unread" in content
    assert "&lt;i&gt;Film" in content
    assert page.post("/notifications/read").status_code == 302
    assert "note-unread" not in page.get("/notifications").content.decode()
    form = {"comment_email": "on", "email_pace": "weekly"}
    assert page.post("/settings/notifications", form).status_code == 302
    chosen = cast.api("owner").get("/api/v1/me").json()["preferences"]
    assert (chosen["notify_comment"], chosen["notify_reply"], chosen["email_pace"]) == (
        "email",
        "none",
        "weekly",
    )
    assert page.post("/settings/notifications", {"email_pace": "never"}).status_code == 400


def test_notifications_about_unwatchable_videos_are_hidden(database, cast):
    assert cast.stranger.is_active
    video = cast.video(title="Secret plan")
    said = f"/api/v1/videos/{video.pk}/comments"
    cast.api("member").post(said, {"text": "Look @stranger"}, format="json")

    def told(who):
        page = cast.api(who).get(LIST).json()
        assert page["unread"] == len(page["results"])  # the badge says what the list shows
        return [row["text"] for row in page["results"]]

    cast.api("stranger").put("/api/v1/channels/owner/subscription")
    assert len(told("stranger")) == len(told("owner")) == 1
    cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {"visibility": "private"}, format="json")
    assert told("stranger") == []
    assert "Secret plan" in told("owner")[0]
    cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {"visibility": "public"}, format="json")
    assert len(told("stranger")) == 1
    videos.take_down(video.pk)
    assert told("stranger") == []
    videos.restore(video.pk)
    videos.delete(video)
    assert told("stranger") == told("owner") == []


def test_a_slower_pace_chosen_meanwhile_puts_the_mail_off(database, cast, mailoutbox):
    monday = datetime(2027, 1, 4, 10, tzinfo=UTC)
    with time_machine.travel(monday, tick=False):
        prefer(cast, "owner", notify_comment="both", email_pace="hourly")
        say(cast, "stranger", cast.video())
        prefer(cast, "owner", email_pace="weekly")
        assert not tasks.send_mail.func(cast.owner.pk)
        assert tasks.send_mails.func() == 0
    with time_machine.travel(monday + timedelta(days=7), tick=False):
        assert tasks.send_mail.func(cast.owner.pk)
    assert len(mailoutbox) == 1


def test_a_digest_goes_to_the_address_of_now_and_to_no_closed_account(database, cast, mailoutbox):
    prefer(cast, "owner", notify_comment="both", email_pace="hourly")
    video = cast.video()
    say(cast, "stranger", video)
    User.objects.filter(pk=cast.owner.pk).update(email="new@example.org", email_key="new@example.org")
    assert tasks.send_mail.func(cast.owner.pk)
    assert [message.to for message in mailoutbox] == [["new@example.org"]]
    say(cast, "stranger", video)
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert not tasks.send_mail.func(cast.owner.pk)
    assert len(mailoutbox) == 1
    assert not Notification.objects.exclude(mail_at=None).exists()
