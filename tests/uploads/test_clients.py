"""The official clients against a running site, and what raw sockets can do to it."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from tusclient.client import TusClient

from tests.support.http_client import Caller
from tests.support.processes import process_tree
from tests.support.stack import Stack
from tests.tasks.conftest import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
URL = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
TYPE = {"Content-Type": "application/offset+octet-stream"}
MIB = 1024 * 1024
END_WORKERS = """async () => {
  for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
}"""


@pytest.fixture(scope="module")
def sender(site: Stack) -> Caller:
    return Caller(site).sign_up("sender")


def noise(size: int) -> bytes:
    return hashlib.shake_128(b"noise").digest(size)


def begin(caller: Caller, length: int) -> tuple[str, str]:
    status, headers, content = caller.call("POST", URL, None, TUS | {"Upload-Length": str(length)})
    assert status == 201, content
    return headers["location"], headers["x-video-id"]


def patch(caller: Caller, path: str, content: bytes, offset: int, **more: str) -> tuple[int, str]:
    status, headers, _ = caller.call(
        "PATCH", path, content, TUS | TYPE | {"Upload-Offset": str(offset)} | more
    )
    return status, headers.get("upload-offset", "")


def offset_of(caller: Caller, path: str) -> int:
    status, headers, _ = caller.call("HEAD", path, None, TUS)
    assert status == 200
    return int(headers["upload-offset"])


def kept(site: Stack, video_id: str) -> str:
    """Return the hash of what has become the video's source."""
    content = (site.data_dir / "media" / "sources" / video_id / "source").read_bytes()
    return hashlib.sha256(content).hexdigest()


def memory(site: Stack) -> int:
    """Resident bytes of all web processes."""
    pages = 0
    for child in site.children("granian"):
        pages += sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in process_tree(child))
    return pages * os.sysconf("SC_PAGESIZE")


@pytest.fixture
def paused_worker(site: Stack):
    """The source stays as it was sent: nothing processes, and so refuses, it meanwhile."""
    workers = site.children("transcode")
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    yield
    for pid in workers:
        os.kill(pid, signal.SIGCONT)


def test_tuspy_uploads_breaks_off_and_goes_on(site, sender, paused_worker, tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(noise(9 * MIB + 5))
    client = TusClient(f"{site.url}{URL}", headers={"Authorization": f"Bearer {sender.token}"})
    first = client.uploader(str(path), chunk_size=2 * MIB, metadata={"filename": "film.mp4"})
    first.upload(stop_at=4 * MIB)
    assert first.offset == 4 * MIB
    second = client.uploader(str(path), chunk_size=2 * MIB, url=first.url, upload_checksum=True)
    assert second.offset == 4 * MIB
    second.upload()
    status, headers, _ = sender.call("HEAD", second.url.removeprefix(site.url), None, TUS)
    assert (status, headers["upload-offset"]) == (200, str(9 * MIB + 5))
    assert kept(site, headers["x-video-id"]) == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.browser
def test_tus_js_client_pauses_and_goes_on_after_the_browser_was_closed(
    site, chromium: Browser, sender, paused_worker, tmp_path
):
    """The page's own client: pause, close the browser, come back, choose the same file."""
    path = tmp_path / "my_film.mp4"
    path.write_bytes(noise(40 * MIB))
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/login?next=/upload")
    page.get_by_label("Username").fill("sender")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/upload")
    network = context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 6 * MIB}
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", slow)
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and "location" in answer.headers
    ) as made:
        page.locator("[data-file]").set_input_files(str(path))
    wait_until(lambda: offset_of(sender, urlsplit(made.value.headers["location"]).path) > 0)
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Pause").click()
    page.locator("[data-text]", has_text="Paused").wait_for()
    href = page.locator("[data-queue] [data-edit]").get_attribute("href") or ""
    # The worker that keeps files from page to page ends with the browser.
    page.evaluate(END_WORKERS)
    page.reload()
    unfinished = page.locator("[data-unfinished] li")
    assert unfinished.count() == 1
    assert "my_film.mp4" in unfinished.inner_text()
    arrived = offset_of(
        sender, f"{URL}/{unfinished.locator('[data-upload-id]').get_attribute('data-upload-id')}"
    )
    assert 0 < arrived < 40 * MIB
    page.locator("[data-file]").set_input_files(str(path))
    page.locator("[data-queue] [data-state=processing]").wait_for(timeout=60_000)
    assert page.locator("[data-queue] [data-edit]").get_attribute("href") == href
    assert unfinished.count() == 0
    assert kept(site, href.rsplit("/", 1)[1]) == hashlib.sha256(path.read_bytes()).hexdigest()
    context.close()


def test_of_parallel_pieces_one_wins(site, sender, paused_worker):
    """Eight requests send the same bytes at once: no byte is doubled, one job is queued."""
    content = noise(3 * MIB)
    for _ in range(5):
        path, video_id = begin(sender, len(content))
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: patch(sender, path, content, 0)[0], range(8)))  # noqa: B023
        assert sorted(set(answers)) in ([204], [204, 409], [204, 404], [204, 404, 409])
        assert answers.count(204) >= 1
        assert offset_of(sender, path) == len(content)
        assert kept(site, video_id) == hashlib.sha256(content).hexdigest()


def test_a_client_that_vanishes_does_not_block_its_successor(site, sender, paused_worker):
    """A half-open connection, still waited for by the server, while another request goes on."""
    content = noise(2 * MIB)
    path, video_id = begin(sender, len(content))
    half = content[: MIB + 100]
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        head = (
            f"PATCH {path} HTTP/1.1\r\nHost: localhost:{site.port}\r\nAuthorization: Bearer {sender.token}\r\n"
            f"Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Length: {len(content)}\r\n"
            "Content-Type: application/offset+octet-stream\r\n\r\n"
        )
        line.sendall(head.encode() + half)
        deadline = time.monotonic() + 20
        while offset_of(sender, path) < MIB and time.monotonic() < deadline:
            time.sleep(0.1)
        arrived = offset_of(sender, path)
        assert arrived >= MIB
        assert patch(sender, path, content[arrived:], arrived) == (204, str(len(content)))
        line.sendall(content[len(half) :])
        assert b"204" not in line.recv(200)
    assert kept(site, video_id) == hashlib.sha256(content).hexdigest()


def test_what_a_broken_line_delivered_is_kept(site, sender, paused_worker):
    content = noise(3 * MIB)
    path, video_id = begin(sender, len(content))
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        head = (
            f"PATCH {path} HTTP/1.1\r\nHost: localhost:{site.port}\r\nAuthorization: Bearer {sender.token}\r\n"
            f"Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Length: {len(content)}\r\n"
            "Content-Type: application/offset+octet-stream\r\n\r\n"
        )
        line.sendall(head.encode() + content[: 2 * MIB])
    deadline = time.monotonic() + 20
    while offset_of(sender, path) < 2 * MIB and time.monotonic() < deadline:
        time.sleep(0.1)
    arrived = offset_of(sender, path)
    assert MIB <= arrived <= 2 * MIB
    assert patch(sender, path, content[arrived:], arrived) == (204, str(len(content)))
    assert kept(site, video_id) == hashlib.sha256(content).hexdigest()


def test_memory_stays_flat_while_a_large_file_arrives(site, sender, paused_worker):
    size = 300 * MIB
    path, _ = begin(sender, size)
    patch(sender, path, noise(MIB), 0)
    before, highest = memory(site), 0
    piece = noise(50 * MIB)
    for number in range(5):
        status, _ = patch(sender, path, piece, MIB + number * len(piece))
        assert status == 204
        highest = max(highest, memory(site))
    assert highest - before < 40 * MIB, f"{(highest - before) / MIB:.0f} MiB more"
    assert sender.call("DELETE", path, None, TUS)[0] == 204


def test_a_wrong_checksum_keeps_nothing(site, sender):
    path, _ = begin(sender, 8)
    digest = base64.b64encode(hashlib.sha1(b"data", usedforsecurity=False).digest()).decode()
    assert patch(sender, path, b"dada", 0, **{"Upload-Checksum": f"sha1 {digest}"})[0] == 460
    assert offset_of(sender, path) == 0
    assert sender.call("DELETE", path, None, TUS)[0] == 204
