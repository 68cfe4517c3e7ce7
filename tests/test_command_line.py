"""``python -m streamsite``: the list of commands, and completion in three shells."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from streamsite import __version__
from streamsite.management import completion
from streamsite.management.command_list import CommandInfo

ROOT = Path(__file__).parent.parent
COMMANDS = [
    CommandInfo("sweep", "Move what nobody's row names: to the trash.", ("--dry-run", "--force")),
    CommandInfo("site_id", "Check the site's ID.", ()),
]


def run(*arguments):
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "streamsite", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_without_arguments_the_commands_are_listed_without_a_database():
    done = run()
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if line.startswith("  ")}
    assert {"doctor", "prepare", "sweep", "createsuperuser", "version"} <= set(rows)
    assert all(len(line.split(maxsplit=1)) == 2 and len(line) <= 105 for line in rows.values())
    assert run("--help").stdout == done.stdout


def test_a_command_is_passed_to_manage():
    assert run("version").stdout == f"{__version__}\n"
    refused = run("no_such_command")
    assert refused.returncode == 2
    assert refused.stderr.startswith("python -m streamsite: there is no command 'no_such_command'.")


@pytest.mark.parametrize("port", ["0", "65536", "99999999", "http", "-1"])
def test_a_port_that_there_is_not_is_refused(port):
    refused = run("run_web", f"--port={port}")
    assert refused.returncode == 2
    assert "use a port from 1 to 65535" in refused.stderr


def test_an_unknown_shell_is_told_which_there_are():
    done = run("completion", "tcsh")
    assert (done.returncode, done.stderr) == (
        2,
        "usage: python -m streamsite completion bash|zsh|fish\n",
    )
    completed = run("completion", "bash").stdout
    assert "doctor) words='--json --quiet'" in completed
    assert "site_mode) words='--message --until --dry-run'" in completed


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["streamsite", "s"], "site_id sweep"),
        (["streamsite", "sweep", "--f"], "--force"),
        (["streamsite", "site_id", "--"], ""),
    ],
)
def test_bash_completes(words, offered):
    asked = " ".join(f"'{word}'" for word in words)
    program = (
        f"{completion.script('bash', COMMANDS)}\n"
        f"COMP_WORDS=({asked}); COMP_CWORD={len(words) - 1}; _streamsite\n"
        'printf "%s\\n" "${COMPREPLY[@]}" | sort | xargs'
    )
    done = subprocess.run(
        [shutil.which("bash"), "-c", program], capture_output=True, text=True, check=True, timeout=20
    )
    assert (done.stdout.strip(), done.stderr) == (offered, "")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_read_their_scripts(shell, tmp_path):
    script = tmp_path / "script"
    script.write_text(completion.script(shell, COMMANDS))
    if program := shutil.which(shell):
        checked = subprocess.run([program, "-n", script], capture_output=True, check=False, timeout=20)
        assert (checked.returncode, checked.stderr) == (0, b"")
    text = script.read_text()
    assert "nobody’s row" in text
    assert text.count("'") % 2 == 0
