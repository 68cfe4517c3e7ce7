"""Rehearse a deployment of several web servers, workers and MongoDB servers on loopback, and kill each part of it.

Run by ``script/bench cluster``; about five minutes. ``BENCH_CLUSTER_ROLL=COMMIT`` starts with that version's code and
rolls to the present one under load ("" for none, by default the last release). ``BENCH_CLUSTER_FOLDER`` keeps the logs.
Exits with 1 when a promise is broken.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from bench.cluster import report
from bench.cluster.deployment import PRESENT, Deployment, Version
from bench.cluster.rehearsal import Outcome, rehearse
from tests.rolling.run import RELEASE
from tests.rolling.sides import HistoryMissing, packages_of, unpack
from tests.support.scratch import temporary_folder


def main() -> int:
    """Rehearse and print both tables; return the exit code."""
    with temporary_folder(), tempfile.TemporaryDirectory(prefix="streamsite-cluster-") as name:
        folder = Path(os.environ.get("BENCH_CLUSTER_FOLDER") or name)
        outcome = run(folder)
    for line in [
        "",
        *report.fault_table(outcome),
        "",
        *report.promise_table(outcome),
        "",
        *report.details(outcome),
    ]:
        sys.stdout.write(f"{line}\n")
    if not outcome.disks_filled:
        sys.stdout.write("No disk was filled: mounting small ones needs root.\n")
    return 0 if report.is_clean(outcome) else 1


def run(folder: Path) -> Outcome:
    """Start a deployment below ``folder``, rehearse it, and stop it."""
    former = _former_version(folder / "former")
    site = Deployment(folder / "site", version=former or PRESENT)
    try:
        site.start()
        return rehearse(site, folder, roll_to=PRESENT if former else None)
    finally:
        site.stop()


def _former_version(folder: Path) -> Version | None:
    """Return the version to begin with, None when there is none or none is wanted."""
    commit = os.environ.get("BENCH_CLUSTER_ROLL", RELEASE)
    if not commit:
        return None
    folder.mkdir(parents=True)
    with suppress(HistoryMissing):
        root = unpack(commit, folder)
        return Version(root, packages_of(root))
    sys.stdout.write(f"Nothing is rolled: the version {commit} is not in this repository's history.\n")
    return None


if __name__ == "__main__":
    sys.exit(main())
