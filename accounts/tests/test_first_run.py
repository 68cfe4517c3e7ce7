"""The one-time link that sets up a new site: who may use it, and when it ends."""

import io
import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client

from accounts.models import User
from accounts.registration import rules
from streamsite import setup_link_store
from streamsite.mongo.collections import collection
from streamsite.site_settings.identity import site_name
from tests.support.mailbox import deliver
from tests.support.users import PASSWORD

FORM = {
    "site_name": "Example TV",
    "username": "chief",
    "email": "chief@example.org",
    "password": PASSWORD,
    "mode": "invitation",
}


def opened(token):
    """Return a browser that has followed the link."""
    client = Client()
    answer = client.get("/setup", {"token": token})
    assert (answer.status_code, answer.url) == (302, "/setup")
    return client


def test_the_link_makes_the_administrator_names_the_site_and_ends(database):
    client = opened(setup_link_store.issue())
    assert client.get("/setup").status_code == 200
    answer = client.post("/setup", FORM)
    assert (answer.status_code, answer.url) == (302, "/admin/site/")
    user = User.objects.get(username="chief")
    assert (user.is_staff, user.is_superuser, user.check_password(PASSWORD)) == (True, True, True)
    text = client.get("/admin/site/").content.decode()
    assert "Identity · Site name" in text
    assert "Registration · Who can sign up?" in text
    assert (site_name(), rules.current().mode) == ("Example TV", "invitation")
    assert [message.to for message in deliver()] == [["chief@example.org"]]
    assert client.get("/setup").status_code == 404
    assert collection(setup_link_store.COLLECTION).count_documents({}) == 0
    assert setup_link_store.issue() == ""


def test_the_form_says_what_is_wrong_and_keeps_the_link(database):
    client = opened(setup_link_store.issue())
    answer = client.post("/setup", FORM | {"password": "short", "username": "admin", "mode": "other"})
    assert answer.status_code == 400
    assert {"mode"} <= set(answer.context["form"].errors)
    answer = client.post("/setup", FORM | {"password": "short", "username": "admin"})
    assert {"password", "username"} <= set(answer.context["form"].errors)
    assert not User.objects.exists()
    assert client.post("/setup", FORM).status_code == 302


@pytest.mark.parametrize("token", ["", "nonsense", "ä" * 10, "x" * 1000])
def test_a_wrong_link_opens_nothing(database, token):
    setup_link_store.issue()
    client = opened(token)
    answer = client.get("/setup")
    assert (answer.status_code, b"Restart the server" in answer.content) == (403, True)
    assert client.post("/setup", FORM).status_code == 403
    assert not User.objects.exists()


def test_an_expired_link_opens_nothing(database):
    token = setup_link_store.issue()
    past = datetime.now(UTC) - timedelta(seconds=1)
    collection(setup_link_store.COLLECTION).update_one({}, {"$set": {"links.0.expires_at": past}})
    client = opened(token)
    assert client.post("/setup", FORM).status_code == 403
    assert not User.objects.exists()


def test_only_the_hash_is_stored_and_the_last_five_links_work(database):
    tokens = [setup_link_store.issue() for _ in range(7)]
    stored = str(collection(setup_link_store.COLLECTION).find_one())
    assert not any(token in stored for token in tokens)
    assert [setup_link_store.is_valid(token) for token in tokens] == [False] * 2 + [True] * 5


def test_any_account_of_staff_ends_the_links(cast):
    token = setup_link_store.issue()
    client = opened(token)
    assert cast.staff.pk
    assert Client().get("/setup", {"token": token}).status_code == 404
    assert client.get("/setup").status_code == 404
    assert client.post("/setup", FORM).status_code == 404
    User.objects.filter(pk=cast.staff.pk).update(is_active=False)  # a suspended one is staff as well
    assert client.post("/setup", FORM).status_code == 404
    assert not User.objects.filter(username="chief").exists()


def test_one_of_many_at_the_same_time_wins(database):
    clients = [opened(setup_link_store.issue()) for _ in range(4)]
    codes = []

    def send(number):
        form = FORM | {"username": f"chief{number}", "email": f"chief{number}@example.org"}
        codes.append(clients[number].post("/setup", form).status_code)
        connections.close_all()

    threads = [threading.Thread(target=send, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.count(302) == 1
    assert set(codes) <= {302, 403, 404}
    assert User.objects.filter(is_staff=True).count() == 1


def test_tries_are_limited(database, settings):
    settings.THROTTLE_SCALE = 1
    client = opened("nonsense")
    codes = [client.get("/setup").status_code for _ in range(31)]
    assert (codes[0], codes[-1]) == (403, 429)


def test_https_leads_to_the_second_factor_first(database, settings):
    settings.STAFF_NEED_TOTP = True
    client = opened(setup_link_store.issue())
    assert client.post("/setup", FORM).url == "/settings/security"


def test_the_link_works_on_a_login_only_site(database, settings):
    settings.LOGIN_REQUIRED = True
    client = opened(setup_link_store.issue())
    assert client.post("/setup", FORM).status_code == 302


def prepared(**options):
    out = io.StringIO()
    call_command("prepare", stdout=out, demo=False, **options)
    return re.findall(r"http://localhost:8000/setup\?token=(\S+)", out.getvalue())


def test_prepare_prints_a_link_while_there_are_no_staff(database, caplog):
    [token] = prepared()
    assert setup_link_store.is_valid(token)
    [other] = prepared()
    assert other != token
    assert prepared(setup_link=False) == []
    client = opened(other)
    client.post("/setup", FORM)
    assert prepared() == []
    assert not any(word in caplog.text for word in (token, other))
