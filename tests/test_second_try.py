"""A test that fails beside others is run again alone; a defect fails both times."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.second_try import MAX_RERUNS

ROOT = Path(__file__).parent.parent
CALL = (
    "import sys; from tests.support.second_try import run_with_reruns;"
    "sys.exit(run_with_reruns(['-n', '2'], sys.argv[1:]))"
)
BESIDE = "import os\ndef test_busy(): assert 'PYTEST_XDIST_WORKER' not in os.environ\n"


def run(folder: Path, text: str) -> subprocess.CompletedProcess:
    (folder / "test_given.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    others = ("STREAMSITE_", "PYTEST_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    environment |= {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, "-c", CALL, "-p", "xdist", "-q", "test_given.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_test_that_fails_beside_others_only_is_named_and_does_not_fail_the_run(tmp_path):
    ran = run(tmp_path, BESIDE)
    assert ran.returncode == pytest.ExitCode.OK, ran.stdout + ran.stderr
    assert "passed alone, failed beside others: test_given.py::test_busy." in ran.stderr


def test_a_defect_fails_both_times(tmp_path):
    ran = run(tmp_path, BESIDE + "def test_wrong(): assert 1 == 2\n")
    assert ran.returncode == pytest.ExitCode.TESTS_FAILED
    assert "passed alone" not in ran.stderr


def test_many_failures_are_not_tried_again(tmp_path):
    ran = run(tmp_path, "".join(BESIDE.replace("test_busy", f"test_busy_{n}") for n in range(MAX_RERUNS + 1)))
    assert ran.returncode == pytest.ExitCode.TESTS_FAILED
    assert "runs again" not in ran.stderr
