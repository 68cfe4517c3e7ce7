"""``python -m tests.upgrade.killed_prepare WRITE``: ``manage.py prepare``, killed after a write to MongoDB.

WRITE is its number, from 1, or what it begins with, such as "insert auth_permission". With 0 nothing is killed,
and every write is printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from pymongo import monitoring

from tests.support.kills import WriteCounter, kill_self

ROOT = Path(__file__).resolve().parents[2]


def run(environment: Mapping[str, str], last: int | str) -> subprocess.CompletedProcess[str]:
    """Run this in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.upgrade.killed_prepare", str(last)],
        cwd=ROOT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "streamsite.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def main(last: int | str) -> None:
    """Prepare the site that the environment describes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamsite.settings")
    counter = WriteCounter()
    monitoring.register(counter)  # before the client is made
    import django
    from django.core.management import call_command

    django.setup()
    done = counter.watch(last, kill_self)
    call_command("prepare", demo=False)
    sys.stdout.write("\n".join(done) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1].isdecimal() else sys.argv[1])
