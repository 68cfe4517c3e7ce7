"""The exit codes of every command, as docs/operations.md has them, and what Ctrl-C leaves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection

from streamsite import site_id
from streamsite.management import command_list
from streamsite.management.exit_codes import ExitCode
from streamsite.management.site_command import OperatorCommand
from streamsite.mongo.collections import collection
from streamsite.mongo.locks import hold_lock

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CHAPTER = GUIDE.partition("\n## Commands and exit codes\n")[2].partition("\n## ")[0]
COMMANDS = [(package, name) for package in command_list.PACKAGES for name in command_list._names(package)]


def made(package, name):
    return import_module(f"{package}.management.commands.{name}").Command()


def manage(*words, **environment):
    own = {"DJANGO_SETTINGS_MODULE": "streamsite.settings", "MONGODB_NAME": connection.settings_dict["NAME"]}
    return subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ | own | {"PYTHONUNBUFFERED": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background of a shell ignores Ctrl-C, and so would this process.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_the_table_lists_every_command():
    rows = re.findall(r"^\| `(\w+)`", CHAPTER, re.MULTILINE)
    assert sorted(rows) == sorted(name for _, name in COMMANDS)


def test_the_table_lists_every_code():
    rows = re.findall(r"^\| (\d+) \|", CHAPTER, re.MULTILINE)
    assert [int(code) for code in rows] == [code.value for code in ExitCode]


@pytest.mark.parametrize(("package", "name"), COMMANDS)
def test_ctrl_c_ends_every_command_with_130_and_a_sentence(database, package, name, monkeypatch):
    command = made(package, name)
    assert isinstance(command, OperatorCommand)
    assert command.if_stopped.endswith(".")

    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(command), "handle", interrupted)
    monkeypatch.setattr(type(command), "requires_system_checks", ())
    with pytest.raises(CommandError) as ended:
        command.execute(no_color=True, force_color=False, skip_checks=True)
    assert ended.value.returncode == ExitCode.INTERRUPTED
    assert str(ended.value) == f"Stopped. {command.if_stopped}"


@pytest.mark.parametrize(("package", "name"), COMMANDS)
def test_an_unknown_option_is_wrong_use(package, name, capsys):
    with pytest.raises(SystemExit) as ended:
        made(package, name).run_from_argv(["manage.py", name, "--no-such-option"])
    assert ended.value.code == ExitCode.WRONG_USE
    assert f"manage.py {name}: error: " in capsys.readouterr().err


def test_a_process_that_is_interrupted_leaves_no_traceback(database):
    """``prepare`` waits for another one, as it may for minutes."""
    with hold_lock(collection(site_id.COLLECTION), "prepare", waiting=lambda: None):
        process = manage("prepare", "--no-demo")
        assert "Waiting" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in told
    assert told.rstrip().endswith("Stopped. Run the command again: it continues.")


@pytest.mark.parametrize(
    "words", [("reconcile",), ("rebuild_search", "--dry-run"), ("site_id",), ("prepare", "--plan")]
)
def test_a_database_that_does_not_answer_is_3(words):
    process = manage(*words, MONGODB_URI="mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200")
    _, told = process.communicate(timeout=100)
    assert process.returncode == ExitCode.NOT_BEGUN, told
    assert "Traceback" not in told
    assert "does not answer" in told


def test_what_does_not_go_together_is_2(database):
    process = manage("site_mode", "normal", "--message", "Why.")
    _, told = process.communicate(timeout=100)
    assert (process.returncode, "Normal mode has no message" in told) == (ExitCode.WRONG_USE, True)
