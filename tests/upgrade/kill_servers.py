"""``script/test-upgrade``: an update that is killed as a machine loses power, at random moments, and started again.

Every trial takes the recorded installation of the last release in a data folder of its own, starts ``script/server``'s
supervisor on it, kills it with all its children (MongoDB too) at a random moment of that first start, starts it once
more, and asks for everything that the release had.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pymongo import MongoClient

from streamsite.mongo.binary import MongodUnavailableError, find_mongod
from streamsite.mongo.server import EmbeddedMongo
from tests.support import processes, scratch
from tests.support.stack import Stack
from tests.upgrade import people, release, whole

MIN_FREE_BYTES = 2 * 1024**3
HEADINGS = ("trial", "killed after", "last line of its log", "next start", "outcome")


@dataclass(frozen=True)
class Trial:
    """The outcome of one kill; times are seconds."""

    number: int
    killed_after: float
    last_line: str
    next_start: float
    problem: str

    def row(self) -> str:
        """Return a row of the table."""
        cells = (
            str(self.number),
            f"{self.killed_after:.2f} s",
            self.last_line,
            f"{self.next_start:.1f} s",
            self.problem or "whole",
        )
        return "| " + " | ".join(cells) + " |"


def make_original(folder: Path) -> None:
    """Put the recorded installation into a data folder, with the bundled MongoDB."""
    mongo = EmbeddedMongo(folder)
    mongo.start()
    try:
        with MongoClient(mongo.uri) as client:
            release.load_database(client[mongo.database])
    finally:
        mongo.stop()
    release.load_files(folder)


def first_start(original: Path, folder: Path) -> float:
    """Return how many seconds a start takes that nobody kills, until the jobs that were left over are done."""
    site = _site(original, folder)
    begun = time.monotonic()
    site.start()
    try:
        taken = time.monotonic() - begun
        whole.check_site(site, release.load_facts())
    finally:
        site.stop()
    return taken


def run_trial(original: Path, folder: Path, number: int, moment: float) -> Trial:
    """Kill a first start after ``moment`` seconds, start again, and look."""
    site = _site(original, folder)
    site.launch()
    time.sleep(moment)
    _kill(site)
    lines = site.output().splitlines()
    last_line = lines[-1].replace("|", "/")[:70] if lines else "(nothing yet)"
    begun, problem, started = time.monotonic(), "", 0.0
    try:
        site.start()
        started = time.monotonic() - begun
        whole.check_site(site, release.load_facts())
    except (AssertionError, OSError) as error:
        problem = " ".join(str(error).split())[-300:] or type(error).__name__
    finally:
        site.stop()
    return Trial(number, moment, last_line, started, problem)


def _site(original: Path, folder: Path) -> Stack:
    site = Stack(folder, SITE_URL=people.SITE_URL, ALLOWED_HOSTS="localhost")
    shutil.copytree(original, site.data_dir)
    return site


def _kill(site: Stack) -> None:
    """End the supervisor and everything below it at once, and wait until nothing of it runs."""
    assert site.process is not None
    everything = processes.process_tree(site.process.pid)
    for number in (signal.SIGSTOP, signal.SIGKILL):
        everything |= processes.process_tree(site.process.pid)  # what was started meanwhile
        for pid in everything:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
    site.process.wait(timeout=20)
    while any(_runs(pid) for pid in everything):
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def main(arguments: list[str]) -> int:
    """Run the trials and print their table; return 1 when one of them lost something."""
    parser = argparse.ArgumentParser(
        prog="script/test-upgrade", description="Kill updates, and look what is left."
    )
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument(
        "--seed", type=int, default=None, help="of the moments; printed, to do the same again"
    )
    options = parser.parse_args(arguments)
    try:
        find_mongod()
    except MongodUnavailableError as error:
        sys.stderr.write(f"script/test-upgrade: {error}\n")
        return 1
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    moments = random.Random(seed)
    with scratch.temporary_folder(), tempfile.TemporaryDirectory(prefix="streamsite-upgrade-") as name:
        folder = Path(name)
        if shutil.disk_usage(folder).free < MIN_FREE_BYTES:
            sys.stderr.write(
                f"script/test-upgrade: {folder} needs 2 GiB of free space; set TMPDIR to another folder\n"
            )
            return 1
        make_original(folder / "original")
        longest = first_start(folder / "original", folder / "unharmed")
        shutil.rmtree(folder / "unharmed")
        sys.stdout.write(f"A start that nobody kills takes {longest:.1f} s and loses nothing. Seed: {seed}\n")
        sys.stdout.write("| " + " | ".join(HEADINGS) + " |\n" + "|---" * len(HEADINGS) + "|\n")
        failed = 0
        for number in range(1, options.trials + 1):
            place = folder / str(number)
            place.mkdir()
            trial = run_trial(folder / "original", place, number, moments.uniform(0.1, longest + 1))
            shutil.rmtree(place, ignore_errors=True)
            sys.stdout.write(trial.row() + "\n")
            sys.stdout.flush()
            failed += bool(trial.problem)
    sys.stdout.write(f"{options.trials - failed} of {options.trials} were whole.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
