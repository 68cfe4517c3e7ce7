"""Sending what is kept in the bucket. Whoever calls has decided that the caller may have it.

Large files are a redirect to an address that is signed for a few seconds. Playlists, captions and pictures pass
through: what a playlist names has to stay below our address, where every request is decided about.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from streamsite import files
from streamsite.errors import Absent
from videos.files import bucket

REDIRECTED_SUFFIXES = (".m4s", ".mp4")
MAX_CACHE_BYTES, MAX_CACHED_OBJECT = 32 * 1024**2, 2 * 1024**2
MAX_SEEN, SEEN_SECONDS = 20_000, 60.0


def send_object(
    request: HttpRequest, folder: str, name: str, *, content_type: str, cache: str, attachment: str = ""
) -> HttpResponseBase:
    """An object of a stored generation. ``Absent`` when there is none, ``BucketUnavailable`` while nobody knows."""
    try:
        if name.endswith(REDIRECTED_SUFFIXES):
            return _redirect(request, folder, name, attachment)
        content, facts = _contents.get(folder, name)
    except FileNotFoundError:
        raise Absent from None
    return files.send_content(request, content, facts, content_type=content_type, cache=cache)


def read_object(folder: str, name: str) -> tuple[bytes, files.ContentFacts]:
    """Return a small object of a stored generation. Raises ``FileNotFoundError`` or ``BucketUnavailable``."""
    return _contents.get(folder, name)


def object_exists(folder: str, name: str) -> bool:
    """Whether a stored generation has an object of that name. ``BucketUnavailable`` while nobody knows."""
    try:
        _seen.require(folder, name)
    except FileNotFoundError:
        return False
    return True


def object_size(folder: str, name: str) -> int:
    """The size of an object, 0 when there is none. ``BucketUnavailable`` while nobody knows."""
    try:
        return _size_of(folder, name)
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=MAX_SEEN)
def _size_of(folder: str, name: str) -> int:
    return bucket.call_bucket(lambda target: target.facts(folder, name)).size


def clear_cache() -> None:
    """Make this process ask the bucket again."""
    _size_of.cache_clear()
    _contents.clear()
    _seen.clear()
    bucket.reset_failures()


def _redirect(request: HttpRequest, folder: str, name: str, attachment: str) -> HttpResponseBase:
    _seen.require(folder, name)
    url = bucket.connect().signed_url(
        folder,
        name,
        method="HEAD" if request.method == "HEAD" else "GET",
        seconds=settings.S3_URL_SECONDS,
        disposition=attachment,
    )
    # Not HttpResponseRedirect: that refuses addresses of over 2048 characters, which a long title makes.
    return HttpResponse(status=302, headers=files.inert_headers("no-store") | {"Location": url})


class _Contents:
    """Small objects, the last used ones. They never change: another generation has another folder."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[bytes, files.ContentFacts]] = OrderedDict()
        self._bytes = 0

    def get(self, folder: str, name: str) -> tuple[bytes, files.ContentFacts]:
        with self._lock:
            found = self._kept.get((folder, name))
            if found is not None:
                self._kept.move_to_end((folder, name))
                return found
        content, said = bucket.call_bucket(lambda target: target.read(folder, name))
        found = content, files.ContentFacts(len(content), said.etag, said.modified.timestamp())
        if len(content) <= MAX_CACHED_OBJECT:
            self._keep((folder, name), found)
        return found

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _keep(self, key: tuple[str, str], found: tuple[bytes, files.ContentFacts]) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = found
            self._bytes += len(found[0])
            while self._bytes > MAX_CACHE_BYTES:
                _, (content, _) = self._kept.popitem(last=False)
                self._bytes -= len(content)


class _Seen:
    """Which objects the bucket had a moment ago: a redirect to none would show the server's own error."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], float] = {}

    def require(self, folder: str, name: str) -> None:
        """Return if the object is there. ``FileNotFoundError`` or ``BucketUnavailable``."""
        if self._until.get((folder, name), 0.0) > time.monotonic():
            return
        bucket.call_bucket(lambda target: target.facts(folder, name))
        if len(self._until) >= MAX_SEEN:
            self._until.clear()
        self._until[folder, name] = time.monotonic() + SEEN_SECONDS

    def clear(self) -> None:
        self._until.clear()


_contents = _Contents()
_seen = _Seen()
