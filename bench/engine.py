"""Compare the engine with the bare driver and with MongoDB's own Django backend, on one server, with equal data.

``script/bench engine``. The official backend is installed into a folder of its own under ``var/``: it is no
dependency of the site.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from streamsite.mongo.server import EmbeddedMongo
from tests.support.mongo import root_uri

ROOT = Path(__file__).resolve().parents[1]
OFFICIAL = "django-mongodb-backend==5.2.4"
KINDS = ("pymongo", "engine", "official")
# The bar for `get(pk)`: CPU time as a multiple of the driver's.
BAR = 3.0


def main() -> int:
    """Print the table; the exit status is 1 if the bar is missed."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        mongo = EmbeddedMongo(Path(folder), cache_gb=1)
        mongo.start()
        try:
            figures = {kind: _figures(kind, root_uri(mongo.data_dir)) for kind in KINDS}
        finally:
            mongo.stop()
    print(
        "Microseconds per operation: CPU time of the client process (time that passed). Medians of 7 rounds.\n"
    )
    print("| operation | pymongo | this engine | ratio | official backend | ratio |")
    print("|---|---|---|---|---|---|")
    for name, (cpu, wall) in figures["pymongo"].items():
        cells = [f"{cpu:.0f} ({wall:.0f})"]
        for kind in KINDS[1:]:
            own_cpu, own_wall = figures[kind][name]
            cells += [f"{own_cpu:.0f} ({own_wall:.0f})", f"{own_cpu / cpu:.1f}"]
        print(f"| {name} | {' | '.join(cells)} |")
    ratio = figures["engine"]["get(pk)"][0] / figures["pymongo"]["get(pk)"][0]
    print(f"\nget(pk): {ratio:.2f} times the driver's CPU time; the bar is {BAR}.")
    return 0 if ratio <= BAR else 1


def _figures(kind: str, uri: str) -> dict[str, list[float]]:
    python = _official_python() if kind == "official" else sys.executable
    done = subprocess.run(
        [python, str(ROOT / "bench" / "engine_child.py"), kind, uri],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def _official_python() -> str:
    """Return the Python of the environment with the official backend. Create the environment when it is missing."""
    folder = ROOT / "var" / "bench" / OFFICIAL.replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", OFFICIAL, "django==5.2.19"], check=True
        )
        (folder / "installed").touch()
    return str(python)


if __name__ == "__main__":
    sys.exit(main())
