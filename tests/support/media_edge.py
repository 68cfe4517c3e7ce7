"""The site asked twice, with ``streamsite.edge`` before Django and without, and a film to ask for."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.handlers.wsgi import WSGIHandler

from streamsite import edge
from streamsite.early_refusals import Application, StartResponse
from tests.support.users import Cast
from videos.files import paths, tokens
from videos.files.tokens import Grant
from videos.models import Video

CONTENT = bytes(range(256)) * 4
MODIFIED = 1_700_000_000
TAG = f'"{MODIFIED * 10**9:x}-{len(CONTENT):x}"'
DATE = formatdate(MODIFIED, usegmt=True)
SEGMENT, PLAYLIST, CARD, DOWNLOAD = "360p/seg_00000.m4s", "360p/index.m3u8", "card.webp", "download.mp4"
CAPTION = "captions/abc.vtt"
FILES = (SEGMENT, PLAYLIST, CARD, DOWNLOAD, "master.m3u8", "storyboard.vtt", "poster.jpg", "poster.avif")
DELIVERIES = {
    "by the site": ("", {}),
    "by nginx": ("/internal/", {"HTTP_X_ACCEL_SETS_CACHE_CONTROL": "1"}),
    "by another server in front": ("/internal/", {}),
}


@dataclass(frozen=True)
class Answer:
    """An answer as the web server gets it."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        """Return a header, "" when it is missing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Site:
    """The application twice: with the edge before it, and Django alone."""

    def __init__(self, **always: str) -> None:
        self.django = WSGIHandler()
        self.always = always
        self.was_left = False
        self.edge = edge.before(self._counted)

    def _counted(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        self.was_left = True
        return self.django(environ, start_response)

    def begin(
        self, application: Application, path: str, method: str = "GET", **headers: Any
    ) -> tuple[str, list[tuple[str, str]], Iterable[bytes]]:
        """Return the status, the headers and the body, which the caller closes."""
        address = urlsplit(path)
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": address.path,
            "QUERY_STRING": address.query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.7",
            "HTTP_HOST": "localhost:8000",
            "HTTP_X_REQUEST_ID": "the-same-for-both",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            **self.always,
            **headers,
        }
        environ = {name: value for name, value in environ.items() if value is not None}
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        body = application(environ, lambda *given: begun.append(given))
        return *begun[-1][:2], body

    def ask(self, application: Application, path: str, method: str = "GET", **headers: Any) -> Answer:
        """Return the whole answer of one of both."""
        status, named, body = self.begin(application, path, method, **headers)
        try:
            return Answer(status, sorted(named), b"".join(body))
        finally:
            close(body)

    def both(self, path: str, method: str = "GET", **headers: Any) -> tuple[Answer, bool]:
        """Ask both ways, compare, and return the answer and whether it came from the edge."""
        theirs = self.ask(self.django, path, method, **headers)
        self.was_left = False
        ours = self.ask(self.edge, path, method, **headers)
        assert ours == theirs, (path, method, headers)
        return ours, not self.was_left


def close(body: Iterable[bytes]) -> None:
    """Close a body as a web server does."""
    getattr(body, "close", lambda: None)()


def make_film(cast: Cast) -> Video:
    """Create a public film with one file of each kind, and one of its extras."""
    video = cast.video(
        visibility="public",
        duration=120.0,
        title='Ünïcode, "quoted"',
        has_poster=True,
        has_download=True,
        allow_download=True,
        allow_embed=True,
    )
    for place, names in (
        (paths.generation_dir(video.pk, "gen1"), FILES),
        (paths.extras_dir(video.pk), (CAPTION, CARD)),
    ):
        for name in names:
            write(place / name, CONTENT)
    return video


def write(path: Path, content: bytes) -> None:
    """Write a file with the modification time ``MODIFIED``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (MODIFIED, MODIFIED))


def page_url(
    video: Video, name: str, viewer_class: str = "p", folder: str = "gen1", *, link_id: str = ""
) -> str:
    """Return the URL of a file by a token of a page."""
    token = tokens.create_page_token(video.pk, folder, viewer_class, link_id=link_id)
    return f"/media/v/{token}/{video.pk}/{folder}/{name}"


def held_url(video: Video, name: str, grant: Grant, epoch: int | None = None) -> str:
    """Return the URL of a file by a token for programs."""
    epoch = video.visibility_epoch if epoch is None else epoch
    token = tokens.create_held_token(video.pk, "gen1", grant, epoch=epoch, duration=video.duration)
    return f"/media/v/{token}/{video.pk}/gen1/{name}"
