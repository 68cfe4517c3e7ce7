"""The last reports of a process are delivered at its end, once, and nobody waits long for one that hangs."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAIN = "observe()"
# As the web server makes its processes.
CHILD = (
    "import multiprocessing as m; p = m.get_context('{}').Process(target=observe);"
    " p.start(); p.join(); assert p.exitcode == 0"
)
SCRIPT = """
    import sys, threading
    from streamsite.telemetry import start

    def deliver():
        with open(sys.argv[1], "a") as out:
            out.write("x")
            out.flush()
            if sys.argv[2] == "hangs":
                threading.Event().wait()

    def observe():
        start.END_SECONDS = 0.2
        start.at_end(deliver, deliver)

    if __name__ == "__main__":
        {}
"""


@pytest.mark.parametrize("delivery", ["ends", "hangs"])
@pytest.mark.parametrize(
    "way", [PLAIN, CHILD.format("fork"), CHILD.format("spawn")], ids=["plain", "fork", "spawn"]
)
def test_what_is_left_is_delivered_once_and_side_by_side(tmp_path, way, delivery):
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT).format(way))
    subprocess.run(
        [sys.executable, str(script), str(tmp_path / "out"), delivery],
        env={"PYTHONPATH": str(ROOT)},
        check=True,
        timeout=60,
    )
    assert (tmp_path / "out").read_text() == "xx"
