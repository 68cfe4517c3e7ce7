"""Record an installation of a release: ``python -m tests.upgrade.record --code FOLDER`` FOLDER is a checkout of it.

Starts the release's own code on an empty data folder, lets people use it, stops its worker so that jobs are left over,
and writes database, files and facts to ``tests/upgrade/release``. The keys in it are made for the recording and guard
nothing else.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from streamsite.mongo.server import EmbeddedMongo
from tests.support import processes
from tests.support.http_client import Caller
from tests.support.stack import Stack
from tests.upgrade import people, release

SECRET_KEY = "recorded-for-tests-only-" + "x" * 40


def record(code: Path) -> None:
    """Run the release in ``code`` and write what it leaves to ``tests/upgrade/release``."""
    with tempfile.TemporaryDirectory(prefix="streamsite-record-") as name:
        folder = Path(name)
        os.environ["FFMPEG_THREADS"] = "1"
        mongo = EmbeddedMongo(folder / "mongo")
        mongo.start()
        site = Stack(
            folder,
            MONGODB_URI=mongo.uri,
            SITE_URL=people.SITE_URL,
            SECRET_KEY=SECRET_KEY,
            ALLOWED_HOSTS="localhost",
        )
        site.root = code
        site.start()
        try:
            facts = people.create_contents(site, folder)
            facts["answers"] = people.read_contents(site, facts)
            _leave_work(site, folder, facts)
            facts["recorded_at"] = datetime.now(UTC).isoformat()
            facts["release"] = _commit(code)
            facts["secret_key"] = SECRET_KEY
            with mongo.supervising() as client:
                database = client[mongo.database]
                # What staff of the release did with the box "active" of an account.
                database["accounts_user"].update_one({"username": "carl"}, {"$set": {"is_active": False}})
                release.store(database, site.data_dir, facts)
        finally:
            for pid in processes.process_tree(site.process.pid) if site.process else ():
                os.kill(pid, signal.SIGKILL)
            mongo.stop()


def _leave_work(site: Stack, folder: Path, facts: people.Facts) -> None:
    """Stop the workers where they are, then upload: the job waits, as when the site is stopped for an update."""
    for pid in site.children("run_worker"):
        os.kill(pid, signal.SIGSTOP)
    anna = Caller(site)
    anna.token = facts["access"]["anna"]
    assert anna.json("POST", "/api/v1/auth/password/reset", {"email": "ben@example.org"})[0] == 202
    clip = people.make_small_clip(folder / "waiting.mp4")
    facts["waiting"] = anna.upload(clip, title="Not processed yet", visibility="private")


def _commit(code: Path) -> str:
    command = ["git", "-C", str(code), "rev-parse", "HEAD"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.upgrade.record")
    parser.add_argument("--code", type=Path, required=True, help="a checkout of the release")
    record(parser.parse_args(sys.argv[1:]).code.resolve())
