"""Cases are made by the script beside this file, once per run and only those that are asked for."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.media_matrix.expectations import CASES
from videos.transcoding.ffmpeg import ffmpeg_binary

SCRIPT = Path(__file__).with_name("make_cases.sh")
CASE_OF = {name: case for case, files in CASES.items() for name in files}


@pytest.fixture(scope="session")
def make_case(tmp_path_factory):
    """Return a function from a file's name to its path; `MEDIA_CASES` names a folder that keeps the files."""
    kept = os.environ.get("MEDIA_CASES")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("media-cases")

    def make(name: str) -> Path:
        path = folder / name
        if not path.is_file():
            command = ["bash", str(SCRIPT), str(folder), CASE_OF[name]]
            environment = os.environ | {"FFMPEG": str(ffmpeg_binary())}
            subprocess.run(command, check=True, timeout=300, env=environment, capture_output=True)
        assert path.is_file(), f"the case {CASE_OF[name]} did not make {name}; is mkvmerge installed?"
        return path

    return make
