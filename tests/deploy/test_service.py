"""The unit that ``script/install-service`` writes, run by systemd: a public site on the real ports, unprivileged."""

import os
import re
import time
from pathlib import Path

import pytest
from cryptography import x509

from streamsite.supervisor.service import SETTINGS, UNIT, Service, merge
from tests.deploy.test_systemd import OWN, START_SECONDS, STUB, SYSTEMD, TARGETS, UNITS, inside, logs
from tests.support.deploy.containers import Container
from tests.support.deploy.visitor import Visitor
from tests.support.public_site import require_caddy

NAME = "videos.example.org"
LOW_PORTS = 1 << 10


@pytest.fixture(scope="module")
def service(machine, layer):
    """A machine on which systemd runs the unit, with settings as the installer writes them."""
    if not SYSTEMD.exists():
        pytest.skip("there is no systemd here")
    folder = machine / "service"
    (folder / "data").mkdir(parents=True)
    (folder / "log").mkdir()
    lines = {
        "DOMAIN": NAME,
        "DOMAIN_TLS": "internal",
        "STREAMSITE_DATA_DIR": "/var/lib/streamsite",
        "MONGODB_URI": os.environ["MONGODB_URI"] + "&appName=as-a-service",
        "MONGODB_NAME": "as-a-service",
        "CADDY_BIN": "/usr/local/bin/caddy",
    }
    stubs = {f"{UNITS}/{name}.target": STUB for name in (*TARGETS, "multi-user")}
    log = "[Service]\nStandardOutput=append:/var/log/site.log\nStandardError=append:/var/log/site.log\n"
    system = Container(
        "service",
        folder,
        [str(SYSTEMD), "--system", "--unit=multi-user.target", "--log-target=console", "--show-status=0"],
        {"container": "streamsite-trial"},
        layer,
        volumes={"/var/lib/streamsite": folder / "data"},
        files=stubs
        | {
            str(UNIT): Service().unit(),
            f"{OWN}/{UNIT.name}.d/log.conf": log,
            str(SETTINGS): merge("", lines),
        },
        temporary=("/tmp", UNITS, OWN),
        setup=[
            "mount -t sysfs none {root}/sys",
            "mount --rbind /sys/fs/cgroup {root}/sys/fs/cgroup",
            "mount --bind {root}/proc/sys {root}/proc/sys",
            "mount -o remount,bind,ro {root}/proc/sys",
            f"cp {require_caddy()} {{root}}/usr/local/bin/caddy",
            "ln -s /opt/venv {root}/srv/streamsite/.venv",
            f"mkdir -p {{root}}{OWN}/multi-user.target.wants",
            f"ln -s ../{UNIT.name} {{root}}{OWN}/multi-user.target.wants/",
            f"mount --bind {folder}/log {{root}}/var/log",
        ],
        namespaces=("--cgroup",),
    )
    system.start()
    yield system
    system.process.kill()
    system.process.wait(timeout=20)


def wait_for_root(system):
    """Return the file of the site's root certificate, once the site is there."""
    deadline = time.monotonic() + START_SECONDS
    plain = Visitor("http://127.0.0.1")
    while "press Ctrl-C to stop" not in logs(system):
        assert system.is_running(), logs(system)
        assert time.monotonic() < deadline, logs(system)
        time.sleep(0.5)
    status, _, content = plain.call("GET", "/streamsite-root.crt")
    assert status == 200, logs(system)
    root = system.folder / "root.crt"
    root.write_bytes(content)
    return root


def capabilities(system):
    """Return the effective capabilities of the processes of the site's user, by the name of each."""
    user = inside(system, "id -u streamsite").stdout.strip()
    assert user not in {"", "0"}
    shown = inside(system, "for p in /proc/[0-9]*; do cat $p/status; done 2>/dev/null").stdout
    found = {}
    for status in shown.split("Name:\t")[1:]:
        name = status.partition("\n")[0]
        uid, effective = re.search(r"Uid:\s+(\d+)", status)[1], re.search(r"CapEff:\s+(\w+)", status)[1]
        if uid == user:
            found.setdefault(name, set()).add(int(effective, 16))
    return found


def test_an_unprivileged_service_serves_the_real_ports(service, names):
    root = wait_for_root(service)
    assert x509.load_pem_x509_certificate(root.read_bytes())
    visitor = Visitor(f"https://{NAME}", authority=root)
    status, _, content = visitor.call("GET", "/")
    assert status == 200, content
    assert f'content="https://{NAME}"'.encode() in content
    assert visitor.call("GET", "/readyz")[0] == 200
    found = capabilities(service)
    assert found["caddy"] == {LOW_PORTS}
    assert found["nginx"] == {0}
    # The supervisor has it, to try the ports and to give it to Caddy.
    assert {name for name, held in found.items() if held != {0}} <= {"caddy", "python", "python3"}
    assert all(held <= {0, LOW_PORTS} for held in found.values()), found


def test_its_secrets_are_in_the_data_folder_and_closed(service):
    folder = Path(service.folder / "data")
    assert (folder / "tls").stat().st_mode & 0o777 == 0o700
    assert any((folder / "tls" / "certificates").rglob(f"{NAME}.key"))
