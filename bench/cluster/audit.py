"""Audit a rehearsed deployment: look for lost writes, duplicates, orphans, and secrets in logs."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bench.cluster.deployment import Deployment
from bench.cluster.ledger import Ledger
from bench.cluster.people import READ, Client, Fan, Native, play
from streamsite.tasks import queue

DRAIN_SECONDS = 300
# What ``reconcile --check`` prints of a counter, and of a field that is not there.
COUNTER_LINE, MISSING_SUFFIX = re.compile(r" wrong by (\S+) in total"), " missing"
# A fault may fall between the write of a row and that of its counters: two of a reaction, the old one's and the new
# one's.
CUT_COUNTERS_PER_FAULT = 2
TRANSCODE = "videos.tasks.process_video"


@dataclass
class Findings:
    """Counts of what is wrong, 0 everywhere of a site that kept its word; ``details`` name the first few."""

    lost: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    unplayable: int = 0
    wrong_reactions: int = 0
    sessions_broken: int = 0
    jobs_lost: int = 0
    jobs_twice: int = 0
    # Counters that a fault left one off, which the nightly task sets right; and those that no fault explains.
    cut_counters: int = 0
    wrong_counters: int = 0
    # Fields that the former version did not write, which the task after an update fills in.
    repaired: int = 0
    orphans_swept: int = 0
    orphans_left: int = 0
    secrets_in_logs: int = 0
    secrets_in_database: int = 0
    details: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """True when no promise was broken."""
        broken = (
            *(self.duplicates, self.unplayable, self.wrong_reactions, self.sessions_broken, self.jobs_lost),
            *(self.jobs_twice, self.wrong_counters, self.orphans_left, self.secrets_in_logs),
            self.secrets_in_database,
        )
        return not any(broken) and not self.lost


def audit(site: Deployment, ledger: Ledger, *, fan: Fan, natives: list[Native]) -> Findings:
    """Wait for the queue to be empty, and compare the site with what it promised."""
    findings = Findings()
    with site.mongo.client() as client:
        database = client["streamsite"]
        _drain(database, findings)
        _look_for_comments(database, ledger, findings)
        _look_for_videos(site, database, ledger, findings)
        _look_at_jobs(database, ledger, findings)
        _look_for_secrets_in_database(database, ledger, findings)
    _look_at_reaction(site, ledger, fan, findings)
    _look_at_sessions(natives, ledger, findings)
    _look_at_counters(site, ledger, findings)
    _sweep(site, findings)
    _look_for_secrets_in_logs(site, ledger, findings)
    return findings


def _drain(database: Any, findings: Findings) -> None:
    """Wait until no job of a video waits or runs."""
    deadline = time.monotonic() + DRAIN_SECONDS
    unfinished = {"task": TRANSCODE, "state": {"$in": list(queue.UNFINISHED)}}
    while left := database["task_job"].count_documents(unfinished):
        if time.monotonic() > deadline:
            findings.jobs_lost += left
            findings.details.append(f"{left} jobs were not finished {DRAIN_SECONDS} s after the load")
            return
        time.sleep(0.5)


def _look_for_comments(database: Any, ledger: Ledger, findings: Findings) -> None:
    there = Counter(row["text"] for row in database["videos_comment"].find({}, {"text": 1}))
    for promise in [each for each in ledger.promises if each.kind == "comment"]:
        if not there[promise.name]:
            findings.lost[ledger.phase_of(promise.at) or "between faults"] += 1
            findings.details.append(f"lost: {promise.name}")
    doubled = [text for text, count in there.items() if count > 1]
    findings.duplicates += len(doubled)
    findings.details += [f"twice: {text}" for text in doubled[:5]]


def _look_for_videos(site: Deployment, database: Any, ledger: Ledger, findings: Findings) -> None:
    rows = {row["_id"]: row for row in database["videos_video"].find({}, {"status": 1, "title": 1})}
    titles = Counter(row["title"] for row in rows.values() if row["status"] != "uploading")
    findings.duplicates += sum(count - 1 for count in titles.values())
    viewer = Client(site, Ledger(), READ)
    for promise in [each for each in ledger.promises if each.kind == "video"]:
        row = rows.get(promise.name)
        if row is None:
            findings.lost[ledger.phase_of(promise.at) or "between faults"] += 1
            findings.details.append(f"lost: video {promise.name}")
        elif row["status"] != "ready" or not _plays(viewer, promise.name):
            findings.unplayable += 1
            findings.details.append(f"video {promise.name} is {row['status']} and does not play")


def _plays(viewer: Client, video_id: str) -> bool:
    with suppress(OSError, StopIteration, KeyError, TypeError):
        _, video = viewer.json("GET", f"/api/v1/videos/{video_id}")
        return bool(play(viewer, video))
    return False


def _look_at_jobs(database: Any, ledger: Ledger, findings: Findings) -> None:
    """Every uploaded video was processed, and no more than once with effect."""
    jobs: dict[str, list[dict[str, Any]]] = {}
    for job in database["task_job"].find({"task": TRANSCODE}):
        jobs.setdefault(str(job["args"][0]), []).append(job)
    for name in ledger.names("video"):
        done = [job for job in jobs.get(name, []) if job["state"] == queue.DONE]
        if not done:
            findings.jobs_lost += 1
            findings.details.append(
                f"no finished job of video {name}: {[job['state'] for job in jobs.get(name, [])]}"
            )
        findings.jobs_twice += max(len(done) - 1, 0)


def _look_at_reaction(site: Deployment, ledger: Ledger, fan: Fan, findings: Findings) -> None:
    status, _, content = fan.client.persist("GET", fan.path.removesuffix("/reaction"))
    shown = json.loads(content).get("viewer", {}).get("reaction") if status == 200 else "unknown"
    if shown != fan.last:
        findings.wrong_reactions += 1
        findings.details.append(f"the last reaction was {fan.last} and is {shown}")


def _look_at_sessions(natives: list[Native], ledger: Ledger, findings: Findings) -> None:
    for native in natives:
        native.stopping.clear()
        native.act()
    findings.sessions_broken = len(ledger.broken_sessions)
    findings.details += [f"session: {text}" for text in ledger.broken_sessions[:5]]


def _look_at_counters(site: Deployment, ledger: Ledger, findings: Findings) -> None:
    """Compare every counter with its rows, set them right as the nightly task does, and compare again."""
    before = site.try_manage("reconcile", "--check").stdout.splitlines()
    findings.repaired = sum(line.endswith(MISSING_SUFFIX) for line in before)
    drift = total_drift(before)
    if drift <= CUT_COUNTERS_PER_FAULT * len(ledger.phases):
        findings.cut_counters = drift
    else:
        findings.wrong_counters = drift
    site.manage("reconcile")
    left = site.try_manage("reconcile", "--check")
    lines = [line for line in before if COUNTER_LINE.search(line)]
    if left.returncode:
        lines += [*left.stdout.splitlines(), *left.stderr.splitlines()[-3:]]
        findings.wrong_counters += max(len(left.stdout.splitlines()), 1)
    findings.details += [f"reconcile: {line}" for line in lines[:8]]


def total_drift(lines: Iterable[str]) -> int:
    """Return by how much counters differ from their rows, as ``reconcile --check`` printed it."""
    return int(sum(float(match[1]) for line in lines if (match := COUNTER_LINE.search(line))))


def _sweep(site: Deployment, findings: Findings) -> None:
    """Sweep what the kills left, as the periodic task would an hour later, and look whether anything is left."""
    now = {"SWEEP_GRACE_SECONDS": "1"}
    swept = site.try_manage("sweep", "--force", **now)
    for line in swept.stdout.splitlines():
        name, _, count = line.rpartition(": ")
        if count.isdigit() and name != "trash days":
            findings.orphans_swept += int(count)
    left = site.try_manage("sweep", "--dry-run", **now)
    listed = [line for line in left.stdout.splitlines() if not line.endswith("Nothing was changed.")]
    findings.orphans_left = len(listed)
    findings.details += [f"left after a sweep: {line}" for line in listed[:5]]
    if swept.returncode or left.returncode:
        findings.orphans_left += 1
        findings.details.append(f"sweep: {(swept.stderr + left.stderr)[-300:]}")


def _look_for_secrets_in_logs(site: Deployment, ledger: Ledger, findings: Findings) -> None:
    logs = [*site.logs.glob("*.log"), *site.folder.glob("db*.log"), *(site.data_dir / "logs").glob("*")]
    for path in logs:
        content = path.read_bytes()
        found = [secret for secret in ledger.secrets if secret.encode() in content]
        findings.secrets_in_logs += len(found)
        findings.details += [
            f"{path.name} holds a secret that begins with {secret[:6]}" for secret in found[:3]
        ]


def _look_for_secrets_in_database(database: Any, ledger: Ledger, findings: Findings) -> None:
    needles = [secret.encode() for secret in ledger.secrets]
    for name in database.list_collection_names():
        content = b"\n".join(repr(row).encode() for row in database[name].find())
        found = sum(needle in content for needle in needles)
        findings.secrets_in_database += found
        if found:
            findings.details.append(f"{name} holds {found} secrets")
