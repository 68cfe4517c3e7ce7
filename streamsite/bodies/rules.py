"""Limits on request bodies: the bytes that each route takes, and where the files of its form go meanwhile.

Every route that is not named here takes what a page's form or a JSON document needs, and keeps files in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.translation import gettext as _

from streamsite.sanitize import format_bytes

# Fields and boundaries beside the files of a form.
REST_OF_FORM = 100_000
MAX_IMAGE_BYTES = 10 * 1024**2

# By route: the number of pictures that one form may bring.
IMAGE_FORMS = {
    "settings-profile": 2,
    "channel-posts": 1,
    # A thumbnail and subtitles.
    "studio-video": 2,
    "api-me-avatar": 1,
    "api-me-cover": 1,
    "api-video-thumbnail": 1,
    "api-posts": 1,
    "site-settings-section": 3,
}
# Nobody is signed in while registering: these pictures stay in memory, for few requests at a time.
ANONYMOUS_IMAGE_FORMS = {"api-register": 2}
VIDEO_FORMS = frozenset({"upload", "api-videos"})
# Archives of accounts: as large as a video may be, and kept in a file.
ARCHIVE_FORMS = frozenset({"api-imports", "settings-import"})
# Their view reads the body itself, once it knows the caller and the upload.
RESUMABLE = frozenset({"api-uploads", "api-upload"})
# Answered without reading the body, which proxies of mail programs may send in chunks.
UNREAD = frozenset({"unsubscribe"})

DISCARD = "streamsite.bodies.handlers.DiscardHandler"
MEMORY = "streamsite.bodies.handlers.MemoryHandler"
DISK = "streamsite.bodies.handlers.DiskHandler"
VIDEO = "videos.uploads.form_files.VideoHandler"


@dataclass(frozen=True)
class Rule:
    """The bodies that a route accepts.

    ``most`` is the largest body in bytes, ``handler`` the upload handler of its forms. ``from_anyone`` says that
    callers who are not signed in may send as much; without it they may send what every route takes.
    """

    most: int
    detail: str
    handler: str = MEMORY
    from_anyone: bool = False
    takes_unknown_length: bool = False
    field: str = ""


def default_rule() -> Rule:
    """Return the rule of pages and JSON."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return Rule(
        most,
        _("The request is too large. The limit is %(limit)s.") % {"limit": format_bytes(most)},
        from_anyone=True,
    )


def rule_for_route(route: str, *, is_form: bool) -> Rule:
    """Return the rule of the route with this name. Only multipart forms and resumable uploads may be large."""
    if is_form and (route in IMAGE_FORMS or route in ANONYMOUS_IMAGE_FORMS):
        return _pictures(route)
    if (is_form and route in VIDEO_FORMS | ARCHIVE_FORMS) or route in RESUMABLE:
        detail = _("The file is too large. The limit is %(limit)s.") % {
            "limit": format_bytes(settings.MAX_UPLOAD_BYTES)
        }
        is_video, is_archive = route in VIDEO_FORMS, route in ARCHIVE_FORMS
        return Rule(
            settings.MAX_UPLOAD_BYTES + REST_OF_FORM,
            detail,
            handler=VIDEO if is_video else DISK if is_archive else DISCARD,
            takes_unknown_length=route in RESUMABLE,
            field="file" if is_video or is_archive else "",
        )
    return replace(default_rule(), takes_unknown_length=True) if route in UNREAD else default_rule()


def _pictures(route: str) -> Rule:
    count = IMAGE_FORMS.get(route) or ANONYMOUS_IMAGE_FORMS[route]
    return Rule(
        count * MAX_IMAGE_BYTES + REST_OF_FORM,
        _("The image is too large. The limit is %(limit)s.") % {"limit": format_bytes(MAX_IMAGE_BYTES)},
        handler=DISK if route in IMAGE_FORMS else MEMORY,
        from_anyone=route in ANONYMOUS_IMAGE_FORMS,
        field="file",
    )
