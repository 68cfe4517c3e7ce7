"""Players that are no browser, on a private film, while the clock runs past what an access token lives.

mpv plays where it is installed; PyAV, which has the same libraries below, elsewhere. The site is served by this
process, so that its clock can be moved: every request for a file takes a minute of it.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import av
import pytest
import time_machine
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from tests.support.clips import make_clip
from videos.models import Video
from videos.processing import pipeline

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
SECONDS = 12


@dataclass
class Served:
    """This process's site on a port, and the statuses of the files that were asked for."""

    origin: str
    clock: time_machine.Traveller | None = None
    statuses: list[int] = field(default_factory=list)

    def url(self, given: str) -> str:
        """``given``, by the port that is served."""
        parts = urlsplit(given)
        return f"{self.origin}{parts.path}"


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(database) -> Iterator[Served]:
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    found = Served(f"http://localhost:{server.server_address[1]}")
    site = get_wsgi_application()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def note(status, headers, *rest):
            if environ["PATH_INFO"].startswith("/media/"):
                found.statuses.append(int(status[:3]))
                if found.clock is not None:
                    found.clock.shift(60)
            return start_response(status, headers, *rest)

        return site(environ, note)

    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("programs") / "clip.mp4", SECONDS, (320, 180), 15)


@pytest.fixture
def film(cast, long_clip) -> Video:
    """A private film that went through the pipeline."""
    video = cast.uploaded_video(long_clip, visibility="private")
    pipeline.process(video.pk)
    return Video.objects.get(pk=video.pk)


def plays(url: str, **headers: str) -> bool:
    """Return whether a player gets through the film to its end."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    program = shutil.which("mpv")
    if program is None:
        return decodes(url, lines)
    command = [program, "--no-config", "--load-scripts=no", "--ytdl=no", "--msg-level=all=warn,cplayer=info"]
    command += ["--vo=null", "--ao=null", "--ao-null-untimed", "--untimed", "--hls-bitrate=max"]
    command += [f"--http-header-fields-append={line}" for line in lines]
    done = subprocess.run([*command, url], capture_output=True, text=True, timeout=60, check=False)
    return (
        done.returncode == 0
        and "End of file" in done.stdout
        and "HTTP error" not in done.stdout + done.stderr
    )


def decodes(url: str, lines: list[str]) -> bool:
    """Return whether FFmpeg's libraries decode the whole film."""
    try:
        options = {"headers": "".join(f"{line}\r\n" for line in lines)}
        with av.open(url, options=options) as container:
            last = max(float(frame.time) for frame in container.decode(video=0))
    except (av.error.FFmpegError, av.error.HTTPError):
        return False
    return last > SECONDS - 0.5


@pytest.mark.parametrize("play", ["player", "libraries"])
def test_an_hls_url_plays_by_itself_past_the_access_token(cast, served, film, play) -> None:
    client = cast.api("owner")
    url = served.url(client.get(f"/api/v1/videos/{film.pk}").json()["hls_url"])
    began = timezone.now()
    with time_machine.travel(began, tick=True) as served.clock:
        assert plays(url) if play == "player" else decodes(url, [])
        served.clock = None
        assert timezone.now() - began > timedelta(minutes=5)
    with time_machine.travel(began + timedelta(minutes=11), tick=True):
        assert client.get("/api/v1/me").json()["code"] == "token_expired"
        assert plays(url) if play == "player" else decodes(url, [])
    assert set(served.statuses) <= {200, 206}


def test_an_api_token_opens_what_the_page_shows(cast, served, film) -> None:
    _, text = cast.api_token(cast.owner)
    page = cast.page("owner").get(f"/watch/{film.pk}").content.decode()
    url = served.url(page.partition('data-hls-url="')[2].partition('"')[0])
    assert not plays(url)
    assert set(served.statuses) == {404}
    served.statuses.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True) as served.clock:
        assert plays(url, Authorization=f"Token {text}")
        served.clock = None
    assert set(served.statuses) <= {200, 206}
