"""Run a few failed tests again, alone, to tell a defect from a test that depends on the load or on the order.

With thousands of tests beside each other on two cores, one that waits for a browser or a process can miss its time.
It is named at the end of the run so that it gets mended; a defect fails both times.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

MAX_RERUNS = 6  # of 8,000; more than these did not fail by chance


class _Failures:
    """Collect the ids of failed tests."""

    def __init__(self) -> None:
        self.ids: dict[str, None] = {}
        self.errors = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.ids[report.nodeid] = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.errors += report.failed


def run_with_reruns(parallel: Sequence[str], arguments: Sequence[str]) -> int:
    """Run pytest with both lists of arguments; repeat up to ``MAX_RERUNS`` failed tests with ``arguments`` alone.

    Return pytest's exit code: that of the second run when there was one.
    """
    environment = dict(os.environ)  # a run leaves names of its own there
    failures = _Failures()
    code = int(pytest.main([*parallel, *arguments], plugins=[failures]))
    if code != pytest.ExitCode.TESTS_FAILED or failures.errors or not 0 < len(failures.ids) <= MAX_RERUNS:
        return code
    names = list(failures.ids)
    sys.stderr.write(f"\nscript/test: runs again, alone: {', '.join(names)}\n")
    second = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, *names], env=environment, check=False
    ).returncode
    if second == pytest.ExitCode.OK:
        sys.stderr.write(
            f"script/test: passed alone, failed beside others: {', '.join(names)}. "
            "A test like this depends on the load or on the order; mend it.\n"
        )
    return second
