"""The ways in which a site is reached: directly, or through the shipped nginx configuration in front of it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streamsite.testing.stack import Stack, free_port

CONFIGURATION = Path(__file__).resolve().parent.parent / "deploy" / "nginx.conf"
WORLDS = ("direct", "nginx")
START_SECONDS = 15


def nginx_binary() -> str:
    """nginx, installed from Debian's packages when that is possible; else the test is skipped, and says why."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "nginx-light"]):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if found is None:
        pytest.skip("nginx is not installed: install the package 'nginx' to test the shipped configuration")
    return found


class Front:
    """A site as it is reached through nginx; what is not about addresses is the site's own."""

    def __init__(self, site: Stack, port: int) -> None:
        self.site = site
        self.port = port
        self.url = f"http://localhost:{port}"
        self.data_dir = site.data_dir


def render(folder: Path, site: Stack, port: int) -> Path:
    """The shipped file with this machine's addresses and folders, and nothing else changed."""
    text = CONFIGURATION.read_text()
    changes = {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{site.port};",
        "alias /srv/streamsite/media/;": f"alias {site.data_dir}/media/;",
        "pid /run/nginx.pid;": f"pid {folder}/nginx.pid;",
    }
    for line, replacement in changes.items():
        assert text.count(line) == 1, line
        text = text.replace(line, replacement)
    if os.geteuid() == 0:
        # The test's folders are root's alone.
        text = f"user root;\n{text}"
    temporary = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = re.sub(r"^http \{$", f"http {{\n  {temporary}", text, flags=re.MULTILINE)
    path = folder / "nginx.conf"
    path.write_text(text)
    return path


@contextmanager
def behind(kind: str, folder: Path) -> Iterator[Stack | Front]:
    """A running site of the kind, stopped at the end."""
    if kind == "direct":
        with running(Stack(folder)) as site:
            yield site
        return
    nginx = nginx_binary()
    with running(Stack(folder, MEDIA_ACCEL_PREFIX="/internal/", TRUSTED_PROXIES="1")) as site:
        port = free_port()
        path = render(folder, site, port)
        process = subprocess.Popen(
            [nginx, "-p", str(folder), "-c", str(path), "-g", "daemon off;"], start_new_session=True
        )
        try:
            wait_for(f"http://localhost:{port}/healthz", process)
            yield Front(site, port)
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=20)


@contextmanager
def running(site: Stack) -> Iterator[Stack]:
    """The site between its start and its stop."""
    site.start()
    try:
        yield site
    finally:
        site.stop()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return once ``url`` answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("nginx does not answer")
