"""A site of a module's own, with an administrator, for what all visitors of a site notice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.http_client import PASSWORD
from tests.support.stack import Stack

ADMINISTRATOR = "boss"


@contextmanager
def administered_site(folder: Path) -> Iterator[Stack]:
    """Start a site with two web processes and the administrator ``boss``; end it with the block."""
    stack = Stack(folder, web_processes=2)
    stack.start()
    try:
        person = ("--username", ADMINISTRATOR, "--email", f"{ADMINISTRATOR}@example.org")
        stack.manage("createsuperuser", "--noinput", *person, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
        yield stack
    finally:
        stack.kill()
