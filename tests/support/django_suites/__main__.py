"""Download Django's source of the pinned version, run its suites on the engine, print a table.

Each suite has a process and two databases of its own on one embedded MongoDB; as many run at once as there are cores.
The exit status is 1 if a test failed that ``DatabaseFeatures`` does not list with a reason.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import django

from streamsite.mongo.server import EmbeddedMongo
from tests.support.mongo import root_uri

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / "var" / "django-source"
SUITES = [
    "basic",
    "bulk_create",
    "get_or_create",
    "update",
    "delete",
    "lookup",
    "queries",
    "ordering",
    "or_lookups",
    "null_queries",
    "expressions",
    "expressions_case",
    "aggregation",
    "annotations",
    "dates",
    "datetimes",
    "many_to_one",
    "one_to_one",
    "many_to_many",
    "m2m_regress",
    "m2m_through",
    "prefetch_related",
    "select_related",
    "generic_relations",
    "model_forms",
    "model_fields",
    "custom_pk",
    "constraints",
    "transactions",
    "auth_tests",
    "sessions_tests",
    "admin_views",
    "admin_changelist",
    "admin_filters",
    "contenttypes_tests",
    "serializers",
    "fixtures",
]
# The longest first, so that the cores finish together.
LONGEST_SUITES = ("admin_views", "auth_tests", "queries", "model_forms", "aggregation")
SUITE_SECONDS = 1800
# The share of skipped tests from which the reader is owed a sentence (streamsite/mongo/engine/README.md has them).
NOTABLE_SHARE = 0.15


@dataclass
class Outcome:
    """The outcome of one suite; ``error`` says why there is no report."""

    suite: str
    seconds: float
    run: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def passed(self) -> int:
        """The number of tests that passed."""
        return self.run - len(self.skipped) - len(self.failed)


def main() -> int:
    """Run the suites named on the command line, or all of them."""
    parser = argparse.ArgumentParser(prog="script/test-engine", description=__doc__)
    parser.add_argument("suites", nargs="*", default=SUITES, metavar="suite")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--logs", type=Path, help="a folder to keep each suite's output in")
    options = parser.parse_args()
    tests = fetch_source() / "tests"
    unknown = [name for name in options.suites if not (tests / name.split(".")[0]).is_dir()]
    if unknown:
        parser.error(f"Django {django.__version__} has no suite {', '.join(unknown)}")
    with tempfile.TemporaryDirectory(prefix="engine-suites-", dir=_fast_folder()) as folder:
        logs = options.logs or Path(folder) / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        mongo = EmbeddedMongo(Path(folder), cache_gb=1)
        mongo.start()
        uri = root_uri(mongo.data_dir)
        try:
            with ThreadPoolExecutor(options.jobs) as pool:
                order = sorted(options.suites, key=lambda name: name not in LONGEST_SUITES)
                outcomes = list(pool.map(lambda name: run(tests, name, uri, logs), order))
        finally:
            mongo.stop()
    report(sorted(outcomes, key=lambda outcome: options.suites.index(outcome.suite)))
    return 1 if any(outcome.failed or outcome.error for outcome in outcomes) else 0


def fetch_source() -> Path:
    """Return the folder of Django's source distribution, downloaded by pip when it is not there."""
    folder = CACHE / f"django-{django.__version__}"
    if not (folder / "tests" / "runtests.py").is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*command, "--dest", str(CACHE), f"django=={django.__version__}"], check=True)
        with tarfile.open(next(CACHE.glob(f"[dD]jango-{django.__version__}.tar.gz"))) as archive:
            archive.extractall(CACHE, filter="data")
        unpacked = next(CACHE.glob(f"[dD]jango-{django.__version__}/"))
        if unpacked != folder:
            unpacked.rename(folder)
    return folder


def run(tests: Path, suite: str, uri: str, logs: Path) -> Outcome:
    """Run one suite in a process of its own."""
    name = re.sub(r"\W", "_", suite)[:40]
    report_path = logs / f"{suite}.json"
    environment = os.environ | {
        "MONGODB_URI": uri,
        "ENGINE_SUITE": name,
        "ENGINE_SUITE_REPORT": str(report_path),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }
    for variable in ("DJANGO_SETTINGS_MODULE", "RUNTESTS_DIR"):
        environment.pop(variable, None)
    settings = "tests.support.django_suites.settings"
    command = [sys.executable, "runtests.py", suite, f"--settings={settings}", "--parallel=1", "--noinput"]
    start = time.monotonic()
    with (logs / f"{suite}.log").open("w", encoding="utf-8") as log:
        try:
            subprocess.run(
                command,
                cwd=tests,
                env=environment,
                stdout=log,
                stderr=log,
                timeout=SUITE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Outcome(suite, SUITE_SECONDS, error=f"did not end within {SUITE_SECONDS} s")
    seconds = time.monotonic() - start
    print(f"{suite}: {seconds:.0f} s", file=sys.stderr, flush=True)
    if not report_path.is_file():
        tail = (logs / f"{suite}.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        return Outcome(suite, seconds, error=tail[0] if tail else "no output")
    found = json.loads(report_path.read_text(encoding="utf-8"))
    skipped = found["skipped"] | dict.fromkeys(found["expected_failures"], "expected failure")
    return Outcome(suite, seconds, found["run"], skipped, found["failed"])


def report(outcomes: list[Outcome]) -> None:
    """Print the table, each suite's reasons for skipping, and every failure."""
    print(f"{'suite':<20}{'run':>6}{'passed':>8}{'skipped':>9}{'share':>7}{'failed':>8}{'seconds':>9}")
    for outcome in outcomes:
        if outcome.error:
            print(f"{outcome.suite:<20} did not finish: {outcome.error}")
            continue
        share = len(outcome.skipped) / outcome.run if outcome.run else 0
        mark = " *" if share > NOTABLE_SHARE else ""
        print(
            f"{outcome.suite:<20}{outcome.run:>6}{outcome.passed:>8}{len(outcome.skipped):>9}{share:>7.0%}"
            f"{len(outcome.failed):>8}{outcome.seconds:>9.0f}{mark}"
        )
    totals = [sum(getattr(outcome, name) for outcome in outcomes) for name in ("run", "passed")]
    skipped = sum(len(outcome.skipped) for outcome in outcomes)
    failed = sum(len(outcome.failed) for outcome in outcomes)
    print(f"{'all':<20}{totals[0]:>6}{totals[1]:>8}{skipped:>9}{'':>7}{failed:>8}")
    print(
        f"\n* more than {NOTABLE_SHARE:.0%} skipped: the engine's README.md says why.\n\nSkipped, by reason:"
    )
    for outcome in outcomes:
        reasons = Counter(outcome.skipped.values())
        for reason, count in reasons.most_common():
            print(f"  {outcome.suite}: {count} x {reason}")
    for outcome in outcomes:
        for test, line in outcome.failed.items():
            print(f"FAILED {outcome.suite}: {test}\n       {line}")


def _fast_folder() -> str | None:
    """Return a folder in memory where there is one: durability is not what these suites are about."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a private folder is made in it


if __name__ == "__main__":
    sys.exit(main())
