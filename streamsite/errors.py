"""The errors a caller can cause, as small classes.

Services and gates raise them. ``api.errors`` turns them into responses of the API, ``error_responses`` into all others.
"""

from __future__ import annotations

import errno
import logging
import traceback
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import Model, QuerySet
from django.http import UnreadablePostError
from django.utils.translation import gettext_lazy as _
from pymongo.errors import PyMongoError

from streamsite.mongo.retry import error_chain

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

logger = logging.getLogger("streamsite.errors")

RETRY_AFTER_SECONDS = 5
NOT_IMPLEMENTED = 501


class SiteError(Exception):
    """The base of all: ``code`` is fixed by the API's contract, ``detail`` is a sentence for people."""

    status = 400
    code = "validation_error"
    # Translated when the error is made, so that an instance's ``detail`` is a ``str`` in the caller's language.
    detail: StrOrPromise = _("Invalid request.")
    # The sentence of a page's form, where it may say more than the API does.
    page_detail: StrOrPromise = ""
    # The page of the error, when it is another than that of its status.
    template = ""

    def __init__(
        self,
        detail: StrOrPromise | None = None,
        *,
        code: str | None = None,
        fields: dict[str, list[str]] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.detail = str(detail or self.detail)
        self.code = code or self.code
        self.fields = fields
        self.retry_after = retry_after
        super().__init__(self.code)

    @property
    def sentence(self) -> str:
        """All that is wrong in one line: the sentences about fields, otherwise ``detail``."""
        return " ".join(text for texts in (self.fields or {}).values() for text in texts) or str(self.detail)

    @property
    def headers(self) -> dict[str, str]:
        """Extra response headers."""
        return {}

    @property
    def extra(self) -> dict[str, object]:
        """Extra members of the JSON body, for programs."""
        return {}


class Invalid(SiteError):
    """A value is not valid."""


class NotSignedIn(SiteError):
    """The caller is not signed in, or their credentials are not valid."""

    status, code = 401, "not_authenticated"
    detail: StrOrPromise = _("Sign in to continue.")


class Forbidden(SiteError):
    """The caller may see the object but not do this."""

    status, code = 403, "permission_denied"
    detail: StrOrPromise = _("You don't have permission to do this.")


class CsrfFailed(SiteError):
    """A request with a cookie lacks the proof that it comes from one of the site's pages."""

    status, code = 403, "csrf_failed"
    detail: StrOrPromise = _("This request couldn't be verified. Reload the page and try again.")


class Absent(SiteError):
    """The object does not exist, or the caller may not know that it does."""

    status, code = 404, "not_found"
    detail: StrOrPromise = _("Not found.")


class Conflict(SiteError):
    """The object exists already, or its state does not allow this."""

    status, code = 409, "conflict"
    detail: StrOrPromise = _("This already exists.")


class Stale(SiteError):
    """The caller's version of the object is not the current one."""

    status, code = 412, "precondition_failed"
    detail: StrOrPromise = _("Someone changed this in the meantime. Reload and try again.")
    page_detail: StrOrPromise = _("Someone changed this in the meantime. Reload the page and try again.")


class TooLarge(SiteError):
    """The body has more bytes than are accepted."""

    status, code = 413, "too_large"
    detail: StrOrPromise = _("The request is too large.")


class UnsupportedMediaType(SiteError):
    """The body has a type that is not accepted here."""

    status, code = 415, "unsupported_media_type"
    detail: StrOrPromise = _("Unsupported content type. Send JSON.")


class Throttled(SiteError):
    """The caller sent too many requests."""

    status, code = 429, "throttled"
    detail: StrOrPromise = _("Too many requests. Try again later.")

    def __init__(
        self,
        detail: StrOrPromise | None = None,
        *,
        retry_after: int = 1,
        limit: int | None = None,
        is_first: bool = False,
    ) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.limit = limit
        # Whether this is the window's first refusal: some events are recorded once per window.
        self.is_first = is_first

    @property
    def headers(self) -> dict[str, str]:
        """The ``RateLimit-*`` headers of the limit that is used up."""
        if self.limit is None:
            return {}
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(self.retry_after),
        }


class Unavailable(SiteError):
    """The server temporarily cannot do this."""

    status, code = 503, "unavailable"
    detail: StrOrPromise = _("The site is temporarily unavailable. Try again in a moment.")

    def __init__(self, detail: StrOrPromise | None = None, *, retry_after: int = RETRY_AFTER_SECONDS) -> None:
        super().__init__(detail, retry_after=retry_after)


class DiskFull(SiteError):
    """The disk has too little space to accept an upload."""

    status, code = 507, "insufficient_storage"
    detail: StrOrPromise = _(
        "Uploads are paused because the server is low on disk space. Nothing was lost. Try again later."
    )


class InternalError(SiteError):
    """An unexpected fault of the server."""

    status, code = 500, "internal_error"
    detail: StrOrPromise = _("Something went wrong on our end. The error has been logged.")


DATABASE_DOWN = (OperationalError, InterfaceError, PyMongoError)


def is_outage(error: BaseException) -> bool:
    """Return whether ``error`` is a failure of the database, not a mistake in a query or in the data."""
    return isinstance(error, DATABASE_DOWN) or type(error) is DatabaseError


def from_exception(error: BaseException) -> SiteError | None:
    """Return the ``SiteError`` for ``error``, or ``None`` for faults of the site.

    Gates raise ``Absent`` themselves. An ``ObjectDoesNotExist`` behind a gate means that somebody deleted the object
    in between, or that data is broken: it becomes a 404, and the log names the place.
    """
    if isinstance(error, SiteError):
        return error
    if isinstance(error, ObjectDoesNotExist):
        logger.warning(
            "%s at %s: deleted in the meantime, or a broken reference",
            *(type(error).__qualname__, _raised_at(error)),
        )
        return Absent()
    if isinstance(error, UnreadablePostError):
        return Invalid(_("The request body is incomplete."), code="parse_error")
    if is_disk_full(error):
        return DiskFull()
    return Unavailable() if is_outage(error) else None


def is_disk_full(error: BaseException) -> bool:
    """Return whether ``error`` is a full disk or an exhausted quota."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _raised_at(error: BaseException) -> str:
    """Return module and line of the site's own code that raised ``error``, leaving the database engine out."""
    place = "an unknown place"
    for frame, line in traceback.walk_tb(error.__traceback__):
        file, module = frame.f_code.co_filename, frame.f_globals.get("__name__", "")
        is_ours = file.startswith(str(settings.BASE_DIR)) and "site-packages" not in file
        if is_ours and not module.startswith("streamsite.mongo."):
            place = f"{module}:{line}"
    return place


def stale_or_absent(rows: QuerySet[Model]) -> SiteError:
    """Return the error for an update that matched no row: ``Stale`` if ``rows`` exist, otherwise ``Absent``."""
    return Stale() if rows.exists() else Absent()


def describe_causes(error: BaseException) -> str:
    """Return classes and server codes of an error and its causes, without their messages, which may hold values."""
    parts = []
    for cause in error_chain(error):
        code = getattr(cause, "code", None)
        parts.append(f"{type(cause).__name__}({code})" if isinstance(code, int) else type(cause).__name__)
    return " < ".join(parts)
