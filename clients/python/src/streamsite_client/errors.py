"""Errors of the client, each with what a caller needs to decide what to do next."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from streamsite_client.steps import Answer

MAX_DETAIL = 500


class StreamsiteError(Exception):
    """Base of everything that the client raises on purpose."""


class NetworkError(StreamsiteError):
    """No whole answer came: nothing is known about what the request did."""


class NotStreamsite(StreamsiteError):
    """The answer is not one of a Streamsite API."""


class UploadInterrupted(StreamsiteError):
    """An upload did not get further. What has arrived is kept; the same call continues it."""


class FileChanged(StreamsiteError):
    """A file became another one while it was sent."""


class ProcessingFailed(StreamsiteError):
    """A video could not be processed; ``code`` and ``retryable`` are those of its ``failure``."""

    def __init__(self, detail: str, *, code: str, retryable: bool) -> None:
        super().__init__(detail)
        self.code = code
        self.retryable = retryable


class NotDownloadable(StreamsiteError):
    """The video has no file that the caller may download."""


class SignInRequired(StreamsiteError):
    """There are no tokens: nobody has signed in, or the session was ended and forgotten."""


class ApiError(StreamsiteError):
    """An answer of the API with a status of 400 or more.

    ``code`` is stable, ``detail`` a sentence for people, ``fields`` the problems of single fields, ``request_id`` what
    the site's operator finds the request by, ``retry_after`` seconds to wait, if the answer says so.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: Mapping[str, Any] | None = None,
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.fields = dict(fields or {})
        self.request_id = request_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        problems = "; ".join(f"{name}: {_sentence(value)}" for name, value in self.fields.items())
        return f"{self.detail} ({problems})" if problems else self.detail


class ValidationFailed(ApiError):
    """400: something sent is wrong."""


class Unauthorized(ApiError):
    """401: no token, a token that is not accepted, or a refused sign-in."""


class OtpRequired(Unauthorized):
    """401 ``otp_required`` or ``otp_invalid``: the password was right, a (new) code is needed."""


class SessionEnded(Unauthorized, SignInRequired):
    """401 on refreshing: the session is over, and its tokens are forgotten."""


class Forbidden(ApiError):
    """403: visible, but not to be changed by the caller."""


class NotFound(ApiError):
    """404 or 410: not there, or hidden from the caller."""


class Conflict(ApiError):
    """409: not in this state."""


class PreconditionFailed(ApiError):
    """412: changed by somebody else since it was read."""


class TooLarge(ApiError):
    """413: more than the site takes."""


class Throttled(ApiError):
    """429: too many requests; ``retry_after`` says when to go on."""


class Unavailable(ApiError):
    """500 or more: the site cannot answer now."""


BY_STATUS: dict[int, type[ApiError]] = {
    400: ValidationFailed,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    412: PreconditionFailed,
    413: TooLarge,
    429: Throttled,
}
OTP_CODES = {"otp_required", "otp_invalid"}


def error_of(answer: Answer, kind: type[ApiError] | None = None) -> ApiError:
    """Return the error that an answer of 300 or more stands for, as ``kind`` or by its status."""
    body = _body(answer)
    code = str(body.get("code") or f"http_{answer.status}")
    detail = str(body.get("detail") or f"The site answered with status {answer.status}.")[:MAX_DETAIL]
    fields = body.get("fields")
    if kind is None:
        default = Unavailable if answer.status >= 500 else ApiError
        kind = OtpRequired if code in OTP_CODES else BY_STATUS.get(answer.status, default)
    return kind(
        answer.status,
        code,
        detail,
        fields=fields if isinstance(fields, dict) else None,
        request_id=str(body.get("request_id") or answer.headers.get("x-request-id", "")),
        retry_after=_seconds(answer.headers.get("retry-after")),
    )


def _body(answer: Answer) -> dict[str, Any]:
    try:
        body = json.loads(answer.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(value: str | None) -> float | None:
    """Return a Retry-After in seconds; ``None`` for dates, which the API does not send, and nonsense."""
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _sentence(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
