"""The mechanism of the site's settings: versioned writes, values without commands, two processes, permissions."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from pymongo.errors import ServerSelectionTimeoutError

from accounts.registration.rules import RegistrationSettings
from streamsite.site_settings import live, sections, services, store
from streamsite.site_settings.forms import SectionForm
from streamsite.site_settings.identity import Identity, site_name
from streamsite.site_settings.sections import Section, setting
from tests.support.commands import recorded_queries
from tests.support.site_settings import IDENTITY, hidden

PAGE = "/admin/site/"
ROOT = Path(__file__).resolve().parent.parent
SECTION = sections.section_of(Identity)


def test_values_are_defaults_until_someone_sets_them(database, settings):
    settings.SITE_NAME = "From the environment"
    assert site_name() == "From the environment"
    assert services.save(SECTION, {"name": "Example TV"}) == ["name"]
    assert site_name() == "Example TV"
    assert store.find()["sections"] == {"identity": {"name": "Example TV"}}
    services.save(SECTION, {}, reset=["name"])
    assert site_name() == "From the environment"
    assert store.find()["sections"]["identity"] == {}


def test_a_value_that_equals_its_default_is_not_stored(database, settings):
    services.save(SECTION, {"name": "Other"})
    services.save(SECTION, {"name": settings.SITE_NAME})
    settings.SITE_NAME = "A later default"
    assert site_name() == "A later default"


def test_values_of_another_version_are_replaced_by_defaults(database):
    store.update(0, "identity", {"name": 5, "unknown": "x"}, [])
    live.install(store.find())
    assert site_name() == django_settings.SITE_NAME


@pytest.mark.parametrize("number", [2**31 - 1, 2**31, 7 * 10**9, 2**53])
def test_numbers_of_any_size_are_read_back(database, number):
    """MongoDB's driver reads those above 2^31 as a class of its own."""
    section = sections.section_of(RegistrationSettings)
    services.save(section, {"quota_bytes": number, "max_upload_bytes": number})
    live.install(store.find())
    now = live.current(RegistrationSettings)
    assert (now.quota_bytes, now.max_upload_bytes) == (number, number)
    assert type(now.quota_bytes) is int


def test_concurrent_changes_of_different_values_are_all_kept(database):
    threads = [
        threading.Thread(target=services.save, args=(SECTION, {name: name}))
        for name in ("name", "description")
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.find()["sections"]["identity"] == {"name": "name", "description": "description"}
    assert store.find_version() == 8


def test_a_change_of_the_same_value_meanwhile_is_refused(database):
    seen = {"name": sections.digest(site_name())}
    services.save(SECTION, {"name": "First"}, seen=seen)
    with pytest.raises(services.ChangedMeanwhile):
        services.save(SECTION, {"name": "Second"}, seen=seen)
    assert site_name() == "First"
    # The same request again is no conflict.
    assert services.save(SECTION, {"name": "First"}, seen=seen) == []


def test_another_package_adds_a_section(database):
    @dataclass(frozen=True)
    class Extra:
        words: tuple[str, ...] = setting(lambda: ("one",))

    section = Section("extra", "Extra", Extra, form=SectionForm)
    sections.register(section)
    try:
        assert live.current(Extra).words == ("one",)
        services.save(section, {"words": ("two", "three")})
        assert live.current(Extra).words == ("two", "three")
    finally:
        del sections._sections["extra"]


def test_values_cost_no_command(database):
    services.save(SECTION, {"name": "Example TV"})
    with recorded_queries() as seen:
        for _ in range(100):
            assert site_name() == "Example TV"
    assert seen == []


def test_requests_cost_as_many_commands_with_settings_as_without(cast):
    page = cast.page("owner")
    page.get("/")
    with recorded_queries() as before:
        page.get("/")
    services.save(SECTION, {"name": "Example TV", "description": "Films"})
    page.get("/")
    with recorded_queries() as after:
        assert b"Example TV" in page.get("/").content
    assert sorted(after) == sorted(before)
    assert not any(store.COLLECTION in command for command in after)


def test_the_last_values_stay_during_an_outage(database, settings, monkeypatch):
    services.save(SECTION, {"name": "Example TV"})
    follower = live._Follower()
    follower.put(store.find())

    def fail():
        raise ServerSelectionTimeoutError("away")

    monkeypatch.setattr(store, "find", fail)
    monkeypatch.setattr(store, "find_version", fail)
    settings.SITE_SETTINGS_POLL_SECONDS = 60
    follower.start()
    assert follower.loaded.wait(10)
    assert follower.get().document["sections"]["identity"]["name"] == "Example TV"


def test_defaults_that_stand_in_for_the_values_are_not_taken_for_them(database, settings, monkeypatch):
    away = True
    find = store.find

    def find_later():
        if away:
            raise ServerSelectionTimeoutError("away")
        return find()

    services.save(SECTION, {"name": "Example TV"})
    monkeypatch.setattr(store, "find", find_later)
    settings.SITE_SETTINGS_POLL_SECONDS = 0.05
    monkeypatch.setattr(live, "_follower", live._Follower())
    assert not live.are_known()
    away = False
    deadline = time.monotonic() + 10
    while not live.are_known() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert live.current(Identity).name == "Example TV"


def test_a_nested_text_in_the_place_of_the_digests_is_refused_or_ignored(editor):
    sent = hidden(editor) | {"seen": "[" * 19_999, "name": "Deep"}
    assert editor.post(IDENTITY, sent).status_code == 302
    assert live.current(Identity).name == "Deep"


# --- two processes --------------------------------------------------------------------------------

READER = """
import sys, time, django
django.setup()
from streamsite.site_settings.identity import site_name
former = None
while True:
    if (name := site_name()) != former:
        former = name
        print(name, flush=True)
    time.sleep(0.02)
"""


def test_a_change_reaches_another_process_within_five_seconds(database):
    """The reader is a process of its own, which learns of the change from the database alone."""
    environment = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "streamsite.settings",
        "MONGODB_NAME": connection.settings_dict["NAME"],
    }
    services.save(SECTION, {"name": "Before"})
    reader = subprocess.Popen(
        [sys.executable, "-c", READER], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert reader.stdout.readline().strip() == "Before"
        begun = time.monotonic()
        services.save(SECTION, {"name": "After"})
        assert reader.stdout.readline().strip() == "After"
        assert time.monotonic() - begun < 5
    finally:
        reader.kill()
        reader.wait()


# --- the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [PAGE, IDENTITY])
def test_only_staff_with_the_permission_open_the_pages(cast, editor, address):
    assert cast.page("anonymous").get(address).status_code == 302
    assert cast.page("owner").get(address).status_code == 302
    plain = cast.user("plain", is_staff=True)
    page = Client()
    page.force_login(plain, backend="accounts.backends.LoginBackend")
    assert page.get(address).status_code == 403
    assert page.post(address, {"name": "Mine"}).status_code == 403
    assert editor.get(address).status_code == 200
    assert cast.page("staff").get(address).status_code == 200


def test_a_section_that_does_not_exist_is_absent(editor):
    assert editor.get("/admin/site/nothing/").status_code == 404


def test_saving_writes_an_audit_line_and_shows_at_once(editor):
    sent = hidden(editor) | {"name": "Example TV"}
    assert editor.post(IDENTITY, sent, follow=True).status_code == 200
    assert site_name() == "Example TV"
    entry = LogEntry.objects.get()
    assert (entry.user_id, entry.change_message) == (editor.user.pk, "identity: name")
    assert "Identity · Site name" in editor.get(PAGE).content.decode()
    assert "Example TV" in editor.get("/").content.decode()


def test_a_form_that_was_open_meanwhile_loses_no_change(editor, cast):
    sent = hidden(editor)
    services.save(SECTION, {"name": "By someone else"})
    assert editor.post(IDENTITY, sent | {"description": "Films"}).status_code == 302
    assert live.current(Identity) == Identity(name="By someone else", description="Films")
    response = editor.post(IDENTITY, sent | {"name": "Mine"})
    assert response.status_code == 400
    assert "Someone else changed this" in response.content.decode()
    assert site_name() == "By someone else"


def test_the_page_says_where_values_come_from_and_resets_them(editor, settings, monkeypatch):
    monkeypatch.setenv("SITE_NAME", "Streamsite")
    assert "Default from the environment (SITE_NAME)" in editor.get(IDENTITY).content.decode()
    services.save(SECTION, {"name": "Example TV"})
    text = editor.get(IDENTITY).content.decode()
    assert "Set here" in text
    assert "Default from the environment (SITE_NAME)" not in text
    assert editor.post(IDENTITY, {"reset": "name"}, follow=True).status_code == 200
    assert site_name() == settings.SITE_NAME
    assert LogEntry.objects.get().change_message == "identity: name"


def test_an_invalid_value_is_refused_and_shown_again(editor):
    response = editor.post(IDENTITY, hidden(editor) | {"name": ""})
    assert response.status_code == 400
    assert LogEntry.objects.count() == 0
