"""Measure how a silent bucket and a silent mail server affect unrelated calls.

Bar: the API's 95th percentile stays below 1.5 times what it is with partners that answer, while viewers ask for what
is in the bucket; a publication is at most 10 s late. Before: API calls took 10 to 28 s, a publication was a minute
late.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.hardening import verdict
from tests.support.clips import make_clip
from tests.support.flaky_proxy import FlakyProxy, Mode
from tests.support.http_client import Caller
from tests.support.s3 import S3Server
from tests.support.smtp import MailServer
from tests.support.stack import Stack

CALLS, VIEWERS = 300, 20
MOST_TIMES, MOST_LATE = 1.5, 10.0


def measure() -> None:
    """Print the figures, and whether the bars hold."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        store, mail = S3Server(folder / "s3.log"), MailServer()
        store.start()
        bucket_proxy, mail_proxy = FlakyProxy(store.port), FlakyProxy(mail.port)
        settings = store.environment | {
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{bucket_proxy.port}",
            "EMAIL_HOST": "127.0.0.1",
            "REQUIRE_VERIFIED_EMAIL": "0",
            "EMAIL_PORT": str(mail_proxy.port),
        }
        site = Stack(folder, web_processes=2, **settings)
        site.start()
        try:
            owner = Caller(site).sign_up("partners")
            film = _film(site, owner, folder)
            _measure_bucket(site, film, bucket_proxy)
            _measure_mail(site, owner, film, mail_proxy)
        finally:
            for proxy in (bucket_proxy, mail_proxy):
                proxy.mode = Mode.PASS
            site.stop()
            mail.stop()
            store.stop()


def _film(site: Stack, owner: Caller, folder: Path) -> dict[str, str]:
    clip = folder / "clip.mp4"
    make_clip(clip, seconds=3, size=(320, 180), fps=24)
    video_id = owner.upload(clip, visibility="public")
    film = owner.wait(video_id, "ready")
    while "files are served from the bucket" not in site.output():
        time.sleep(0.2)
    return film


def _measure_bucket(site: Stack, film: dict[str, str], proxy: FlakyProxy) -> None:
    path = f"/api/v1/videos/{film['id']}"
    asked = {"answering": _viewers(site, film, path)}
    proxy.mode = Mode.SILENT
    asked["silent"] = _viewers(site, film, path)
    proxy.mode = Mode.PASS
    figures = {}
    for name, (calls, viewers) in asked.items():
        figures[name] = statistics.quantiles(calls, n=20)[-1]
        print(
            f"bucket {name}: API p50 {statistics.median(calls) * 1e3:.1f} ms, p95 {figures[name] * 1e3:.1f} ms; "
            f"{len(viewers)} viewers' requests, slowest {max(viewers):.2f} s"
        )
    times = figures["silent"] / figures["answering"]
    verdict(f"p95 {times:.2f} times (bar: {MOST_TIMES})", passed=times <= MOST_TIMES)


def _viewers(site: Stack, film: dict[str, str], path: str) -> tuple[list[float], list[float]]:
    """Return the seconds of each API call, and of each request for a file in the bucket meanwhile."""
    ended, viewers = threading.Event(), []

    def view(number: int) -> None:
        caller, count = Caller(site), 0
        while not ended.is_set():
            count += 1
            name = f"nothing-{number}-{count}-{time.monotonic_ns()}.webp"
            viewers.append(_seconds(caller, film["hls_url"].replace("master.m3u8", name)))
            ended.wait(0.25)

    threads = [threading.Thread(target=view, args=(number,)) for number in range(VIEWERS)]
    for thread in threads:
        thread.start()
    caller = Caller(site)
    calls = []
    for _ in range(CALLS):
        calls.append(_seconds(caller, path))
        time.sleep(0.02)
    ended.set()
    for thread in threads:
        thread.join()
    return calls, viewers


def _seconds(caller: Caller, path: str) -> float:
    begun = time.monotonic()
    caller.call("GET", path)
    return time.monotonic() - begun


def _measure_mail(site: Stack, owner: Caller, film: dict[str, str], proxy: FlakyProxy) -> None:
    proxy.mode, accepted = Mode.SILENT, proxy.accepted
    Caller(site).sign_up("partners-late")
    while proxy.accepted == accepted:
        time.sleep(0.05)
    at = datetime.now(UTC) + timedelta(seconds=3)
    path = f"/api/v1/videos/{film['id']}"
    owner.json("PATCH", path, {"visibility": "private", "publish_at": at.isoformat()})
    anonymous = Caller(site)
    while anonymous.call("GET", path)[0] != 200:
        time.sleep(0.05)
    late = (datetime.now(UTC) - at).total_seconds()
    proxy.mode = Mode.PASS
    verdict(
        f"mail server silent: publication {late:.1f} s late (bar: {MOST_LATE:.0f} s)",
        passed=late <= MOST_LATE,
    )


if __name__ == "__main__":
    measure()
