"""Measure an anonymous 1 GB body: bytes on disk and seconds until it is refused."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.hardening import verdict
from tests.support.bodies import COOKIE, DiskMonitor, post_form
from tests.support.stack import Stack

BODY_BYTES = 1_000_000_000
PATHS = ("/login", "/upload", "/settings/preferences", "/admin/login/", "/api/v1/videos")
MAX_SECONDS = 1.0


def measure() -> None:
    """Print the cost of an anonymous gigabyte to each path, and whether it stays within the limit.

    Before bodies were decided about by their head, pages kept all of it on disk: see ``docs/benchmarks.md``.
    """
    print("\nAnonymous bodies of 1 GB. Bar: 0 bytes on disk, refused within a second.")
    print(f"  {'path':<24}{'status':>7}{'MB sent':>10}{'MB on disk':>12}{'seconds':>9}")
    passed = True
    with tempfile.TemporaryDirectory(prefix="streamsite-bench-") as folder:
        site = Stack(Path(folder), web_processes=2)
        site.start()
        try:
            for path in PATHS:
                with DiskMonitor(site).running() as watch:
                    answer = post_form(site, path, BODY_BYTES, f"Cookie: {COOKIE}")
                passed = passed and watch.peak == 0 and answer.seconds < MAX_SECONDS
                print(
                    f"  {path:<24}{answer.status:>7}{answer.sent / 1e6:>10.1f}"
                    f"{watch.peak / 1e6:>12.1f}{answer.seconds:>9.3f}"
                )
        finally:
            site.stop()
    verdict("0 bytes on disk, refused within a second", passed=passed)
