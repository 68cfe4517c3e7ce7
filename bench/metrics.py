"""Compare what requests cost a web process with metrics and without them.

Run by ``script/bench metrics``. Prints CPU microseconds per request, the least of processes that were run in turns,
and what counting a request and timing a command of MongoDB cost by themselves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.stack import ROOT, Stack

TURNS = int(os.environ.get("BENCH_TURNS", "5"))


def main() -> None:
    """Start a site for its database, measure in child processes, and print the table."""
    with tempfile.TemporaryDirectory(prefix="streamsite-bench-") as folder:
        site = Stack(Path(folder), web_processes=1)
        site.start()
        try:
            report([(measure(site, "off"), measure(site, "on")) for _ in range(TURNS)])
        finally:
            site.stop()


def measure(site: Stack, kind: str) -> dict[str, float]:
    """Return the CPU microseconds of a request by its path, in a process with metrics on or off."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MONGODB")}
    environment |= {
        "STREAMSITE_DATA_DIR": str(site.data_dir),
        "DJANGO_SETTINGS_MODULE": "streamsite.settings",
        "LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",  # there are no static files to serve
        "METRICS_DIR": str(site.data_dir / "bench-metrics"),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "bench.metrics_child", kind],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def report(turns: list[tuple[dict[str, float], dict[str, float]]]) -> None:
    """Print the table."""
    least = [{name: min(turn[n][name] for turn in turns) for name in turns[0][n]} for n in (0, 1)]
    print(f"{'page':<18}{'without':>9}{'with':>9}{'more':>9}   CPU microseconds per request")
    for path, without in least[0].items():
        print(f"{path:<18}{without:>9.0f}{least[1][path]:>9.0f}{least[1][path] / without - 1:>9.1%}")
    for name in least[1].keys() - least[0].keys():
        print(f"{name}: {least[1][name]:.1f} microseconds")


if __name__ == "__main__":
    main()
