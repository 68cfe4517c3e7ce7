"""A disaster, rehearsed: a site in use is backed up, its machine is lost, and another one goes on from the backup."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest
from pymongo import MongoClient

from tests.backup.conftest import files_below
from tests.support.http_client import Caller
from tests.support.stack import ROOT, Stack, inherited_environment
from tests.tasks.conftest import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
# Changed by a start, by workers, or by time.
RESTLESS = {
    "streamsite_backup",
    "streamsite_site",
    "task_job",
    "task_worker",
    "throttle",
    "streamsite_figures",
    "streamsite_totals",
}


def database_of(site):
    return MongoClient((site.data_dir / "run" / "mongodb-uri").read_text().strip())["streamsite"]


def contents(site):
    """Return the documents of a running site by collection and id."""
    database = database_of(site)
    try:
        return {
            name: {repr(document["_id"]): document for document in database[name].find()}
            for name in database.list_collection_names()
            if name not in RESTLESS and not name.startswith("system.")
        }
    finally:
        database.client.close()


class Load:
    """People who comment, like, subscribe and upload until told to stop; counts what was acknowledged."""

    def __init__(self, site, clip, video):
        self.site, self.clip, self.video = site, clip, video
        self.stop = threading.Event()
        self.comments = 0
        self.threads = [threading.Thread(target=self._comment), threading.Thread(target=self._upload)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _comment(self):
        person = Caller(self.site).sign_up("talker")
        while not self.stop.is_set():
            body = {"text": f"Comment {self.comments}"}
            status, _ = person.json("POST", f"/api/v1/videos/{self.video}/comments", body)
            assert status == 201
            self.comments += 1
            person.json("PUT", f"/api/v1/videos/{self.video}/reaction", {"value": "like"})

    def _upload(self):
        person = Caller(self.site).sign_up("uploader")
        for _ in range(2):
            person.upload(self.clip, visibility="unlisted")


def play(caller, video):
    """Return the hash of the first segment that the video's first rendition names."""
    _, _, master = caller.call("GET", video["hls_url"])
    first = next(line for line in master.decode().splitlines() if line and not line.startswith("#"))
    playlist = urljoin(video["hls_url"], first)
    _, _, listed = caller.call("GET", playlist)
    segment = next(line for line in listed.decode().splitlines() if line and not line.startswith("#"))
    status, _, content = caller.call("GET", urljoin(playlist, segment))
    assert status == 200
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def former(tmp_path):
    """A site with a video that can be found."""
    site = Stack(tmp_path / "former")
    site.start()
    yield site
    if site.process is not None and site.process.poll() is None:
        site.kill()


def restore_elsewhere(folder, backups):
    """Restore into an empty data folder, as operations.md says; return the site, which is not started."""
    alone = Stack(folder, arguments=("--database-only",), fresh=True)
    alone.data_dir.mkdir(parents=True)
    alone.launch()
    try:
        wait_until(lambda: "only MongoDB is running" in alone.output())
        said = alone.manage("restore", str(backups))
        assert "The site is prepared" in said
    finally:
        alone.stop()
    return Stack(folder, BACKUP_TO=str(backups), BACKUP_KEEP="3")


def scheduled_backup(site):
    """Let the site look now whether a backup is due, instead of within five minutes."""
    database = database_of(site)
    task = {"task": "streamsite.backup.tasks.schedule_backup", "state": "ready"}
    try:
        wait_until(
            lambda: (
                database["task_job"]
                .update_one(task, {"$set": {"run_at": datetime(2000, 1, 1)}})
                .matched_count
            )
        )
    finally:
        database.client.close()


def test_a_site_goes_on_from_its_backup_on_another_machine(former, tmp_path, clip):
    backups = tmp_path / "backups"
    keeper = Caller(former).sign_up("keeper")
    keeper.sign_in_to_pages("keeper")
    title = "Zephyr over the harbor"
    video_id = keeper.upload(clip, visibility="public", title=title)
    video = keeper.wait(video_id, "ready")
    segment = play(keeper, video)
    wait_until(lambda: found_by_search(keeper) == [video_id])

    with Load(former, clip, video_id) as load:
        wait_until(lambda: load.comments > 5)
        killed_backup(former, backups)
        before = load.comments
        said = former.manage("backup", str(backups))
        assert "is complete" in said
        wait_until(lambda: load.comments > before + 5)
    # What came after the backup is lost, and nothing else: a second one, in peace, is compared.
    wait_until(lambda: not unfinished(former))
    said = former.manage("backup", str(backups), "--keep", "1")
    original, files = contents(former), files_below(former.data_dir / "media")
    assert "Whole: 1 snapshot in" in former.manage("verify_backup", str(backups))
    session = dict(keeper.cookies)
    former.kill()
    shutil.rmtree(former.data_dir)

    restored = restore_elsewhere(tmp_path / "restored", backups)
    restored.start()
    try:
        there = files_below(restored.data_dir / "media")
        assert {name: there.get(name) for name in files if name != "site-count"} == {
            name: content for name, content in files.items() if name != "site-count"
        }
        found = contents(restored)
        assert {name: len(rows) for name, rows in found.items() if rows} == {
            name: len(rows) for name, rows in original.items() if rows
        }
        changed = {name for name in original if original[name] != found.get(name, {})}
        # Sessions are used, and images of the admin counted, when the site answers.
        assert changed <= {"auth_session", "django_session", "streamsite_setup"}, changed

        again = Caller(restored)
        again.cookies = session
        assert again.call("GET", "/notifications")[0] == 200
        keeper_again = Caller(restored).sign_in("keeper")
        assert play(keeper_again, keeper_again.json("GET", f"/api/v1/videos/{video_id}")[1]) == segment
        assert found_by_search(keeper_again) == [video_id]
        _, shown = keeper_again.json("GET", f"/api/v1/videos/{video_id}")
        assert shown["counts"]["comments"] == load.comments
        new = keeper_again.wait(keeper_again.upload(clip, visibility="unlisted"), "ready")
        play(keeper_again, new)
        assert json.loads(again.call("GET", "/readyz")[2])["checks"]["workers"] is True
        scheduled_backup(restored)
        wait_until(lambda: len(list((backups / "snapshots").glob("*.json"))) == 2)
        assert restored.manage("reconcile", "--check").strip() == "All counters are correct."
    finally:
        restored.kill()


def found_by_search(caller):
    _, found = caller.json("GET", "/api/v1/videos?q=zephyr+harbor")
    return [row["id"] for row in found["results"]]


def unfinished(site):
    database = database_of(site)
    try:
        states = {"$in": ["queued", "processing", "uploading"]}
        return database["videos_video"].count_documents({"status": states})
    finally:
        database.client.close()


def killed_backup(site, backups: Path):
    """Start a backup and end it with SIGKILL once it has copied files."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "backup", str(backups)],
        cwd=ROOT,
        env=inherited_environment() | {"STREAMSITE_DATA_DIR": str(site.data_dir)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and len(list((backups / "objects").glob("*/*"))) < 10:
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not list((backups / "snapshots").glob("*.json"))
