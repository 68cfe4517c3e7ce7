"""Measure every promise of docs/operations.md: the rehearsed deployment under faults, and a site under fuzzing.

Run by ``script/bench reliability``; about ten minutes. Prints the table of promises and the table of faults in
Markdown, and exits with 1 when a promise is broken. ``bench/cluster/__main__.py`` names the variables.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from bench.cluster import report
from bench.cluster.__main__ import run
from tests.support.clips import make_clip
from tests.support.fuzzing import FuzzRun, fuzz
from tests.support.scratch import temporary_folder
from tests.support.stack import Stack

EXAMPLES = int(os.environ.get("BENCH_FUZZ_EXAMPLES", "10"))
FUZZ_SECONDS = 1_800


def main() -> int:
    """Measure and print; return the exit code."""
    with temporary_folder(), tempfile.TemporaryDirectory(prefix="streamsite-reliability-") as name:
        folder = Path(os.environ.get("BENCH_CLUSTER_FOLDER") or name)
        outcome = run(folder)
        fuzzed = run_fuzzing(folder)
    row = f"| 5xx and undocumented answers under schema fuzzing | {_failed(fuzzed)} | {fuzzed.requests} requests |"
    lines = [
        "",
        *report.promise_table(outcome),
        row,
        "",
        *report.fault_table(outcome),
        "",
        *report.details(outcome),
    ]
    if fuzzed.code:
        lines += ["", fuzzed.failures]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if report.is_clean(outcome) and not fuzzed.code else 1


def run_fuzzing(folder: Path) -> FuzzRun:
    """Call everything in the API's document, on a site without rate limits."""
    site = Stack(folder / "fuzzed", STREAMSITE_THROTTLE_SCALE="100000")
    site.data_dir.parent.mkdir(parents=True)
    site.start()
    try:
        clip = make_clip(folder / "fuzzed.mp4", seconds=2)
        return fuzz(site, clip, phases="coverage,fuzzing", examples=EXAMPLES, seconds=FUZZ_SECONDS)
    finally:
        site.stop()


def _failed(ran: FuzzRun) -> int:
    """Count the failures that were printed; 1 at least of a run that failed."""
    return max(ran.output.count("\n- "), 1) if ran.code else 0


if __name__ == "__main__":
    sys.exit(main())
