"""The units of deploy/systemd: systemd knows every line of them, and what they may do is little."""

import os
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.support.deploy import files
from tests.test_deploy import DEPLOY, KNOWN, is_command


@pytest.mark.parametrize("path", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda path: path.stem)
def test_units_start_commands_that_exist(path):
    service = files.parse_unit(path.stem)["Service"]
    for command in (*service["ExecStart"], *service.get("ExecStartPre", ())):
        assert is_command(shlex.split(command))
    assert {line.partition("=")[0] for line in service["Environment"]} <= KNOWN


def test_systemd_knows_every_line_of_the_units(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd here")
    names = sorted(path.name for path in (DEPLOY / "systemd").glob("*.service"))
    assert len(names) == len(files.UNITS) + 1
    for name in names:
        text = (DEPLOY / "systemd" / name).read_text()
        (tmp_path / name).write_text(text.replace("/srv/streamsite/.venv/bin/python", sys.executable))
    said = subprocess.run(
        ["systemd-analyze", "verify", *names],  # noqa: S607
        cwd=tmp_path,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    about_ours = [line for line in said.stderr.splitlines() if "streamsite" in line]
    assert about_ours == []


def test_units_leave_room_for_a_long_update_and_an_orderly_end():
    for name in files.UNITS:
        unit = files.parse_unit(name)
        assert unit["Service"]["KillMode"] == ["mixed"]
        assert unit["Service"]["UMask"] == ["0027"]
        assert unit["Service"]["EnvironmentFile"] == ["/etc/streamsite.env"]
        is_web = name == "streamsite-web"
        assert ("infinity" in unit["Service"].get("TimeoutStartSec", ())) is is_web
        # Workers start once the database is prepared.
        assert ("streamsite-web.service" in unit["Unit"]["After"][0].split()) is not is_web


@pytest.mark.parametrize("path", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda path: path.stem)
def test_systemd_counts_little_exposure(path):
    """At most 3 of 10, as ``systemd-analyze security`` counts what a unit may do."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd here")
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=30", path],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if "unrecognized option" in said.stderr or "Unknown option" in said.stderr:
        pytest.skip("this systemd cannot look at a file")
    assert "Overall exposure level" in said.stdout
    assert said.returncode == 0, said.stdout.splitlines()[-1]
