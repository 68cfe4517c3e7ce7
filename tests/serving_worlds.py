"""The ways in which a site is reached: directly, or through a web server in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamsite.testing.stack import Stack

WORLDS = ("direct",)


@contextmanager
def behind(kind: str, folder: Path) -> Iterator[Stack]:
    """A running site of the kind, stopped at the end."""
    site = Stack(folder)
    site.start()
    try:
        yield site
    finally:
        site.stop()
