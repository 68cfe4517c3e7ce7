"""Sending what is kept in the bucket. Whoever calls has decided that the caller may have it.

Large files are a redirect to an address that is signed for a few seconds. Playlists, captions and pictures pass
through: what a playlist names has to stay below our address, where every request is decided about.
"""

from __future__ import annotations

import threading
from functools import lru_cache

import cachetools
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from streamsite import files
from streamsite.cache_headers import NEVER_STORED, CachePolicy
from streamsite.caching import cached
from streamsite.errors import Absent
from videos.files import bucket

REDIRECTED_SUFFIXES = (".m4s", ".mp4")
MAX_CACHE_BYTES, MAX_CACHED_OBJECT = 32 * 1024**2, 2 * 1024**2
MAX_SEEN, SEEN_SECONDS = 20_000, 60.0

Content = tuple[bytes, files.ContentFacts]


def send_object(
    request: HttpRequest,
    folder: str,
    name: str,
    *,
    content_type: str,
    cache: CachePolicy,
    attachment: str = "",
) -> HttpResponseBase:
    """Return a response with an object of a stored generation. Raises ``Absent`` or ``BucketUnavailable``."""
    try:
        if name.endswith(REDIRECTED_SUFFIXES):
            return _redirect(request, folder, name, attachment)
        content, facts = _read(folder, name)
    except FileNotFoundError:
        raise Absent from None
    return files.send_content(request, content, facts, content_type=content_type, cache=cache)


def read_object(folder: str, name: str) -> Content:
    """Return a small object of a stored generation. Raises ``FileNotFoundError`` or ``BucketUnavailable``."""
    return _read(folder, name)


def object_exists(folder: str, name: str) -> bool:
    """Return whether a stored generation has an object of that name. Raises ``BucketUnavailable``."""
    try:
        _require(folder, name)
    except FileNotFoundError:
        return False
    return True


def object_size(folder: str, name: str) -> int:
    """Return the size of an object, 0 when there is none. Raises ``BucketUnavailable``."""
    try:
        return _size_of(folder, name)
    except FileNotFoundError:
        return 0


def _weigh(found: Content) -> int:
    """Return the bytes that an object takes of the cache; more than it has for one that is too large."""
    size = len(found[0])
    return size if size <= MAX_CACHED_OBJECT else MAX_CACHE_BYTES + 1


# Objects never change: another generation has another folder.
@cachetools.cached(cachetools.LRUCache(MAX_CACHE_BYTES, getsizeof=_weigh), lock=threading.Lock())
def _read(folder: str, name: str) -> Content:
    content, facts = bucket.call_bucket(lambda target: target.read(folder, name))
    return content, files.ContentFacts(len(content), facts.etag, facts.modified.timestamp())


@cached(seconds=SEEN_SECONDS, max_entries=MAX_SEEN)
def _require(folder: str, name: str) -> None:
    """Raise ``FileNotFoundError`` unless the bucket had the object a moment ago, or ``BucketUnavailable``.

    A redirect to a missing object would show the server's own error.
    """
    bucket.call_bucket(lambda target: target.facts(folder, name))


@lru_cache(maxsize=MAX_SEEN)
def _size_of(folder: str, name: str) -> int:
    return bucket.call_bucket(lambda target: target.facts(folder, name)).size


def clear_cache() -> None:
    """Forget what this process knows about objects."""
    _size_of.cache_clear()
    _read.cache_clear()
    _require.clear()
    bucket.reset_failures()


def _redirect(request: HttpRequest, folder: str, name: str, attachment: str) -> HttpResponseBase:
    _require(folder, name)
    url = bucket.connect().signed_url(
        folder,
        name,
        method="HEAD" if request.method == "HEAD" else "GET",
        seconds=settings.S3_URL_SECONDS,
        disposition=attachment,
    )
    # Not HttpResponseRedirect: that refuses addresses of over 2048 characters, which a long title makes.
    return HttpResponse(status=302, headers=files.inert_headers(NEVER_STORED) | {"Location": url})
