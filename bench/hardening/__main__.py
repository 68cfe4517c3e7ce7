"""Run the measurements of this package: those named as arguments or in ``BENCH_HARDENING``, or all of them.

``script/bench hardening`` calls this. Modules of ``NAMES`` that do not exist are skipped.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys

from bench import hardening


def main(arguments: list[str]) -> int:
    """Run the wanted modules in the order of ``NAMES``; return 1 when a bar was missed, 2 for an unknown name."""
    wanted = arguments or os.environ.get("BENCH_HARDENING", "").split() or list(hardening.NAMES)
    if unknown := set(wanted) - set(hardening.NAMES):
        print(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(hardening.NAMES)}")
        return 2
    for name in hardening.NAMES:
        module = f"bench.hardening.{name}"
        if name in wanted and importlib.util.find_spec(module) is not None:
            print(f"== {name} ==", flush=True)
            importlib.import_module(module).measure()
    return 1 if hardening.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
