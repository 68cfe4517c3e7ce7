"""The selection and order of tests.

Left out by default, and run with ``DEEP_TESTS=1``: tests with the mark ``deep``, and most tests of the database engine.
Those run, too, when the engine differs from ``digest.txt`` beside its tests, which a full run that passed writes.

Files that take longest come first, by ``tests/durations.json``, so that no worker is left with a long one alone at the
end; ``RECORD_DURATIONS=1`` writes that file. Files that wait for browsers and processes alternate with those that
compute, so that the cores are busy all the time.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.support.profile import is_deep

ROOT = Path(__file__).resolve().parents[2]
DURATIONS = ROOT / "tests" / "durations.json"
ENGINE = ROOT / "streamsite" / "mongo" / "engine"
# Beside the engine, and those that need the site's models.
ENGINE_TESTS = (ENGINE / "tests", ROOT / "tests" / "engine")
DIGEST = ENGINE / "tests" / "digest.txt"
# What the site asks, and how it is set up, is tried whatever became of the engine.
OF_THE_SITE = {"crowd.py", "plans.py", "profiler.py", "test_checks.py", "test_explain.py", "test_indexes.py"}
CORE_SHARE = 6  # every sixth test of the engine always runs
UNKNOWN_SECONDS, UNKNOWN_SLOW_SECONDS = 2.0, 20.0


def engine_digest() -> str:
    """Return a hash of the engine, of its tests, and of the packages that it stands on."""
    digest = hashlib.sha256(
        " ".join(f"{name}=={version(name)}" for name in ("Django", "pymongo", "djongo5")).encode()
    )
    for path in sorted({path for place in (ENGINE, *ENGINE_TESTS) for path in place.rglob("*.py")}):
        if path.name not in OF_THE_SITE:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Selection:
    """Choose and order the tests of this process."""

    def __init__(self) -> None:
        self.tries_engine = is_deep() or not DIGEST.is_file() or DIGEST.read_text().strip() != engine_digest()
        self.left_out: Counter[str] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what only a full run tries, unless it is named; order the rest by its file's duration."""
        named = any("::" in argument for argument in config.args)
        kept: list[pytest.Item] = []
        left: list[pytest.Item] = []
        for item in items:
            why = "" if named else self._why_left_out(item)
            self.left_out[why] += 1
            (left if why else kept).append(item)
        if left:
            config.hook.pytest_deselected(items=left)
        known = json.loads(DURATIONS.read_text()) if DURATIONS.is_file() else {}
        items[:] = arrange(kept, known)

    def _why_left_out(self, item: pytest.Item) -> str:
        if item.get_closest_marker("deep") and not is_deep():
            return "deep"
        if self.tries_engine or not is_of_engine(item.path):
            return ""
        is_core = (
            item.get_closest_marker("slow") is None and zlib.crc32(item.nodeid.encode()) % CORE_SHARE == 0
        )
        return "" if is_core else "engine"


def is_of_engine(path: Path) -> bool:
    """Return whether a file of tests tries the engine by itself."""
    return any(place in path.parents for place in ENGINE_TESTS) and path.name not in OF_THE_SITE


def arrange(items: Sequence[pytest.Item], known: Mapping[str, float]) -> list[pytest.Item]:
    """Return items by file, the longest files first; those that wait and those that compute end together."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    seconds = {path: _expected_seconds(of_file[0], known) for path, of_file in files.items()}
    paths = sorted(files, key=lambda path: -seconds[path])
    waiting = [path for path in paths if _waits(files[path][0])]
    computing = [path for path in paths if not _waits(files[path][0])]
    shares = [(done, path) for group in (waiting, computing) for path, done in _shares_before(group, seconds)]
    return [item for _, path in sorted(shares) for item in files[path]]


def _shares_before(paths: Sequence[Path], seconds: Mapping[Path, float]) -> Iterator[tuple[Path, float]]:
    """Yield each file and the share of its group's time that is over when it begins, from 0 to 1."""
    total = sum(seconds[path] for path in paths)
    done = 0.0
    for path in paths:
        yield path, done / total
        done += seconds[path]


def _waits(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None or item.get_closest_marker("browser") is not None


def _expected_seconds(item: pytest.Item, known: Mapping[str, float]) -> float:
    unknown = UNKNOWN_SLOW_SECONDS if _waits(item) else UNKNOWN_SECONDS
    return known.get(item.path.relative_to(ROOT).as_posix(), unknown)


class Record:
    """See all reports of a run, in its first process: keep durations and the engine's digest, say what was left out."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.engine_files: Counter[str] = Counter()
        self.engine_failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up the time of each file."""
        name = report.nodeid.partition("::")[0]
        self.seconds[name] += report.duration
        if is_of_engine(ROOT / name):
            self.engine_failed |= report.failed
            self.engine_files[name] += not report.failed

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write what this run learned."""
        if os.environ.get("RECORD_DURATIONS") == "1":
            known = {
                name: round(seconds, 1) for name, seconds in sorted(self.seconds.items()) if seconds >= 1
            }
            DURATIONS.write_text(json.dumps(known, indent=0) + "\n")
        paths = [path for place in ENGINE_TESTS for path in place.rglob("test_*.py")]
        of_engine = {path.relative_to(ROOT).as_posix() for path in paths if is_of_engine(path)}
        is_full = (
            self.selection.tries_engine and not session.config.getoption("keyword") and not _narrows(session)
        )
        if is_full and not self.engine_failed and of_engine <= self.engine_files.keys():
            DIGEST.write_text(f"{engine_digest()}\n")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what only a full run tries."""
        if not is_deep():
            terminalreporter.write_line(
                "The walks are short ones, and tests marked deep are left out: DEEP_TESTS=1 runs everything."
            )
        if not self.selection.tries_engine:
            terminalreporter.write_line(
                f"The database engine is as at its last full run: one in {CORE_SHARE} of its tests was run."
            )


def _narrows(session: pytest.Session) -> bool:
    """Return whether the command line chooses among a file's tests."""
    return bool(session.config.getoption("markexpr")) or any(
        "::" in argument for argument in session.config.args
    )
