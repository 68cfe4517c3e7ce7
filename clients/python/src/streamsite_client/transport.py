"""Requests and answers of the client as httpx has them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import httpx

from streamsite_client.errors import NetworkError
from streamsite_client.steps import Answer, Request

# Connecting, sending and the first byte; a body is as long as it is.
TIMEOUT = httpx.Timeout(60, connect=15)
# Of an answer that is refused.
MAX_REFUSAL_BYTES = 64 * 1024


def _version() -> str:
    try:
        return version("streamsite-client")
    except PackageNotFoundError:  # run from its folder
        return "0"


USER_AGENT = f"streamsite-client/{_version()} httpx/{httpx.__version__}"
# Redirects are not followed: none is needed, and a token must not follow one.
OPTIONS: dict[str, Any] = {
    "headers": {"User-Agent": USER_AGENT, "Accept": "application/json"},
    "timeout": TIMEOUT,
    "follow_redirects": False,
}


def arguments(request: Request, url: str, more: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of httpx's ``build_request``."""
    headers = dict(request.headers) | dict(more)
    made: dict[str, Any] = {"method": request.method, "url": url, "headers": headers}
    params = {name: _text(value) for name, value in request.params.items() if value is not None}
    if params:
        made["params"] = params
    if request.files is not None:
        made |= {"files": dict(request.files), "data": dict(request.form or {})}
    elif request.json is not None:
        made["json"] = request.json
    elif request.content is not None:
        made["content"] = request.content
    return made


def _text(value: str | int | float | bool) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def answer_of(response: httpx.Response, content: bytes) -> Answer:
    """Return what the client looks at."""
    return Answer(response.status_code, response.headers, content)


def network_error(error: httpx.HTTPError | httpx.InvalidURL, site: str) -> NetworkError:
    """Return the client's error for one of httpx."""
    reason = str(error) or type(error).__name__
    return NetworkError(f"{site} cannot be reached: {reason}")
