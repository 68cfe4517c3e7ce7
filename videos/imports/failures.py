"""Reasons for which an import ends without a video, by the codes that are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

URL_REFUSED = "url_refused"
NOT_FOUND = "not_found"
DENIED = "denied"
UNREACHABLE = "unreachable"
NOT_MEDIA = "not_media"
TOO_LARGE = "too_large"
NO_SPACE = "no_space"
NOT_ALLOWED = "not_allowed"
LIVE_STREAM = "live_stream"
ENCRYPTED = "encrypted"
UNSUPPORTED_STREAM = "unsupported_stream"
DELETED = "deleted"
INTERNAL = "internal"

DETAILS: dict[str, StrOrPromise] = {
    URL_REFUSED: _("This site doesn't fetch anything from this address."),
    NOT_FOUND: _("There's no file at this address."),
    DENIED: _("The server doesn't give this file away without a sign-in."),
    UNREACHABLE: _("The server couldn't be reached, or its answer was incomplete."),
    NOT_MEDIA: _("This address leads to a web page or another file that isn't a video."),
    TOO_LARGE: _("The file is larger than this site or your quota allows."),
    NO_SPACE: _("This site is low on disk space. Try again later."),
    NOT_ALLOWED: _("You can't upload videos now."),
    LIVE_STREAM: _("This is a live stream. Import its recording once it has ended."),
    ENCRYPTED: _("This stream is encrypted."),
    UNSUPPORTED_STREAM: _("This kind of stream can't be imported."),
    DELETED: _("The video was deleted before its file had come."),
    INTERNAL: _("Something went wrong on this site. Try again later."),
}


class ImportFailed(Exception):
    """The import cannot succeed. ``code`` is one of this module."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ImportGone(Exception):
    """The import or its upload was deleted meanwhile: nothing more is fetched."""
