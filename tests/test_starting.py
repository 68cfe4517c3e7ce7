"""A start's messages to its operator, its user, and the modes of the files it makes."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from streamsite import checks, privileges, startup_warnings
from streamsite.server_command import CONNECTIONS
from videos.transcoding import ffmpeg

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65_534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def told(monkeypatch, **environment):
    """Ids and hints of what ``check`` says about these variables."""
    monkeypatch.setattr(checks.os, "environ", environment)
    return [
        (message.id, message.msg.split()[0], message.hint) for message in checks.check_unknown_variables()
    ]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MONGODB_NAEM", "MONGODB_NAME"),
        ("MONGODB_URL", "MONGODB_URI"),
        ("SITE_URI", "SITE_URL"),
        ("TRUSTED_PROXY", "TRUSTED_PROXIES"),
        ("SECRET_KEYFILE", "SECRET_KEY_FILE"),
        ("MAX_UPLOAD_BYTE", "MAX_UPLOAD_BYTES"),
        ("S3_SECRET_ACCESS_KEY_FIL", "S3_SECRET_ACCESS_KEY_FILE"),
    ],
)
def test_a_mistyped_setting_is_noticed(monkeypatch, name, meant):
    assert told(monkeypatch, **{name: "x"}) == [("streamsite.W030", name, f"Did you mean {meant}?")]


def test_variables_of_others_are_not(monkeypatch):
    listed = re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    others = (
        *("PATH", "HOME", "LANG", "LC_ALL", "HOSTNAME", "TERM", "USER", "SHELL", "PWD", "TZ", "PYTHONPATH"),
        *(
            "STREAMSITE_PORT",
            "STREAMSITE_SERVICE_HOST",
            "STREAMSITE_SERVICE_PORT",
            "MONGODB_PORT",
            "REDIS_PORT",
        ),
        *(
            "DJANGO_SETTINGS_MODULE",
            "STREAMSITE_SUPERVISED",
            "MONGO_PASSWORD",
            "AWS_REGION",
            "KUBERNETES_PORT",
        ),
    )
    assert told(monkeypatch, **dict.fromkeys((*listed, *others), "x")) == []


def test_warnings_are_lines_and_stop_nothing(monkeypatch, caplog):
    monkeypatch.setattr(startup_warnings, "_warnings", [lambda: "The bucket is away.", lambda: ""])
    monkeypatch.setattr(privileges.os, "geteuid", lambda: 0)
    startup_warnings.log_startup_warnings()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", privileges.AS_ROOT),
        ("WARNING", "The bucket is away."),
    ]
    monkeypatch.setattr(privileges.os, "geteuid", lambda: 1000)
    assert privileges.root_warning() == ""


def test_nobody_but_root_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(privileges.os, "geteuid", lambda: 1000)
    assert privileges.drop_root(tmp_path) == ""


@as_root
def test_root_stays_in_its_own_folder_and_in_none(tmp_path):
    assert privileges.drop_root(tmp_path) == ""
    assert privileges.drop_root(tmp_path / "missing") == ""
    assert os.geteuid() == 0


@as_root
def test_root_becomes_the_owner_of_the_data_folder(tmp_path):
    """In a process of its own, for there is no way back."""
    folder = tmp_path / "data"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    code = (
        "import os, sys, pathlib\nfrom streamsite import privileges\n"
        "privileges._can_load = lambda *given: True\n"
        "print(privileges.drop_root(pathlib.Path(sys.argv[1])))\n"
        "print(os.getresuid(), os.getresgid(), os.getgroups(), os.environ['HOME'] != '/root')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    sentence, ids = ran.stdout.splitlines()
    assert sentence.startswith("Started as root; continuing as nobody, who owns the data folder")
    ids_of = f"({NOBODY}, {NOBODY}, {NOBODY})"
    assert ids == f"{ids_of} {ids_of} [{NOBODY}] True"


@as_root
def test_root_continues_when_the_owner_cannot_load_the_code(tmp_path, monkeypatch):
    os.chown(tmp_path, NOBODY, NOBODY)
    monkeypatch.setattr(privileges, "PROBE", "import sys; sys.exit(1)")
    assert privileges.drop_root(tmp_path).startswith("Continuing as root: nobody, who owns")
    assert os.geteuid() == 0


@as_root
def test_ffmpeg_of_root_has_none_of_its_capabilities():
    confine = [sys.executable, "-I", "-S", ffmpeg._LAUNCHER, str(os.getpid()), "9", str(2**33), str(2**30)]
    ran = subprocess.run(
        [*confine, '{"layers": []}', "/bin/cat", "/proc/self/status"],
        capture_output=True,
        text=True,
        check=True,
    )
    held = dict(re.findall(r"^(Cap\w+):\s+(\w+)$", ran.stdout, re.MULTILINE))
    assert int(held["CapEff"], 16) == int(held["CapBnd"], 16) == 1 << 1  # CAP_DAC_OVERRIDE


def test_the_web_server_may_open_as_many_files_as_it_takes_connections(tmp_path):
    """Processes get a soft limit of 1,024 from systemd and shells."""
    code = (
        "import os, resource, runpy, sys\n"
        "os.execv = lambda *given: print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])\n"
        "sys.argv = ['manage.py', 'run_web']\n"
        "runpy.run_path('manage.py', run_name='__main__')\n"
    )
    limited = f'ulimit -Sn 256; exec {sys.executable} -c "$0"'
    environment = {
        "PATH": os.environ["PATH"],
        "MONGODB_URI": "mongodb://127.0.0.1:1/",
        "SECRET_KEY": "x" * 50,
        "STREAMSITE_DATA_DIR": str(tmp_path),
    }
    ran = subprocess.run(
        ["/bin/sh", "-c", limited, code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert int(ran.stdout) > CONNECTIONS


def modes(folder):
    """Every file and folder with its mode, and random names made alike."""
    return {
        re.sub(r"\d{8}T\d{6}-\w+", "KEY", str(path.relative_to(folder))): oct(
            stat.S_IMODE(path.lstat().st_mode)
        )
        for path in (folder, *folder.rglob("*"))
        if "__pycache__" not in path.parts
    }


def test_modes_do_not_depend_on_the_umask(database, tmp_path):
    """``prepare``, begun with the loosest and the tightest umask."""
    found = {}
    for umask in ("000", "077"):
        folder = tmp_path / umask
        environment = {
            "PATH": os.environ["PATH"],
            "MONGODB_URI": os.environ["MONGODB_URI"],
            "MONGODB_NAME": connection.settings_dict["NAME"],
            "SECRET_KEY": "x" * 50,
            "STREAMSITE_DATA_DIR": str(folder),
        }
        commands = f"umask {umask}; exec {sys.executable} manage.py prepare"
        subprocess.run(
            ["/bin/sh", "-ec", commands],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=True,
            timeout=60,
        )
        found[umask] = modes(folder)
    assert found["000"] == found["077"]
    assert found["000"]["."] == found["000"]["media"] == "0o750"
    assert found["000"]["keys/demo_password"] == "0o600"
    assert not [path for path, mode in found["000"].items() if int(mode, 8) & 0o007]
