"""Use a site for ten minutes in every way while it is scraped: errors, memory, and how much it logs.

Run by ``script/bench soak``; ``BENCH_SOAK_SECONDS`` (600) is how long. Exits with 1 when there was an unexpected 5xx,
a scrape that could not be read, or memory that grew by 5 % or more.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from bench.cluster.ledger import BUSY, Ledger
from bench.cluster.people import Commenter, Fan, Native, Uploader, Viewer
from bench.cluster.rehearsal import Crowd
from tests.support.clips import make_clip
from tests.support.http_client import Caller
from tests.support.processes import process_tree
from tests.support.scratch import temporary_folder
from tests.support.stack import Stack

SECONDS = int(os.environ.get("BENCH_SOAK_SECONDS", "600"))
SCRAPE_SECONDS = 5.0
MAX_GROWTH = 0.05
TOKEN = "only-for-measuring-only-for-measuring"  # noqa: S105 - of a site that lives for minutes
PROCESSES = {"web": "granian", "workers": "run_worker", "nginx": "nginx", "MongoDB": "mongod"}


@dataclass
class Samples:
    """MiB of memory by kind of process, in the order of time, and what the scrapes gave."""

    memory: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in PROCESSES})
    scrapes: int = 0
    families: int = 0
    failed: list[str] = field(default_factory=list)

    def growth(self, name: str) -> tuple[float, float]:
        """Return the medians of the second fifth of the time, when everything is loaded, and of the last one."""
        values = self.memory[name]
        fifth = max(len(values) // 5, 1)
        return statistics.median(values[fifth : 2 * fifth]), statistics.median(values[-fifth:])


def main() -> int:
    """Start a site, use it, and print the figures; return the exit code."""
    with temporary_folder(), tempfile.TemporaryDirectory(prefix="streamsite-soak-") as name:
        folder = Path(name)
        site = Stack(folder / "site", METRICS_TOKEN=TOKEN, LOG_FORMAT="json")
        site.data_dir.parent.mkdir(parents=True)
        site.start()
        try:
            ledger, samples = use(site, folder)
            logged = site.log.stat().st_size
        finally:
            site.stop()
    return report(ledger, samples, logged)


def use(site: Stack, folder: Path) -> tuple[Ledger, Samples]:
    """Let people use the site for ``SECONDS``, and sample it meanwhile."""
    ledger, samples = Ledger(), Samples()
    clip = make_clip(folder / "clip.mp4", seconds=4)
    owner = Caller(site).sign_up("owner")
    video_id = owner.upload(clip, title="The film", visibility="public")
    owner.wait(video_id, "ready")
    crowd = Crowd(
        fan=Fan(site, ledger, "fan", video_id),
        natives=[Native(site, ledger, "native")],
        uploader=Uploader(site, ledger, "uploader", clip),
        commenters=[Commenter(site, ledger, "talker", video_id)],
        viewers=[Viewer(site, ledger, f"viewer-{number}", video_id) for number in range(2)],
    )
    with crowd.at_work():
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(SCRAPE_SECONDS)
            _scrape(site, samples)
            for name, needle in PROCESSES.items():
                samples.memory[name].append(_memory(site, needle))
    return ledger, samples


def _scrape(site: Stack, samples: Samples) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    request = urllib.request.Request(f"{site.url}/metrics", headers=headers)  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own address
            families = list(text_string_to_metric_families(answer.read().decode()))
    except (OSError, ValueError) as error:
        samples.failed.append(repr(error))
        return
    samples.scrapes += 1
    samples.families = len(families)


def _memory(site: Stack, needle: str) -> float:
    """Return the MiB of the site's children with ``needle`` in their command, and of what is below them."""
    pages = 0
    for child in site.children(needle):
        for pid in process_tree(child):
            try:
                pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            except OSError:  # ended meanwhile
                continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def report(ledger: Ledger, samples: Samples, logged: int) -> int:
    """Print the figures; return the exit code."""
    statuses = Counter(attempt.status for attempt in ledger.attempts)
    errors = sum(count for status, count in statuses.items() if status >= 500)
    refused = sum(count for status, count in statuses.items() if status in BUSY)
    requests = len(ledger.attempts)
    rate = requests / SECONDS
    write = sys.stdout.write
    write(
        f"{requests} requests in {SECONDS} s ({rate:.0f}/s): {errors} of 5xx ({refused} refused for a while), "
    )
    write(f"{statuses[0]} broken lines, {len(ledger.faults)} unexpected answers, ")
    write(f"{len(ledger.broken_sessions)} broken sessions\n")
    write(f"{samples.scrapes} scrapes of {samples.families} metrics, {len(samples.failed)} failed\n")
    write(f"log: {logged / 1024**2:.1f} MiB, {logged / max(requests, 1):.0f} bytes a request\n")
    write("| processes | MiB at first | at the end | growth |\n|---|---|---|---|\n")
    growths = {}
    for name in PROCESSES:
        before, after = samples.growth(name)
        growths[name] = after / before - 1 if before else 0.0
        write(f"| {name} | {before:.0f} | {after:.0f} | {growths[name]:+.1%} |\n")
    for line in [*ledger.faults[:10], *ledger.broken_sessions[:10], *samples.failed[:10]]:
        write(f"{line}\n")
    broken = errors or statuses[0] or ledger.faults or ledger.broken_sessions or samples.failed
    return 1 if broken or growths["web"] >= MAX_GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
