"""``script/install-service``: the unit for this machine's folders, and the settings beside it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from streamsite.front.caddy import options as https_options
from streamsite.supervisor import service
from streamsite.supervisor.service import InstallError, Service, merge, settings_lines
from tests.support.stack import ROOT

# What Debian's systemd 252 calls "OK"; the other units are at 3.0.
MAX_EXPOSURE = 30


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    command = [sys.executable, "-m", "streamsite.supervisor.service", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def public(*arguments: str) -> https_options.HttpsOptions | None:
    return https_options.read(service.parse(list(arguments)))


def test_the_shipped_unit_is_the_one_for_the_usual_folders():
    assert Service().unit() == service.TEMPLATE.read_text()


def test_a_unit_names_the_folders_and_the_user_of_this_machine():
    unit = Service(Path("/opt/video site".replace(" ", "-")), Path("/data/streamsite"), "video").unit()
    lines = unit.splitlines()
    for line in (
        "User=video",
        "WorkingDirectory=/opt/video-site",
        "Environment=STREAMSITE_DATA_DIR=/data/streamsite",
        "ExecStart=/opt/video-site/.venv/bin/python -m streamsite.supervisor --no-demo",
        "ReadWritePaths=/data/streamsite",
    ):
        assert line in lines, line
    assert "StateDirectory" not in unit
    assert not re.search(r"/srv/streamsite|/var/lib/streamsite", unit)


@pytest.mark.parametrize(
    "folder", ["/home/me/streamsite", "/root/streamsite", "/srv/a b", "/srv/%n", "/srv/a\nUser=root"]
)
def test_folders_that_a_unit_cannot_use_are_refused(folder):
    for one in (Service(code=Path(folder)), Service(data=Path(folder))):
        with pytest.raises(InstallError):
            one.unit()


def test_the_process_gets_one_privilege_and_no_way_to_more():
    lines = service.TEMPLATE.read_text().splitlines()
    for line in (
        "AmbientCapabilities=CAP_NET_BIND_SERVICE",
        "CapabilityBoundingSet=CAP_NET_BIND_SERVICE",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "EnvironmentFile=/etc/streamsite.env",
    ):
        assert line in lines, line


def test_systemd_finds_it_well_hardened(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd here")
    path = tmp_path / "streamsite.service"
    path.write_text(Service().unit())
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", str(path)]
    judged = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if "unrecognized option" in judged.stderr:
        pytest.skip("this systemd judges only what runs")
    assert judged.returncode == 0, judged.stdout[-500:] + judged.stderr


def test_settings_say_what_was_asked_for_and_nothing_else():
    assert settings_lines(None, Path("/data")) == {"STREAMSITE_DATA_DIR": "/data"}
    usual = {"STREAMSITE_DATA_DIR": "/data", "DOMAIN": "videos.example.org"}
    assert settings_lines(public("--domain", "Videos.Example.ORG"), Path("/data")) == usual
    asked = ("--acme-email", "me@example.org", "--acme-ca", "https://ca.lan/d", "--https-port", "8443")
    assert settings_lines(public("--domain", "videos.example.org", *asked), Path("/data")) == usual | {
        "ACME_EMAIL": "me@example.org",
        "ACME_CA": "https://ca.lan/d",
        "HTTPS_PORT": "8443",
    }


def test_other_settings_stay_when_it_is_repeated():
    present = "# ours\nSITE_NAME=Films\nDOMAIN=old.example.org\nEMAIL_HOST=smtp.example.org"
    merged = merge(present, {"DOMAIN": "new.example.org", "ACME_EMAIL": "me@example.org"})
    assert merged == (
        "# ours\nSITE_NAME=Films\nDOMAIN=new.example.org\nEMAIL_HOST=smtp.example.org\nACME_EMAIL=me@example.org\n"
    )
    assert merge(merged, {"DOMAIN": "new.example.org"}) == merged


def test_a_dry_run_prints_settings_and_unit_and_changes_nothing():
    shown = run("--domain", "videos.example.org", "--dry-run", "--data", "/var/lib/streamsite")
    if ROOT.is_relative_to("/root") or ROOT.is_relative_to("/home") or " " in str(ROOT):
        assert "out of a service's reach" in shown.stderr
        return
    assert shown.returncode == 0, shown.stderr
    settings, _, unit = shown.stdout.partition(f"# {service.UNIT}\n")
    assert settings == (
        "# /etc/streamsite.env\nSTREAMSITE_DATA_DIR=/var/lib/streamsite\nDOMAIN=videos.example.org\n\n"
    )
    assert unit == Service(ROOT).unit()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--domain", "https://a.example.org", "--dry-run"), "without https://"),
        (("--domain", "192.168.1.5", "--dry-run"), "--tls internal"),
        (("--data", "/home/me/data", "--dry-run"), "out of a service's reach"),
    ],
)
def test_mistakes_are_one_line(arguments, why):
    ended = run(*arguments)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("script/install-service: ")
    assert why in line or ROOT.is_relative_to("/home") or ROOT.is_relative_to("/root")
