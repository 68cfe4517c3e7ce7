"""The measurements of ``script/bench``: each starts without Django's settings, and concludes what its ledger says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import library
from bench.cluster import report
from bench.cluster.audit import Findings
from bench.cluster.ledger import Attempt, Ledger
from bench.cluster.rehearsal import Outcome

ROOT = Path(__file__).resolve().parent.parent
NAMES = re.findall(
    r'"([a-z-]+)"', (ROOT / "script" / "bench").read_text().partition("NAMES = (")[2].partition(")")[0]
)


def test_the_measurements_are_found():
    assert len(NAMES) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_a_measurement_is_imported_without_settings(name):
    module = f"bench.{name.replace('-', '_')}"
    if (ROOT / "bench" / name.replace("-", "_")).is_dir():
        module += ".__main__"
    import_alone(module)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "videos" / "transcoding").glob("*.py")), ids=lambda path: path.stem
)
def test_the_encoder_is_imported_without_settings(path):
    import_alone(f"videos.transcoding.{path.stem}")


def import_alone(module: str) -> None:
    """Import a module in a process that nobody has set up. Raises ``AssertionError``."""
    settings = ("DJANGO_", "MONGODB_", "STREAMSITE_", "SECRET_KEY", "SITE_URL", "TASK_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(settings)}
    ran = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr[-2_000:]


@pytest.fixture
def ledger(monkeypatch):
    """A ledger over two phases of ten seconds, on a clock that is set by hand."""
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    kept = Ledger()
    for name in ("calm", "storm"):
        with kept.phase(name):
            kept.note(Attempt("write", clock[0] + 1, 0.5, 201))
            kept.note(Attempt("write", clock[0] + 2, 3.0, 503 if name == "storm" else 201))
            kept.note(Attempt("read", clock[0] + 3, 0.1, 0 if name == "storm" else 200))
            clock[0] += 5
            kept.promise("comment", f"said in the {name}")
            kept.waited("write", clock[0] - 3)
            clock[0] += 5
    return kept


def test_the_ledger_knows_what_happened_in_a_phase(ledger):
    calm, storm = ledger.phases
    assert dict(ledger.statuses(calm)) == {201: 2, 200: 1}
    assert dict(ledger.statuses(storm)) == {201: 1, 503: 1, 0: 1}
    assert ledger.longest_wait(storm, "write") == 3
    assert ledger.longest_wait(storm, "read") == 0
    assert [ledger.promised(phase) for phase in (calm, storm)] == [1, 1]
    assert [ledger.phase_of(promise.at) for promise in ledger.promises] == ["calm", "storm"]
    assert ledger.phase_of(1.0) == ""


def test_one_broken_promise_is_enough_for_the_exit_code(ledger):
    findings = Findings()
    outcome = Outcome(ledger, findings, crowd=None, disks_filled=True)
    assert report.is_clean(outcome)
    findings.cut_counters = 2
    assert report.is_clean(outcome)
    broken = ("duplicates", "unplayable", "sessions_broken", "jobs_lost", "jobs_twice", "orphans_left")
    for name in (*broken, "wrong_counters"):
        setattr(findings, name, 1)
        assert not report.is_clean(outcome), name
        setattr(findings, name, 0)
    findings.lost["storm"] += 1
    assert not report.is_clean(outcome)
    findings.lost.clear()
    ledger.note(Attempt("read", 101.0, 0.1, 500))
    assert not report.is_clean(outcome)


def test_the_table_of_faults_has_a_row_for_each(ledger):
    findings = Findings()
    findings.lost["storm"] += 1
    rows = report.fault_table(Outcome(ledger, findings, crowd=None, disks_filled=True))[2:]
    assert rows == [
        "| calm | 3 | 0 | 0 | 0 | 0.0 s | 3.0 s | 0.0 s | 1 | 0 |",
        "| storm | 3 | 1 | 0 | 1 | 0.0 s | 3.0 s | 0.0 s | 1 | 1 |",
    ]


def test_phrases_to_ask_for_have_frequent_or_rare_words():
    titles = [["a", "b", "c"], ["a", "b", "d"], ["a", "a", "b"], ["e", "f", "a"]]
    frequent = library.phrases(titles, 2, is_frequent=True)
    rare = library.phrases(titles, 2, is_frequent=False)
    assert frequent[-1] == "a b"
    assert set(rare[:2]) <= {"b c", "b d", "e f", "f a"}
    assert "a a" not in frequent + rare
    assert library.phrases(titles, 3, is_frequent=True)[-1] in {"a b c", "a b d", "e f a"}
