"""Measure pages with Lighthouse as a phone loads them: performance, accessibility, best practices, SEO.

Run by ``script/bench lighthouse``. A site of its own has 64 videos with thumbnails; every page is loaded
``BENCH_ROUNDS`` times on Lighthouse's mobile profile (a slow phone on slow 4G, simulated), and medians count.
``BENCH_PAGES=home,watch`` measures some pages, ``BENCH_REPORTS=folder`` keeps the reports as HTML and JSON, and
``BENCH_WRITE=1`` puts the table into docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

import bench.plain  # noqa: F401 - before what marks texts for translation
from bench.lighthouse import CHANNELS, VIDEOS
from tests.support import browser, npm
from tests.support.clips import make_clip
from tests.support.http_client import Caller
from tests.support.node import NODE
from tests.support.stack import ROOT, Stack

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
REPORTS = os.environ.get("BENCH_REPORTS", "")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {
    "FCP": "first-contentful-paint",
    "LCP": "largest-contentful-paint",
    "TBT": "total-blocking-time",
    "CLS": "cumulative-layout-shift",
}
HEADINGS = ("page", "performance", "accessibility", "best practices", "SEO", *METRICS, "kB", "requests")
PAGE_SECONDS = 180
ATTEMPTS = 3
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--password-store=basic")
SEEN = {"": "visitor", "viewer": "viewer, autoplay off", "channel0": "creator"}
Report = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """A page to measure; ``who`` is signed in."""

    name: str
    path: str
    who: str = ""


PAGES = (
    Page("home", "/"),
    Page("watch, before play", "/watch/{video}", "viewer"),
    Page("watch, playing", "/watch/{video}"),
    Page("channel", "/@channel1"),
    Page("search", "/search?q=river"),
    Page("studio", "/studio/videos", "channel0"),
)


def main() -> None:
    """Start a site, fill it, measure, and print the table and what Lighthouse finds wrong."""
    wanted = os.environ.get("BENCH_PAGES", "").split(",")
    pages = [
        page for page in PAGES if wanted == [""] or page.name in wanted or page.name.split(",")[0] in wanted
    ]
    program = npm.installed(Path(__file__).parent) / "lighthouse" / "cli" / "index.js"
    with tempfile.TemporaryDirectory(prefix="streamsite-bench-") as name, sync_playwright() as playwright:
        site = Stack(Path(name), web_processes=2, STREAMSITE_THROTTLE_SCALE="1000000")
        site.start()
        try:
            video, callers = fill(site, Path(name))
            rows = []
            for page in pages:
                url = site.url + page.path.format(video=video)
                reports = []
                for turn in range(ROUNDS):
                    folder = Path(name) / f"{page.name}-{turn}".replace(" ", "-")
                    profile(playwright, folder, site, callers.get(page.who))
                    reports.append(load(program, url, folder, folder.name))
                rows.append(row(page, reports))
                print(" | ".join(rows[-1]), flush=True)
                findings(reports[-1])
        finally:
            site.stop()
    table = [
        f"| {' | '.join(HEADINGS)} |",
        "|---" * len(HEADINGS) + "|",
        *(f"| {' | '.join(cells)} |" for cells in rows),
    ]
    print("\n" + "\n".join(table))
    if os.environ.get("BENCH_WRITE"):
        write(table)


def fill(site: Stack, folder: Path) -> tuple[str, dict[str, Caller]]:
    """Make the accounts and the library; return a video's id and who is signed in to pages."""
    callers = {}
    for person in ("viewer", *(f"channel{number}" for number in range(CHANNELS))):
        callers[person] = Caller(site).sign_up(person)
    owner, viewer = callers["channel0"], callers["viewer"]
    clip = make_clip(folder / "clip.mp4", 30, (1280, 720), 25)
    video = owner.upload(
        clip, title="The river, from its spring", description="Six days on foot.", visibility="public"
    )
    owner.wait(video, "ready", seconds=400)
    require(viewer.json("PATCH", "/api/v1/me/preferences", {"autoplay_open": False}))
    for number in range(4):
        require(viewer.json("PUT", f"/api/v1/channels/channel{number}/subscription"))
        require(viewer.json("POST", f"/api/v1/videos/{video}/comments", {"text": f"Well told, {number}."}))
    uri = (site.data_dir / "run" / "mongodb-uri").read_text().strip()
    settings = {"MONGODB_URI": uri, "STREAMSITE_DATA_DIR": str(site.data_dir), "SITE_URL": site.url}
    command = [sys.executable, "-m", "bench.lighthouse.seed", video]
    seeded = subprocess.run(
        command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    if seeded.returncode:
        raise SystemExit(seeded.stderr[-3_000:])
    print(f"{VIDEOS} videos of {CHANNELS} channels", flush=True)
    for person in SEEN:
        if person:
            callers[person].sign_in_to_pages(person)
    return video, callers


def require(answer: tuple[int, Any]) -> None:
    """Stop unless the request succeeded."""
    if answer[0] >= 400:
        raise SystemExit(f"{answer}")


def profile(playwright: Playwright, folder: Path, site: Stack, caller: Caller | None) -> Path:
    """Make a browser's profile in ``folder`` that is signed in as ``caller``."""
    cookies = caller.cookies if caller else {}
    with playwright.chromium.launch_persistent_context(
        folder, executable_path=browser.require(browser.WHOLE), args=list(FLAGS), headless=True
    ) as context:
        expires = time.time() + 86_400  # others are lost with the browser
        context.add_cookies(
            [
                {"name": name, "value": value, "url": site.url, "expires": expires}
                for name, value in cookies.items()
            ]
        )
    return folder


def load(program: Path, url: str, user_data: Path, name: str) -> Report:
    """Load a page once on the mobile profile, in a new browser; return Lighthouse's report."""
    for _attempt in range(ATTEMPTS - 1):
        report = _load_once(program, url, user_data, name)
        if "runtimeError" not in report:  # now and then the browser records no trace
            return report
    report = _load_once(program, url, user_data, name)
    if error := report.get("runtimeError"):
        raise SystemExit(f"{url}: {error['message']}")
    return report


def _load_once(program: Path, url: str, user_data: Path, name: str) -> Report:
    with tempfile.TemporaryDirectory(prefix="streamsite-lighthouse-") as folder:
        target = Path(REPORTS or folder) / re.sub(r"\W+", "-", name)
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [
            *(NODE, str(program), url, "--quiet", "--no-enable-error-reporting"),
            *("--output=json", "--output=html", f"--output-path={target}", "--disable-storage-reset"),
            f"--chrome-flags={' '.join(FLAGS)} --headless=new --user-data-dir={user_data}",
        ]
        environment = os.environ | {"CHROME_PATH": browser.require(browser.WHOLE)}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PAGE_SECONDS, check=False
        )
        file = target.with_name(f"{target.name}.report.json")
        if not file.exists():
            raise SystemExit(f"{url}: {done.stderr[-2_000:]}")
        report: Report = json.loads(file.read_text())
        return report


def row(page: Page, reports: list[Report]) -> list[str]:
    """Return the cells of a page's row."""

    def median(audit: str) -> float:
        return statistics.median(report["audits"][audit]["numericValue"] for report in reports)

    scores = [
        round(100 * statistics.median(report["categories"][name]["score"] for report in reports))
        for name in CATEGORIES
    ]
    requests = statistics.median(
        len(report["audits"]["network-requests"]["details"]["items"]) for report in reports
    )
    return [
        f"{page.name} ({SEEN[page.who]})",
        *map(str, scores),
        *(f"{median(METRICS[name]) / 1000:.1f} s" for name in ("FCP", "LCP")),
        f"{median(METRICS['TBT']):.0f} ms",
        f"{median(METRICS['CLS']):.3f}",
        f"{median('total-byte-weight') / 1024:.0f}",
        f"{requests:.0f}",
    ]


def findings(report: Report) -> None:
    """Print the audits that a page does not pass."""
    for name in CATEGORIES:
        for reference in report["categories"][name]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if audit["score"] is not None and audit["score"] < 0.9:
                print(f"    {name}: {audit['id']}: {audit.get('displayValue') or audit['title']}", flush=True)


def write(table: list[str]) -> None:
    """Replace the table of Lighthouse in docs/benchmarks.md."""
    path = ROOT / "docs" / "benchmarks.md"
    text, found = re.subn(
        r"(?m)^\| page \| performance \|.*\n(?:\|.*\n)+", "\n".join(table) + "\n", path.read_text()
    )
    if found != 1:
        raise SystemExit(f"{path} has {found} tables that begin with: page, performance")
    path.write_text(text)


if __name__ == "__main__":
    main()
