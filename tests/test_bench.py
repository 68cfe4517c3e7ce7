"""Every measurement of ``script/bench`` can be started, and the encoder used, without Django's settings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

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
