"""``kill -9`` of worker, ffmpeg, web server and database at random moments of uploading and processing."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.support.clips import make_clip
from tests.support.http_client import Caller
from tests.support.processes import child_pids
from tests.support.profile import walk
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]
KILLS, SEED = walk(7, deep=20), 20_261_123
SENDERS, PIECE = walk(2, deep=3), 32 * 1024
PATIENCE = 150
TUS = {"Tus-Resumable": "1.0.0"}
TYPE = {"Content-Type": "application/offset+octet-stream"}
READY = re.compile(r"video (\S{11}): [0-9.]+ s of video ready")


class Sender(threading.Thread):
    """Uploads the clip again and again in small pieces, as a patient client does: asks, and goes on.

    ``in_parts`` it sends two halves and joins them.
    """

    def __init__(self, site: Stack, name: str, clip: bytes, *, in_parts: bool) -> None:
        super().__init__()
        self.caller = Caller(site).sign_up(name)
        self.clip = clip
        self.in_parts = in_parts
        self.enough = threading.Event()
        self.videos: list[str] = []
        self.refusals: set[int] = set()
        self.is_well = False

    def run(self) -> None:
        while not self.enough.is_set():
            self.upload()
        self.is_well = True

    def upload(self) -> None:
        if not self.in_parts:
            headers = self.begin(len(self.clip), {})
            self.videos.append(headers["x-video-id"])
            self.send(headers["location"], self.clip)
            return
        half = len(self.clip) // 2
        paths = []
        for content in (self.clip[:half], self.clip[half:]):
            paths.append(self.begin(len(content), {"Upload-Concat": "partial"})["location"])
            self.send(paths[-1], content)
        # Without a key: a client that repeats itself gets the same upload again.
        headers = self.insist("POST", "/api/v1/uploads", {"Upload-Concat": f"final;{' '.join(paths)}"})
        self.videos.append(headers["x-video-id"])

    def begin(self, length: int, more: dict[str, str]) -> dict[str, str]:
        key = os.urandom(8).hex()
        sent = {"Upload-Length": str(length), "Idempotency-Key": key} | more
        return self.insist("POST", "/api/v1/uploads", sent)

    def send(self, path: str, content: bytes) -> None:
        offset = 0
        while offset < len(content):
            time.sleep(0.02)
            try:
                status, headers, _ = self.caller.call(
                    "PATCH",
                    path,
                    content[offset : offset + PIECE],
                    TUS | TYPE | {"Upload-Offset": str(offset)},
                )
            except OSError:
                status = 0
            if status != 204:
                self.refusals.add(status)
                headers = self.insist("HEAD", path, {})
            offset = int(headers["upload-offset"])

    def insist(self, method: str, path: str, more: dict[str, str]) -> dict[str, str]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                status, headers, _ = self.caller.call(method, path, None, TUS | more)
            except OSError:
                status, headers = 0, {}
            if status in {200, 201, 204}:
                return headers
            self.refusals.add(status)
            time.sleep(0.2)
        raise AssertionError(f"{method} {path} was refused for {PATIENCE} s: {self.refusals}")


def processes(site: Stack) -> dict[str, list[int]]:
    """Process ids of what may be killed, by kind."""
    found: dict[str, list[int]] = {
        "worker": site.children("transcode"),
        "web": site.children("granian"),
        "database": site.children("mongod"),
        "ffmpeg": [],
        "web worker": [],
    }
    for parent in found["worker"]:
        found["ffmpeg"] += child_pids(parent)
    for parent in found["web"]:
        found["web worker"] += child_pids(parent)
    return {kind: ids for kind, ids in found.items() if ids}


def files_below(folder: Path) -> set[str]:
    return (
        {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        if folder.is_dir()
        else set()
    )


def manage(site: Stack, *words: str) -> str:
    environment = os.environ | site.environment | {
        "STREAMSITE_DATA_DIR": str(site.data_dir),
        "DJANGO_SETTINGS_MODULE": "streamsite.settings",
        "SITE_URL": site.url,
        "SECRET_KEY": (site.data_dir / "keys" / "secret_key").read_text(),
        "MONGODB_URI": "",
        "SWEEP_GRACE_SECONDS": "1",
    }  # fmt: skip
    root = Path(__file__).resolve().parent.parent.parent
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_everything_ends_well_whatever_is_killed(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    make_clip(clip, seconds=8, size=(320, 180), fps=25)
    site = Stack(tmp_path, web_processes=2)
    site.start()
    chance = random.Random(SEED)
    killed: list[str] = []
    try:
        content = clip.read_bytes()
        senders = [
            Sender(site, f"killed-{number}", content, in_parts=number == 0) for number in range(SENDERS)
        ]
        for sender in senders:
            sender.start()
        while len(killed) < KILLS:
            # An ffmpeg is not there at every moment: the last kill waits for one if none was killed yet.
            waits_for_ffmpeg = len(killed) == KILLS - 1 and "ffmpeg" not in killed
            time.sleep(0.02 if waits_for_ffmpeg else chance.uniform(0.3, 3.0))
            running = processes(site)
            if not running or (waits_for_ffmpeg and "ffmpeg" not in running):
                continue
            # At random, but what has been spared so far comes first.
            least = min(killed.count(kind) for kind in running)
            kind = chance.choice(sorted(kind for kind in running if killed.count(kind) == least))
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(sorted(running[kind])), signal.SIGKILL)
                killed.append(kind)
        for sender in senders:
            sender.enough.set()
        for sender in senders:
            sender.join(PATIENCE)
            assert sender.is_well
        site.wait_until_answering()
        judge(site, senders)
    finally:
        site.stop()
    assert set(killed) >= {"worker", "web", "database", "ffmpeg"}, killed


def judge(site: Stack, senders: list[Sender]) -> None:
    """Every video ends; what is left on disk is what rows name; nothing was finished twice."""
    videos: dict[str, dict] = {}
    for sender in senders:
        assert sender.refusals <= {0, 409, 503}, sender.refusals
        assert sender.videos
        for video_id in sender.videos:
            videos[video_id] = sender.caller.wait(video_id, "ready", "failed", seconds=PATIENCE)
    assert {video["status"] for video in videos.values()} <= {"ready", "failed"}
    for video in videos.values():
        if video["status"] == "failed":
            # The clip is good: nothing but too many tries may end it, and its owner can try again.
            assert video["failure"]["code"] == "transcode_failed", video["failure"]
    time.sleep(1.5)
    manage(site, "sweep", "--force")
    media, work = site.data_dir / "media", site.data_dir / "work"
    assert files_below(work / "uploads") == set()
    assert files_below(work / "jobs") == set()
    on_disk = {
        path.split("/")[1] for path in files_below(media) if path.startswith(("sources", "videos", "extras"))
    }
    assert on_disk == set(videos), "files of nobody, or a source that is gone"
    for video_id, video in videos.items():
        folder = media / "videos" / video_id
        generations = {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()
        if video["status"] == "ready":
            assert generations == {video["hls_url"].split("/")[-2]}
            assert "#EXT-X-ENDLIST" in next(iter(folder.rglob("index.m3u8"))).read_text()
        else:
            assert generations == set()
    status, listed = senders[0].caller.json("GET", "/api/v1/videos?page_size=100")
    assert status == 200
    assert listed["results"] == []
    states = [video["status"] for video in videos.values()]
    sys.stderr.write(
        f"{len(videos)} videos: {states.count('ready')} ready, {states.count('failed')} failed\n"
    )
    assert states.count("ready") > len(states) / 2
    finished = READY.findall(site.output())
    assert len(finished) == len(set(finished)), "a job ran to completion twice"
