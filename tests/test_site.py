"""The whole site from outside: what ``script/server`` runs, spoken to over HTTP as curl would."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.support.clips import make_clip
from tests.support.http_client import PASSWORD, Caller
from tests.support.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def first_uri(playlist: bytes, suffix: str) -> str:
    return next(
        line for line in playlist.decode().splitlines() if line.endswith(suffix) and not line.startswith("#")
    )


def test_register_sign_in_refresh_upload_and_play_in_private(site, clip):
    owner = Caller(site).sign_up("site-owner")
    first = owner.cookie
    status, grant = owner.json("POST", "/api/v1/auth/token/refresh", X_Requested_With="test")
    assert status == 200
    assert owner.cookie != first
    owner.token = grant["access"]
    video_id = owner.upload(clip, title="Mine alone", visibility="private")
    video = owner.wait(video_id, "ready")
    master = video["hls_url"]
    status, _, content = owner.call("GET", master)
    assert status == 200
    variant = f"{master.rsplit('/', 1)[0]}/{first_uri(content, '/index.m3u8')}"
    status, _, content = owner.call("GET", variant)
    assert status == 200
    segment = f"{variant.rsplit('/', 1)[0]}/{first_uri(content, '.m4s')}"
    status, headers, content = owner.call("GET", segment, headers={"Range": "bytes=0-9"})
    assert (status, len(content)) == (206, 10)
    assert headers["content-range"].startswith("bytes 0-9/")
    others = (Caller(site), Caller(site).sign_up("site-other"))
    for other in others:
        for path in (f"/watch/{video_id}", f"/api/v1/videos/{video_id}"):
            assert other.call("GET", path)[0] == 404, path
    # What the owner's session got is good by itself, and ends with the session.
    given = (master, variant, segment)
    assert [others[0].call("GET", url)[0] for url in given] == [200] * 3
    assert owner.json("POST", "/api/v1/auth/logout", X_Requested_With="test")[0] == 204
    deadline = time.monotonic() + 5
    while [other.call("GET", url)[0] for other in others for url in given] != [404] * 6:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_killed_worker_leaves_nothing_and_its_job_is_finished(site, tmp_path):
    long_clip = tmp_path / "long.mp4"
    make_clip(long_clip, seconds=12, size=(1280, 720), fps=25)
    owner = Caller(site).sign_up("site-kill")
    video_id = owner.upload(long_clip, title="Interrupted")
    jobs, served = site.data_dir / "work" / "jobs" / video_id, site.data_dir / "media" / "videos" / video_id
    deadline = time.monotonic() + 60
    while not list(served.glob("*/*/seg_*")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (first,) = [path.name for path in served.iterdir()]
    (worker,) = site.children("run_worker --queue transcode")
    os.kill(worker, signal.SIGKILL)
    video = owner.wait(video_id, "ready", seconds=150)
    assert video["status"] == "ready"
    _, job = owner.json("GET", f"/api/v1/videos/{video_id}/processing")
    assert job["attempt"] == 2
    assert not jobs.exists()
    (last,) = [path.name for path in served.iterdir()]
    assert last != first


def test_mongod_killed_and_back_again(site):
    owner = Caller(site).sign_up("site-mongo")
    (mongod,) = site.children("mongod")
    os.kill(mongod, signal.SIGKILL)
    codes = set()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        codes.add(owner.call("GET", "/")[0])
        status, _ = owner.json("GET", "/api/v1/me")
        codes.add(status)
        if status == 200:
            break
        time.sleep(0.2)
    assert codes <= {200, 503}
    assert owner.json("POST", "/api/v1/auth/token/refresh", X_Requested_With="test")[0] == 200


def test_no_secret_is_in_the_logs(site):
    owner = Caller(site).sign_up("site-logs")
    output = site.output() + (site.data_dir / "logs" / "mongod.log").read_text(errors="replace")
    for secret in (owner.token, owner.cookie.split("=")[1], PASSWORD):
        assert secret not in output


def test_ctrl_c_stops_everything_and_a_second_start_keeps_the_data(tmp_path):
    stack = Stack(tmp_path, fresh=True)
    stack.start()
    Caller(stack).sign_up("stays")
    processes = [stack.process.pid, *stack.children("")]
    assert len(processes) >= 4
    assert stack.stop() == 0
    assert [pid for pid in processes if Path(f"/proc/{pid}").exists()] == []
    stack.start()
    again = Caller(stack)
    assert again.json("POST", "/api/v1/auth/token", {"login": "stays", "password": PASSWORD})[0] == 200
    stack.stop()


def test_two_servers_on_one_folder_or_port_are_refused(site, tmp_path):
    same_port = Stack(tmp_path / "a")
    same_port.log.parent.mkdir()
    same_port.port = site.port
    with pytest.raises(AssertionError, match="cannot be used"):
        start_alone(same_port)
    same_folder = Stack(tmp_path / "b")
    same_folder.log.parent.mkdir()
    same_folder.data_dir = site.data_dir
    with pytest.raises(AssertionError, match="another server is running on the data folder"):
        start_alone(same_folder)
    # The refused one leaves what commands need to reach the running one.
    assert (site.data_dir / "run" / "mongodb-uri").read_text().startswith("mongodb://")


def start_alone(stack: Stack) -> None:
    """Start without mistaking another site's answer for one's own."""
    stack.url = "http://127.0.0.1:9"
    stack.start()
