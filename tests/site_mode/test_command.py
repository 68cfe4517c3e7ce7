"""``manage.py site_mode``: shows and sets the mode, and says what is wrong with a command line."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from streamsite.management.exit_codes import ExitCode
from streamsite.site_mode.state import site_mode
from streamsite.site_settings import store


def run(*arguments):
    out = io.StringIO()
    call_command("site_mode", *arguments, stdout=out)
    return out.getvalue()


def test_it_sets_and_says_the_mode(database):
    assert run() == "normal\n"
    told = run("read-only", "--message", "Moving disks.", "--until", "2099-12-01T04:00")
    assert told.startswith("read-only, expected to end at 2099-12-01 04:00 UTC: Moving disks.\n")
    assert run().splitlines() == told.splitlines()[:1]
    state = site_mode()
    assert (state.is_read_only, state.message) == (True, "Moving disks.")
    assert state.until == datetime(2099, 12, 1, 4, tzinfo=UTC)
    run("maintenance")
    assert (site_mode().is_maintenance, site_mode().message, site_mode().until) == (True, "", None)
    run("normal")
    assert store.find()["sections"]["mode"] == {}


def test_a_dry_run_says_both_and_changes_nothing(database):
    run("read-only", "--message", "Moving disks.")
    before = store.find()
    told = run("normal", "--dry-run")
    assert "The site is now: read-only: Moving disks." in told
    assert "It would be: normal" in told
    assert store.find() == before


@pytest.mark.parametrize(("given", "ahead"), [("+90m", 90), ("+2h", 120), ("+1d", 1440)])
def test_an_end_may_be_so_long_from_now(database, given, ahead):
    run("maintenance", "--until", given)
    left = site_mode().until - timezone.now()
    assert timedelta(minutes=ahead - 1) <= left <= timedelta(minutes=ahead)


def test_an_offset_is_understood(database):
    run("maintenance", "--until", "2099-12-01T04:00+02:00")
    assert site_mode().until == datetime(2099, 12, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--message", "Why."),
        ("normal", "--message", "Why."),
        ("normal", "--until", "+2h"),
        ("read-only", "--until", "2020-01-01T00:00"),
        ("read-only", "--message", "x" * 301),
    ],
)
def test_what_does_not_go_together_is_wrong_use(database, arguments):
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert refused.value.returncode == ExitCode.WRONG_USE
    assert site_mode().is_normal


@pytest.mark.parametrize(
    "arguments", [("closed",), ("read-only", "--until", "tomorrow"), ("read-only", "--until", "9")]
)
def test_what_is_not_understood_is_refused(database, arguments):
    with pytest.raises(CommandError):
        run(*arguments)
    assert site_mode().is_normal
