"""The scripts of the pages: their pure modules under Node, and the rules that they share with the server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.node import NODE
from videos.playback.history import is_finished
from videos.tests.test_times import MOMENTS

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "tests" / "js").glob("*.test.js"))
CASES = ROOT / "tests" / "js" / "cases"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_modules_pass_their_tests(file):
    done = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", file], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout
    assert "# tests 0" not in done.stdout


def test_scripts_and_server_read_start_times_alike():
    assert [tuple(case) for case in json.loads((CASES / "start-times.json").read_text())] == MOMENTS


@pytest.mark.parametrize("case", json.loads((CASES / "positions.json").read_text()), ids=str)
def test_scripts_and_server_finish_videos_alike(case):
    assert is_finished(case["position"], case["duration"]) == case["isFinished"]
