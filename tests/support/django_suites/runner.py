"""Django's test runner, which also writes down what happened to each test."""

from __future__ import annotations

import json
import os
import unittest
from pathlib import Path
from typing import Any

from django.test.runner import DiscoverRunner


class ReportingRunner(DiscoverRunner):
    """Writes ``{"run", "skipped": {test: reason}, "failed": {test: last line}}`` to ``$ENGINE_SUITE_REPORT``."""

    def run_suite(self, suite: unittest.TestSuite, **options: bool) -> Any:
        """Run the tests and write the report."""
        result: unittest.TestResult = super().run_suite(suite, **options)
        Path(os.environ["ENGINE_SUITE_REPORT"]).write_text(json.dumps(_report(result)), encoding="utf-8")
        return result


def _report(result: unittest.TestResult) -> dict[str, object]:
    failed = {str(test): _last_line(traceback) for test, traceback in result.errors + result.failures}
    failed |= {
        str(test): "passed, though marked as an expected failure" for test in result.unexpectedSuccesses
    }
    return {
        "run": result.testsRun,
        "skipped": {str(test): reason for test, reason in result.skipped},
        "expected_failures": [str(test) for test, _traceback in result.expectedFailures],
        "failed": failed,
    }


def _last_line(traceback: str) -> str:
    lines = [line for line in traceback.strip().splitlines() if line.strip()]
    return lines[-1] if lines else ""
