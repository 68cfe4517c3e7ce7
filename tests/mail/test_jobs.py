"""The life of an email: tries, pauses, marks, copies. A real worker and a real mail server."""

import importlib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from accounts import deliverability, email_tokens, mail, tasks
from accounts.models import User
from streamsite.mail import retry_schedule
from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from streamsite.tasks.worker import Worker
from tests.support.flaky_proxy import Mode
from tests.support.smtp import HANG_UP

NOT_ABOUT_ACCOUNT = {"digest", "decision"}


def job():
    (found,) = collection(queue.JOBS).find({"task": tasks.mail_user.module_path})
    return found


def make_due():
    collection(queue.JOBS).update_many({"state": queue.READY}, [{"$set": {"run_at": "$$NOW"}}])


def work():
    make_due()
    Worker(["mail"]).run(once=True)


def pause_in_seconds():
    """Return the seconds until the job is due, by the database's clock."""
    found = job()
    tried_at = found["errors"][-1]["at"]
    return (found["run_at"] - tried_at).total_seconds()


def test_mail_has_its_own_queue_many_tries_and_a_reason_at_the_end(cast, proxy, caplog):
    proxy.mode = Mode.CUT
    tasks.enqueue_mail("restored", cast.owner)
    assert (job()["queue"], job()["max_tries"]) == ("mail", retry_schedule.MAX_TRIES)
    work()
    assert (job()["state"], job()["tries"]) == (queue.READY, 1)
    assert "closed the connection. Check EMAIL_PORT" in job()["error"]
    assert "Traceback" not in caplog.text
    assert [record.levelname for record in caplog.records if record.name == "streamsite.worker"] == [
        "WARNING"
    ]
    collection(queue.JOBS).update_one({}, {"$set": {"tries": retry_schedule.MAX_TRIES - 1}})
    work()
    assert (job()["state"], job()["tries"]) == (queue.DEAD, retry_schedule.MAX_TRIES)


def test_pauses_grow_from_seconds_to_an_hour_over_two_days():
    assert list(retry_schedule.PAUSES) == sorted(retry_schedule.PAUSES)
    assert (retry_schedule.PAUSES[0], retry_schedule.PAUSES[-1]) == (5, 3600)
    assert timedelta(hours=48) < timedelta(seconds=sum(retry_schedule.PAUSES)) < timedelta(hours=49)


def test_a_greylisted_mail_arrives_once_with_the_same_message_id_at_each_try(cast, server):
    server.answers["RCPT"].append("451 4.7.1 Greylisted, try again in 300 seconds")
    tasks.enqueue_mail("restored", cast.owner)
    taken = len(server.to(cast.owner.email))
    work()
    assert "try again later (451 4.7.1 Greylisted" in job()["error"]
    assert 3 < pause_in_seconds() < 7
    work()
    assert job()["state"] == queue.DONE
    (message,) = server.to(cast.owner.email)[taken:]
    assert message["Message-ID"] == f"<{job()['_id']}@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"]


def test_a_line_that_is_cut_after_the_message_leaves_copies_that_are_known(cast, server):
    server.answers["DATA"].append(HANG_UP)
    taken = len(server.to(cast.owner.email))
    tasks.enqueue_mail("restored", cast.owner)
    work()
    assert job()["state"] == queue.READY
    work()
    first, second = server.to(cast.owner.email)[taken:]
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(("kind", "longest"), [("reset", 180), ("verify", 7 * 3600)])
def test_a_link_is_not_waited_for_longer_than_a_tenth_of_its_life(cast, server, kind, longest):
    server.answers["RCPT"].append("451 Later")
    tasks.enqueue_mail(kind, cast.owner)
    collection(queue.JOBS).update_one({}, {"$set": {"tries": 40}})
    work()
    assert min(longest, 3600) * 0.75 <= pause_in_seconds() <= min(longest, 3600 * 1.25)


@pytest.mark.parametrize(("kind", "minutes"), [("reset", 30), ("staff_reset", 30), ("verify", 3 * 24 * 60)])
def test_a_mail_is_not_sent_after_its_link(cast, server, kind, minutes):
    taken = len(server.messages)
    tasks.enqueue_mail(kind, cast.owner)
    asked_at = datetime.now(UTC) - timedelta(minutes=minutes, seconds=1)
    collection(queue.JOBS).update_one({}, {"$set": {"enqueued_at": asked_at}})
    work()
    assert (job()["state"], job()["error"]) == (queue.DEAD, tasks.LINK_EXPIRED)
    assert len(server.messages) == taken


def test_a_reset_counts_from_when_it_was_asked_for(cast, server):
    taken = len(server.messages)
    tasks.enqueue_reset(cast.owner.email)
    asked_at = datetime.now(UTC) - timedelta(minutes=29)
    collection(queue.JOBS).update_one({}, {"$set": {"enqueued_at": asked_at}})
    server.answers["RCPT"].append("451 Later")
    work()
    with time_machine.travel(asked_at + timedelta(minutes=30, seconds=1)):
        work()
    assert job()["error"] == tasks.LINK_EXPIRED
    assert len(server.messages) == taken


def test_mail_with_a_link_goes_before_notifications(cast, server):
    taken = len(server.messages)
    tasks.enqueue_mail("restored", cast.member)
    tasks.enqueue_mail("verify", cast.owner)
    work()
    assert [message["To"] for message in server.messages[taken:]] == [cast.owner.email, cast.member.email]


def test_a_confirmation_of_an_address_that_was_given_up_is_not_sent(cast, server):
    taken = len(server.messages)
    tasks.enqueue_mail("verify", cast.owner, to="former@example.org")
    work()
    assert job()["error"] == tasks.LINK_EXPIRED
    assert len(server.messages) == taken


def take_over(user):
    """Give the account another address, as somebody does who has stolen it."""
    User.objects.filter(pk=user.pk).update(email="thief@example.org", email_key="thief@example.org")


def test_notices_go_to_the_address_that_the_account_had_when_they_were_queued(cast, server):
    taken = len(server.messages)
    notices = [
        kind
        for kind in mail.SUBJECTS
        if email_tokens.link_lifetime(kind) is None
        and kind not in NOT_ABOUT_ACCOUNT
        and mail.still_applies(kind, cast.owner, {})
    ]
    for kind in notices:
        tasks.enqueue_mail(kind, cast.owner)
    take_over(cast.owner)
    work()
    assert [message["To"] for message in server.messages[taken:]] == [cast.owner.email] * len(notices)


@pytest.mark.parametrize("kind", ["reset", "staff_reset"])
def test_a_reset_link_is_not_sent_after_a_change_of_the_address(cast, server, kind):
    taken = len(server.messages)
    tasks.enqueue_mail(kind, cast.owner)
    take_over(cast.owner)
    work()
    assert (job()["state"], job()["error"]) == (queue.DEAD, tasks.LINK_EXPIRED)
    assert len(server.messages) == taken


def test_a_job_of_an_earlier_version_goes_to_the_address_of_now(cast, server):
    taken = len(server.messages)
    tasks.mail_user.enqueue("restored", cast.owner.pk)
    take_over(cast.owner)
    work()
    assert [message["To"] for message in server.messages[taken:]] == ["thief@example.org"]


def test_nothing_waits_for_an_account_to_get_an_address(cast):
    User.objects.filter(pk=cast.owner.pk).update(email="", email_key="")
    tasks.enqueue_mail("password_changed", User.objects.get(pk=cast.owner.pk))
    assert collection(queue.JOBS).count_documents({"task": tasks.mail_user.module_path}) == 0


def test_each_of_several_accounts_gets_one_reset_mail(cast, server):
    User.objects.all().update(
        email="shared@example.org", email_key="shared@example.org", email_verified=False
    )
    taken = len(server.to("shared@example.org"))
    server.answers["RCPT"].extend(["250 OK", "451 Later"])
    tasks.enqueue_reset("shared@example.org")
    work()
    work()
    texts = {message.as_string() for message in server.to("shared@example.org")[taken:]}
    assert len(texts) == User.objects.count() == len(server.to("shared@example.org")) - taken


def test_an_address_that_is_refused_is_tried_once_and_marked(cast, server):
    server.answers["RCPT"].append("550 5.1.1 No such user")
    tasks.enqueue_mail("restored", cast.owner)
    work()
    assert (job()["state"], job()["tries"]) == (queue.DEAD, 1)
    assert job()["error"] == (
        "The mail server permanently rejected the address (550 5.1.1 No such user). The mailbox doesn't exist."
    )
    owner = User.objects.get(pk=cast.owner.pk)
    assert deliverability.refused_address(owner) == owner.email
    assert owner.undeliverable_reason == "The mailbox doesn't exist."


@pytest.mark.parametrize(
    ("command", "said"),
    [("MAIL", "550 5.1.0 Sender refused"), ("RCPT", "554 5.7.1 Relaying denied"), ("DATA", "554 5.7.1 Spam")],
)
def test_a_refusal_of_ours_marks_nobody_and_is_tried_again(cast, server, command, said):
    server.answers[command].append(said)
    tasks.enqueue_mail("restored", cast.owner)
    work()
    assert (job()["state"], said.partition(" ")[0] in job()["error"]) == (queue.READY, True)
    assert deliverability.accepts_mail(User.objects.get(pk=cast.owner.pk))


def test_mail_that_waits_from_an_older_version_is_sent(cast, proxy, server):
    tasks.mail_user.using(queue_name="default").enqueue("verify", cast.owner.pk)
    Worker(["default"]).run(once=True)
    assert job()["state"] == queue.DONE
    assert server.to(cast.owner.email)


def test_an_update_moves_mail_that_waits_to_its_queue(cast):
    migration = importlib.import_module("streamsite.migrations.0003_mail_queue")
    tasks.mail_user.using(queue_name="default").enqueue("verify", cast.owner.pk)
    tasks.erase_account.enqueue(cast.owner.pk)
    with connection.schema_editor() as editor:
        migration.move(None, editor)
    assert (job()["queue"], job()["max_tries"]) == ("mail", 20)
    assert collection(queue.JOBS).distinct("queue") == ["default", "mail"]
