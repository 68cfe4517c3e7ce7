"""Clients that forgive nothing: ffmpeg decodes every rendition over HTTP, yt-dlp downloads from the watch page."""

from __future__ import annotations

import re
import subprocess
import sys
from urllib.parse import urljoin

import av
import pytest

from tests.support.clips import make_clip
from tests.support.http_client import Caller
from videos.transcoding.ffmpeg import ffmpeg_binary

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
SECONDS = 9


@pytest.fixture(scope="module")
def published(site, tmp_path_factory):
    """A public video and its address on the running site."""
    clip = tmp_path_factory.mktemp("strict") / "clip.mp4"
    make_clip(clip, seconds=SECONDS, size=(854, 480), fps=30)
    owner = Caller(site).sign_up("strict-owner")
    video_id = owner.upload(clip, title="Strictly speaking", visibility="public")
    return owner.wait(video_id, "ready")


def ffmpeg(*words: str) -> str:
    command = [str(ffmpeg_binary()), "-nostdin", "-hide_banner", "-v", "warning", "-xerror", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_ffmpeg_decodes_every_rendition_without_a_warning(site, published):
    master = urljoin(site.url, published["hls_url"])
    text = Caller(site).call("GET", published["hls_url"])[2].decode()
    variants = [line for line in text.splitlines() if line.endswith("index.m3u8")]
    audio = re.findall(r'TYPE=AUDIO.*?URI="([^"]+)"', text)
    assert len(variants) >= 4
    assert audio
    for name in (*variants, *audio):
        said = ffmpeg("-i", urljoin(master, name), "-map", "0", "-f", "null", "-")
        assert said == "", (name, said)
        with av.open(urljoin(master, name)) as container:
            assert abs((container.duration or 0) / 1_000_000 - SECONDS) < 0.5


def test_every_variant_says_what_it_is(site, published):
    """Attributes that players choose by: all present, and true of the segments."""
    text = Caller(site).call("GET", published["hls_url"])[2].decode()
    master = urljoin(site.url, published["hls_url"])
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("#EXT-X-STREAM-INF:"):
            continue
        for name in ("BANDWIDTH", "AVERAGE-BANDWIDTH", "RESOLUTION", "FRAME-RATE", "CODECS", "AUDIO"):
            assert re.search(rf"[:,]{name}=", line), line
        width, height = map(int, re.search(r"RESOLUTION=(\d+)x(\d+)", line).groups())
        with av.open(urljoin(master, lines[number + 1])) as container:
            context = container.streams.video[0].codec_context
            assert (context.width, context.height) == (width, height)


def test_yt_dlp_downloads_from_the_watch_page(site, published, tmp_path):
    command = [
        sys.executable,
        "-m",
        "yt_dlp",
        "--no-config",
        "--no-cache-dir",
        "--no-update",
        "--paths",
        str(tmp_path),
    ]
    command += [
        "--ffmpeg-location",
        str(ffmpeg_binary()),
        "--output",
        "film.%(ext)s",
        "--merge-output-format",
        "mp4",
    ]
    done = subprocess.run(
        [*command, urljoin(site.url, published["url"])],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (film,) = tmp_path.iterdir()
    with av.open(str(film)) as container:
        assert container.streams.video
        assert container.streams.audio
        assert abs((container.duration or 0) / 1_000_000 - SECONDS) < 0.5


def test_yt_dlp_finds_nothing_at_a_private_video(site, published, tmp_path):
    owner = Caller(site).sign_in("strict-owner")
    owner.json("PATCH", f"/api/v1/videos/{published['id']}", {"visibility": "private"})
    command = [
        sys.executable,
        "-m",
        "yt_dlp",
        "--no-config",
        "--no-cache-dir",
        "--no-update",
        "--paths",
        str(tmp_path),
    ]
    done = subprocess.run(
        [*command, urljoin(site.url, published["url"])],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "404" in done.stderr
    assert list(tmp_path.iterdir()) == []
