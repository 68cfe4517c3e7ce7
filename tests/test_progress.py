"""Progress of commands: a bar on a terminal, else a line now and then, and nothing for jobs."""

from __future__ import annotations

import io
import threading

import pytest

from streamsite import progress
from streamsite.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """Let time pass by hand."""
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_a_terminal_gets_a_bar_that_is_cleared(clock):
    out = Terminal()
    shown = Progress(out)
    for _ in shown.track("videos", range(4), items=4):
        clock[0] += 1
    assert "\n" not in out.getvalue()
    assert "[#####...............]  25 %" in out.getvalue()
    assert "[####################] 100 %" in out.getvalue()
    assert "4 done" in out.getvalue()
    shown.end()
    assert out.getvalue().endswith(f"\r{'':{progress.WIDTH}}\r")


def test_a_log_gets_a_line_now_and_then(clock):
    out = io.StringIO()
    shown = Progress(out)
    shown.begin("files", expected=1000)
    for _ in range(10):
        clock[0] += 7
        shown.step(1, 100)
    shown.end()
    assert out.getvalue().splitlines() == [
        "files:  50 %  5 done, 500 bytes  0:35",
        "files:  100 %  10 done, 1.0 kB  1:10",
    ]


def test_what_is_over_soon_leaves_no_line(clock):
    out = io.StringIO()
    shown = Progress(out)
    for _ in shown.track("videos", range(100), items=100):
        clock[0] += 0.1
    assert out.getvalue() == ""


def test_a_phase_without_counts_says_that_it_goes_on(monkeypatch):
    monkeypatch.setattr(progress, "LINE_INTERVAL", 0.01)
    seen = threading.Event()

    class Watched(io.StringIO):
        def write(self, text):
            seen.set()
            return super().write(text)

    out = Watched()
    with Progress(out).ticking("sweeping"):
        assert seen.wait(20)
    assert out.getvalue().startswith("sweeping:  0:00\n")


def test_jobs_show_nothing():
    shown = Progress()
    with shown.ticking("sweeping"):
        shown.step(1, 10)
    assert (shown.items, shown.bytes) == (1, 10)
