"""The ways in which a site is reached: by itself, or through the nginx that ``script/server`` puts in front of it."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streamsite.front.binary import find_nginx
from tests.support.stack import Stack

ARGUMENTS = {"direct": ("--no-front",), "nginx": ()}
FRONTS = tuple(ARGUMENTS)
START_SECONDS = 60  # however busy the machine is


def require_nginx() -> str:
    """Return an nginx that runs here; without one the test is skipped, and says why."""
    found = find_nginx()
    if not found:
        pytest.skip("there is no nginx for this machine: install the package 'nginx'")
    return str(found[0].path)


@contextmanager
def run_site_behind(kind: str, folder: Path) -> Iterator[Stack]:
    """Run a site of the kind, and stop it at the end."""
    if kind == "nginx":
        require_nginx()
    with running(Stack(folder, arguments=ARGUMENTS[kind])) as site:
        yield site


@contextmanager
def running(site: Stack) -> Iterator[Stack]:
    """Run a site for the block."""
    site.start()
    try:
        yield site
    finally:
        site.kill()


def wait_until_answering(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return once ``url`` answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("nginx does not answer")
