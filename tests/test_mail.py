"""What a mail server says, and what becomes of the mail."""

import importlib

import pytest
from django.core.mail import EmailMessage, get_connection
from django.db import connection

from accounts import tasks
from streamsite.mail import MailNotSent
from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from streamsite.tasks.errors import PermanentFailure
from streamsite.tasks.worker import Worker
from streamsite.testing.flaky_proxy import FlakyProxy, Mode
from streamsite.testing.smtp import MailServer


@pytest.fixture(scope="module")
def server():
    running = MailServer()
    yield running
    running.stop()


@pytest.fixture
def proxy(server, settings):
    made = FlakyProxy(server.port)
    settings.EMAIL_BACKEND = "streamsite.mail.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", made.port, 0.5
    yield made
    made.stop()


def send(to):
    return EmailMessage("Subject", "Text", to=[to], connection=get_connection()).send()


def test_a_mail_server_takes_mail(proxy, server):
    assert send("somebody@example.org") == 1
    assert server.to("somebody@example.org")


@pytest.mark.parametrize("mode", [Mode.CUT, Mode.RESET, Mode.SILENT])
def test_a_mail_server_that_fails_is_worth_another_try(proxy, mode):
    proxy.mode = mode
    with pytest.raises(MailNotSent, match=r"cannot be reached, hangs up or does not answer within 0\.5 s"):
        send("somebody@example.org")


def test_an_address_that_is_refused_is_not_tried_again(proxy):
    with pytest.raises(PermanentFailure, match=r"refuses the address \(550\)"):
        send("nobody@example.org")


def job():
    (found,) = collection(queue.JOBS).find({"task": tasks.mail_user.module_path})
    return found


def test_mail_has_its_own_queue_many_tries_and_a_reason_at_the_end(cast, proxy):
    proxy.mode = Mode.CUT
    tasks.enqueue_mail("verify", cast.owner)
    assert (job()["queue"], job()["max_tries"]) == ("mail", 20)
    worker = Worker(["mail"])
    worker.run(once=True)
    assert (job()["state"], job()["tries"]) == (queue.READY, 1)
    assert job()["error"].startswith("MailNotSent: The mail server cannot be reached")
    collection(queue.JOBS).update_one({}, [{"$set": {"run_at": "$$NOW", "tries": 19}}])
    worker.run(once=True)
    assert (job()["state"], job()["tries"]) == (queue.DEAD, 20)


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
