"""``manage.py doctor``: a sound site, and each fault with what to do about it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from streamsite import __version__, running_site, startup_warnings
from streamsite.backup import record_store
from streamsite.doctor import backups, clocks, machine, registry, services
from streamsite.doctor import database as database_checks
from streamsite.doctor.registry import Level
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_database
from streamsite.tasks import queue
from tests.support.answering import Answering
from videos import examination


def levels(check):
    return [finding.level for finding in check()]


def only_problem(check):
    (finding,) = [one for one in check() if one.level is not Level.OK]
    assert finding.remedy
    return finding


def examined(**options):
    """Return the exit code and the findings of the command."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", json=True, stdout=out, **options)
    return ended.value.code, [json.loads(line) for line in out.getvalue().splitlines()]


# --- the command ---


@pytest.mark.timeout(300)
def test_a_running_site_has_no_problem(site):
    done = site.try_manage("doctor", "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one for one in found if one["level"] == "problem"] == []
    assert done.returncode == 0
    areas = list(dict.fromkeys(one["area"] for one in found))
    assert areas == list(registry.AREAS)
    told = " ".join(one["message"] for one in found)
    for words in (f"Version {__version__} answers", "All indexes", "Every queue", "clocks", "GB are free"):
        assert words in told


def test_for_people_every_finding_has_a_mark_and_a_remedy(database):
    out = StringIO()
    with pytest.raises(SystemExit) as ended, override_settings(SITE_URL="http://127.0.0.1:9"):
        call_command("doctor", stdout=out)
    assert ended.value.code == 1
    text = out.getvalue()
    assert "PROBLEM  The site does not answer at http://127.0.0.1:9" in text
    assert "-> Start it;" in text
    assert text.rstrip().splitlines()[-1].startswith(("2 problems", "3 problems"))


def test_quiet_leaves_out_what_is_well(database):
    _, found = examined(quiet=True)
    assert found
    assert "ok" not in {one["level"] for one in found}


@pytest.mark.timeout(300)
def test_without_a_database_the_rest_is_examined(site):
    done = site.try_manage("doctor", "--json", MONGODB_URI="mongodb://127.0.0.1:9/?directConnection=true")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert found[0]["area"] == "Connection"
    assert found[0]["level"] == "problem"
    assert {"Disk", "Site"} <= {one["area"] for one in found if one["level"] == "ok"}
    assert "Traceback" not in done.stdout + done.stderr


# --- the database ---


def test_a_missing_index_is_named(database):
    get_database("default")["task_worker"].drop_index("worker_expiry")
    try:
        assert "task_worker.worker_expiry" in only_problem(database_checks.check_indexes).message
    finally:
        call_command("ensure_indexes", stdout=StringIO())
    assert levels(database_checks.check_indexes) == [Level.OK]


def test_missing_and_newer_migrations_are_told_apart(database):
    rows = get_database("default")["django_migrations"]
    row = rows.find_one({"app": "videos", "name": "0001_initial"})
    rows.delete_one({"_id": row["_id"]})
    try:
        found = only_problem(database_checks.check_migrations)
        assert (found.level, "videos.0001_initial" in found.message) == (Level.PROBLEM, True)
    finally:
        rows.insert_one(row)
    newer = {**row, "_id": "newer", "id": 10**9, "name": "9999_from_the_future"}
    rows.insert_one(newer)
    try:
        found = only_problem(database_checks.check_migrations)
        assert (found.level, "9999_from_the_future" in found.message) == (Level.WARNING, True)
    finally:
        rows.delete_one({"_id": "newer"})
    assert levels(database_checks.check_migrations) == [Level.OK]


def test_another_sites_database_is_a_problem(database, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "site-id").write_text("0" * 32)
    assert only_problem(database_checks.check_site_id).level is Level.PROBLEM


# --- clocks ---


def test_the_skew_is_measured_against_the_server(database):
    assert abs(clocks.clock_skew()) < clocks.MAX_SKEW_SECONDS
    assert clocks.startup_warning() == ""
    assert clocks.startup_warning in startup_warnings._warnings


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (4.9, ""),
        (-5.0, ""),
        (5.6, "MongoDB's clock is 6 s ahead of this machine's."),
        (-3600, "MongoDB's clock is 3600 s behind this machine's."),
    ],
)
def test_a_skew_over_five_seconds_is_reported(seconds, told):
    assert clocks.describe_skew(seconds).startswith(told)
    assert bool(clocks.describe_skew(seconds)) is bool(told)


# --- the machine ---


def test_a_disk_near_the_watermark_is_a_warning_and_below_it_a_problem(settings, tmp_path):
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path
    free = shutil.disk_usage(tmp_path).free
    settings.DISK_WATERMARK_BYTES = free // 3
    assert levels(machine.check_disk) == [Level.OK]
    settings.DISK_WATERMARK_BYTES = free * 3 // 4
    assert only_problem(machine.check_disk).level is Level.WARNING
    settings.DISK_WATERMARK_BYTES = free * 2
    assert only_problem(machine.check_disk).level is Level.PROBLEM


def test_a_missing_folder_is_named(settings, tmp_path):
    settings.DATA_DIR, settings.WORK_DIR = tmp_path, tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    assert f"{tmp_path / 'media'} does not exist" in only_problem(machine.check_folders).message


def test_contradicting_settings_are_found(settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert "ALLOWED_HOSTS must not contain '*'." in [one.message for one in machine.check_settings()]


def test_the_proxy_that_script_server_runs_is_nothing_to_mend(settings, tmp_path):
    settings.DATA_DIR, settings.IS_HTTPS, settings.BEHIND_TLS_PROXY = tmp_path, True, False
    settings.SITE_URL = "https://videos.example.org"
    told = "BEHIND_TLS_PROXY is not set: plain requests are not sent on to https."
    assert told in [one.message for one in machine.check_settings()]
    running_site.record(tmp_path, settings.SITE_URL, 8000)
    assert told not in [one.message for one in machine.check_settings()]
    running_site.remove(tmp_path)
    assert told in [one.message for one in machine.check_settings()]


# --- services ---


def test_something_else_at_the_address_is_told(settings):
    with Answering(b"<h1>Welcome to nginx!</h1>") as other:
        settings.SITE_URL = other.url
        assert "Something else answers" in only_problem(services.check_address).message


def test_another_version_at_the_address_is_told(settings):
    with Answering(b'{"status": "ok", "version": "0.0.1"}', "application/json") as other:
        settings.SITE_URL = other.url
        found = only_problem(services.check_address)
        assert (found.level, "Version 0.0.1 answers" in found.message) == (Level.WARNING, True)


def test_jobs_that_failed_today_are_counted(database, cast):
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        {
            "_id": f"dead-{hours}",
            "queue": "mail",
            "state": queue.DEAD,
            "finished_at": now - timedelta(hours=hours),
        }
        for hours in (1, 23, 25)
    ]
    collection(queue.JOBS).insert_many(rows)
    told = [one.message for one in services.check_workers()]
    assert "2 jobs failed for good during the last day." in told


def test_a_mail_server_that_is_away_is_a_problem(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_SECURITY = "127.0.0.1", 9, "none"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    assert only_problem(services.check_mail).level is Level.PROBLEM


# --- videos ---


def test_an_ffmpeg_that_does_not_start_is_a_problem(monkeypatch, tmp_path):
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    for cached in (examination.ffmpeg.ffmpeg_binary, examination.ffmpeg.has_filters):
        cached.cache_clear()
    monkeypatch.setenv("FFMPEG_BIN", str(broken))
    try:
        assert only_problem(examination.check_ffmpeg).level is Level.PROBLEM
    finally:
        for cached in (examination.ffmpeg.ffmpeg_binary, examination.ffmpeg.has_filters):
            cached.cache_clear()


@pytest.mark.parametrize(
    ("headers", "content", "words"),
    [
        ({"Content-Type": "image/webp"}, b"RIFF", ""),
        ({"Content-Type": "image/webp", "X-Accel-Redirect": "/internal/x"}, b"", "nothing in front"),
        ({"Content-Type": "text/html"}, b"<h1>403</h1>", "without an image"),
    ],
)
def test_a_front_that_cannot_send_media_is_told(cast, settings, headers, content, words):
    cast.video(has_poster=True)
    with Answering(content, headers.pop("Content-Type"), headers) as front:
        settings.SITE_URL = front.url
        found = [one for one in examination.check_media() if one.level is not Level.OK]
    assert [words in one.message for one in found] == ([True] if words else [])


def test_every_check_belongs_to_a_known_area(database):
    assert {area for area, _ in registry.examine(has_database=True)} == set(registry.AREAS)
    assert Path(registry.__file__).parent.name == "doctor"


# --- backups ---


def test_an_old_backup_is_told_and_a_schedule_that_is_missed_is_a_problem(database, settings):
    assert "No backup" in only_problem(backups.check_backups).message
    record_store.record_success(snapshot="x", seconds=3, size=60_600_000, copied=1)
    (fresh,) = backups.check_backups()
    assert (fresh.level, fresh.message) == (Level.OK, "The last backup is 0 hours old and has 60.6 MB.")
    get_database("default")[record_store.RECORDS].update_one(
        {"_id": record_store.LAST}, {"$set": {"finished_at": datetime.now(UTC) - timedelta(days=8)}}
    )
    found = only_problem(backups.check_backups)
    assert (found.level, "8 days old" in found.message) == (Level.WARNING, True)
    settings.BACKUP_TO, settings.BACKUP_EVERY_HOURS = "/somewhere", 24
    assert only_problem(backups.check_backups).level is Level.PROBLEM
