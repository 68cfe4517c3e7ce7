"""The rehearsal itself: people use the deployment, parts of it are killed in turn, and the ledger is audited."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.cluster.audit import Findings, audit
from bench.cluster.deployment import Deployment, Version
from bench.cluster.faults import Fault, all_faults
from bench.cluster.ledger import Ledger
from bench.cluster.people import Commenter, Fan, Native, Person, Uploader, Viewer
from tests.support.clips import make_clip
from tests.support.http_client import Caller

# After a fault was mended, until the next one.
RECOVERY_SECONDS = 5.0
logger = logging.getLogger("bench.cluster")


@dataclass
class Crowd:
    """The people of a rehearsal."""

    fan: Fan
    natives: list[Native]
    uploader: Uploader
    commenters: list[Commenter]
    viewers: list[Viewer]
    everyone: list[Person] = field(init=False)

    def __post_init__(self) -> None:
        self.everyone = [self.fan, self.uploader, *self.natives, *self.commenters, *self.viewers]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let them begin, and wait for each to finish what it is at."""
        for person in self.everyone:
            person.start()
        try:
            yield
        finally:
            for person in self.everyone:
                person.stopping.set()
            for person in self.everyone:
                person.join(timeout=200)


@dataclass
class Outcome:
    """Results of a rehearsal."""

    ledger: Ledger
    findings: Findings
    crowd: Crowd
    disks_filled: bool


def rehearse(site: Deployment, folder: Path, *, roll_to: Version | None = None) -> Outcome:
    """Run every fault on a started deployment under load, roll it to ``roll_to`` first, and audit it."""
    ledger = Ledger()
    clip = make_clip(folder / "clip.mp4", seconds=4)
    owner = Caller(site).sign_up("owner")  # type: ignore[arg-type]
    video_id = owner.upload(clip, title="The film", visibility="public")
    owner.wait(video_id, "ready")
    crowd = Crowd(
        fan=Fan(site, ledger, "fan", video_id),
        natives=[Native(site, ledger, f"native-{number}") for number in range(3)],
        uploader=Uploader(site, ledger, "uploader", clip),
        commenters=[Commenter(site, ledger, f"talker-{number}", video_id) for number in range(2)],
        viewers=[Viewer(site, ledger, f"viewer-{number}", video_id) for number in range(2)],
    )
    with crowd.at_work():
        if roll_to is not None:
            with ledger.phase("every process: rolled to the new version"):
                site.roll(roll_to)
                time.sleep(RECOVERY_SECONDS)
        for fault in all_faults(site):
            _suffer(site, ledger, fault)
    findings = audit(site, ledger, fan=crowd.fan, natives=crowd.natives)
    return Outcome(ledger, findings, crowd, site.can_fill_disks)


def _suffer(site: Deployment, ledger: Ledger, fault: Fault) -> None:
    """Let a fault strike, mend it, and wait until the deployment is whole again."""
    sys.stderr.write(f"{fault.name}\n")
    with ledger.phase(fault.name):
        mend = fault.strike(site)
        time.sleep(fault.seconds)
        mend()
        site.mongo.wait_until_whole()
        site.wait_until_answering()
        time.sleep(RECOVERY_SECONDS)
