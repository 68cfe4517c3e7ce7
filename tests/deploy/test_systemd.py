"""The units of deploy/systemd, started by systemd itself in namespaces of its own.

Of the machine's own units it sees none: only targets without content, and those that are shipped.
"""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.support.deploy import files, standins
from tests.support.deploy.containers import Container
from tests.support.deploy.visitor import PASSWORD, Visitor
from videos.transcoding import ffmpeg

SYSTEMD = Path("/lib/systemd/systemd")
TARGETS = ("sysinit", "basic", "shutdown", "umount", "network-online", "final")
STUB = "[Unit]\nDescription=Nothing\nDefaultDependencies=no\n"
UNITS = "/usr/lib/systemd/system"
OWN = "/etc/systemd/system"
GUIDE = (files.ROOT / "docs" / "operations.md").read_text()
# What the guide's example leaves to the operator.
SETTINGS = {
    "SITE_URL": "https://videos.example.org",
    "SECRET_KEY": "RczIsERUHkfaP-XcDs-_owypldvOBxDcIwtrqysuEsZWgQVzUvDJoaqzImEH2ov3",
    "MONGODB_URI": os.environ["MONGODB_URI"] + "&appName=as-written",
    "MONGODB_NAME": "under-systemd",
}
START_SECONDS = 90


def block(heading: str) -> str:
    """Return the first block of commands below a heading of the guide."""
    found = re.search(rf"### {heading}\n.*?```sh\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None, heading
    return found[1]


def settings_file() -> str:
    """/etc/streamsite.env as the guide shows it, with the operator's own values."""
    shown = re.search(r"### With systemd\n.*?```ini\n(.*?)```", GUIDE, re.DOTALL)
    assert shown is not None
    lines = [line for line in shown[1].splitlines() if line.partition("=")[0] not in SETTINGS]
    return "\n".join([*lines, *(f"{name}={value}" for name, value in SETTINGS.items())]) + "\n"


@pytest.fixture(scope="module")
def machine_with_units(machine, layer):
    """A machine on which the guide's commands were run."""
    if not SYSTEMD.exists():
        pytest.skip("there is no systemd here")
    folder = machine / "systemd"
    data = folder / "data"
    data.mkdir(parents=True)
    stubs = {f"{UNITS}/{name}.target": STUB for name in TARGETS}
    # In the order of the guide; what needs the network or another machine was done by the image.
    commands = [
        line.removeprefix("sudo ")
        for line in block("With systemd").splitlines()
        if line.startswith("sudo ")
        and not re.search(r"git clone|-m venv|/pip |sudoedit|systemctl|createsuperuser", line)
    ]
    system = Container(
        "systemd",
        folder,
        [str(SYSTEMD), "--system", "--unit=multi-user.target", "--log-target=console", "--show-status=0"],
        {"container": "streamsite-trial"},
        layer,
        volumes={"/var/lib/streamsite": data},
        files=stubs | {f"{UNITS}/multi-user.target": STUB, "/srv/streamsite/settings": settings_file()},
        temporary=("/tmp", UNITS, OWN),
        setup=[
            "mount -t sysfs none {root}/sys",
            "mount --rbind /sys/fs/cgroup {root}/sys/fs/cgroup",
            "mount --bind {root}/proc/sys {root}/proc/sys",
            "mount -o remount,bind,ro {root}/proc/sys",
            "chroot {root} userdel streamsite",  # the image has one
            "ln -s /opt/venv {root}/srv/streamsite/.venv",
            *(f"chroot {{root}} sh -ec 'cd /srv/streamsite; {command}'" for command in commands),
            "cp {root}/srv/streamsite/settings {root}/etc/streamsite.env",
            f"for unit in {' '.join(files.UNITS)}; do"
            f"  mkdir -p {{root}}{OWN}/$unit.service.d {{root}}{OWN}/multi-user.target.wants;"
            f"  printf '[Service]\\nStandardOutput=append:/var/log/%s.log\\nStandardError=append:/var/log/%s.log\\n'"
            f" $unit $unit > {{root}}{OWN}/$unit.service.d/log.conf;"
            # systemctl enable
            f"  ln -s ../$unit.service {{root}}{OWN}/multi-user.target.wants/;"
            " done",
            f"mkdir -p {folder}/log",
            f"mount --bind {folder}/log {{root}}/var/log",
        ],
        namespaces=("--cgroup",),
    )
    system.start()
    yield system
    system.process.kill()
    system.process.wait(timeout=20)


def logs(system):
    own = [
        f"{path.name}:\n{path.read_text()[-3000:]}" for path in sorted((system.folder / "log").glob("*.log"))
    ]
    return "\n".join([system.output()[-3000:], *own])


def inside(system, command):
    """Run a command on that machine, as a login shell of root would."""
    (pid,) = [
        int(word)
        for word in Path(f"/proc/{system.process.pid}/task/{system.process.pid}/children").read_text().split()
    ]
    return subprocess.run(
        ["nsenter", "-t", str(pid), "--mount", "--pid", f"--root=/proc/{pid}/root", "env", "-i",
         "PATH=/usr/sbin:/usr/bin:/sbin:/bin", f"DJANGO_SUPERUSER_PASSWORD={PASSWORD}", "sh", "-ec", command],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def front(machine_with_units):
    """An nginx of one's own as the guide says: not the site's user, but in its group."""
    system = machine_with_units
    certificate = standins.make_certificate(system.folder / "letsencrypt")
    made = inside(system, "cd /srv/streamsite; .venv/bin/python manage.py nginx_conf")
    assert made.returncode == 0, made.stderr
    group = (system.folder / "data").stat().st_gid
    nginx = Container(
        "nginx",
        system.folder,
        ["nginx", "-g", "daemon off;"],
        volumes={
            "/var/lib/streamsite": system.folder / "data",
            "/etc/letsencrypt": system.folder / "letsencrypt",
        },
        files=standins.nginx_files(group=group)
        | {"/etc/hosts": standins.HOSTS, "/etc/nginx/nginx.conf": standins.enable_mongo_tls(made.stdout)},
    )
    nginx.start()
    yield nginx, certificate
    nginx.stop(signal.SIGQUIT)


def wait_until_ready(system):
    visitor = Visitor("http://127.0.0.1:8000")
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            if visitor.call("GET", "/readyz")[0] == 200:
                return
        except OSError:
            pass
        assert system.is_running(), logs(system)
        assert time.monotonic() < deadline, logs(system)
        time.sleep(0.5)


def test_the_units_come_up_and_play_a_video(machine_with_units, trial_clip, names, request):
    system = machine_with_units
    wait_until_ready(system)
    (typed,) = [line for line in block("With systemd").splitlines() if "createsuperuser" in line]
    typed = typed.replace("sudo -u streamsite", "setpriv --reuid streamsite --regid streamsite --init-groups")
    made = inside(system, f"cd /srv/streamsite; {typed} --noinput --username boss --email b@example.org")
    assert made.returncode == 0, made.stdout + made.stderr
    nginx, certificate = request.getfixturevalue("front")
    visitor = Visitor(SETTINGS["SITE_URL"], authority=certificate)
    visitor.wait_until_answering(nginx)
    visitor.sign_in("boss")
    video = visitor.wait_until_ready(
        visitor.upload(trial_clip, filename="a.mp4", title="A", visibility="public")
    )
    assert visitor.play(video)["server"] == "nginx"


def test_the_hardening_leaves_ffmpeg_its_sandbox(machine_with_units):
    """Both layers that this machine has were on while the worker's unit processed the video."""
    with MongoClient(os.environ["MONGODB_URI"]) as client:
        (video,) = client[SETTINGS["MONGODB_NAME"]]["videos_video"].find()
    confine = [sys.executable, "-I", "-S", ffmpeg._LAUNCHER, "--layers"]
    here = subprocess.run(confine, capture_output=True, text=True, check=True).stdout
    if not ("landlock" in here and "seccomp" in here):
        pytest.skip("this kernel has only a part of the sandbox")
    assert "Landlock and seccomp" in str(video["report"])


def test_nothing_is_written_outside_the_data_folder(machine_with_units):
    folder = machine_with_units.folder / "data"
    for path in (folder, folder / "media"):
        assert path.stat().st_mode & 0o777 == 0o750
    assert (folder / "keys").stat().st_mode & 0o777 == 0o700
