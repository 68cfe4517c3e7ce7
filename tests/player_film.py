"""One film for several files of player tests: uploaded and encoded once for each running site."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from tests.support.browser import until
from tests.support.clips import make_clip
from tests.support.http_client import Caller
from tests.support.stack import Stack

SECONDS = 20


@functools.cache
def _film(site: Stack, folder: Path) -> str:
    owner = Caller(site).sign_up("player-film-owner")
    clip = make_clip(folder / "film.mp4", SECONDS, (160, 90), 25)
    video_id = owner.upload(clip, title="A film to come back to", visibility="public")
    return owner.wait(video_id, "ready")["id"]


@pytest.fixture(scope="module")
def film(site, tmp_path_factory) -> str:
    """The id of a public video of ``SECONDS``."""
    return _film(site, tmp_path_factory.getbasetemp())


def open_watch_page(page, film: str, address: str = "") -> None:
    """Open the watch page, paused, and wait until the player has its controls and knows where it begins."""
    page.goto(f"/watch/{film}{address}")
    until(page, "v?.slot === 'media' && v.readyState >= 2 && !v.seeking")
    page.evaluate("document.querySelector('video').pause()")


def seek_to(page, seconds: float) -> None:
    """Move the paused film and wait until it is there."""
    page.evaluate("to => { document.querySelector('video').currentTime = to; }", seconds)
    until(page, f"!v.seeking && Math.abs(v.currentTime - {seconds}) < 0.5")


def current_time(page) -> float:
    """Return where the film is."""
    return page.evaluate("document.querySelector('video').currentTime")
