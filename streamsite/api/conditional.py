"""ETags: 304 for what the caller has, 412 for a change of an outdated version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response

from streamsite import origin
from streamsite.cache_headers import PRIVATE_REVALIDATED, PUBLIC_REVALIDATED
from streamsite.errors import Stale


def conditional_response(request: Request, body: Mapping[str, object]) -> Response:
    """Return ``body`` with an ETag, or 304. What a signed-in caller gets is not for shared caches.

    The ETag of a resource with a ``version`` begins with it, so that ``If-Match`` takes it.
    """
    return response_with_etag(request, body, body_etag(body))


def body_etag(body: Mapping[str, object]) -> str:
    """Return the ETag of a body."""
    # The renderer adds the origin to URLs later, so it is hashed here too.
    digest = hashlib.blake2b(orjson.dumps(body) + origin.current().encode(), digest_size=12).hexdigest()
    version = body.get("version")
    return f'W/"v{version}-{digest}"' if isinstance(version, int) else f'W/"{digest}"'


def response_with_etag(request: Request, body: object, etag: str) -> Response:
    """Return ``body``, a mapping or rendered JSON, or 304 if the caller has what ``etag`` names."""
    offered = {value.strip() for value in request.headers.get("If-None-Match", "").split(",")}
    response = Response(status=304) if etag in offered else Response(body)
    response["ETag"] = etag
    mine = request.user is not None and request.user.is_authenticated
    (PRIVATE_REVALIDATED if mine else PUBLIC_REVALIDATED).set_on(response)
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response


def version_etag(version: int) -> str:
    """Return the ETag of a resource's version, for ``If-Match``."""
    return f'"v{version}"'


def expected_version(request: Request) -> int | None:
    """Return the version in ``If-Match`` (``"v3"``, ``"3"``, ``3``, or an ETag), ``None`` when absent or ``*``.

    Raises ``Stale`` for anything else: it names no version of ours.
    """
    raw = request.headers.get("If-Match", "").strip()
    if raw in {"", "*"}:
        return None
    digits = raw.removeprefix("W/").strip('"').removeprefix("v").partition("-")[0]
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        raise Stale
    return int(digits)
