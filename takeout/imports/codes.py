"""Reasons of an import's report: their codes and what they mean."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOT_HERE, NO_MEDIA, DAMAGED, TOO_LARGE, BAD_NAME = "not_here", "no_media", "damaged", "too_large", "bad_name"
NOT_A_FILE, ENCRYPTED, NOT_SUPPORTED, BOMB = "not_a_file", "encrypted", "not_supported", "bomb"
NOT_ZIP, WRONG_FORMAT, UNREADABLE, TOO_MANY = "not_zip", "wrong_format", "unreadable", "too_many"
MADE_PRIVATE, SHORTENED, FIELD_LEFT_OUT = "made_private", "shortened", "field_left_out"
CAPTION_LEFT_OUT, THUMBNAIL_LEFT_OUT, ITEMS_MISSING = (
    "caption_left_out",
    "thumbnail_left_out",
    "items_missing",
)
TOO_MANY_OBJECTS, USED_TWICE = "too_many_objects", "used_twice"
OF_OTHERS, SAME_NAME, DATE_CHANGED, LIVE = "of_others", "same_name", "date_changed", "live"

# Codes of imports that ended by no fault of the archive.
FAILED, CANCELLED, ACCOUNT_CLOSED = "failed", "cancelled", "account_closed"

SENTENCES: dict[str, str | Promise] = {
    FAILED: _("Something went wrong on our side. Try again later."),
    CANCELLED: _("Canceled by staff."),
    ACCOUNT_CLOSED: _("The account is closed."),
    NOT_HERE: _("This isn't on this site."),
    NO_MEDIA: _("The archive has no file for this video."),
    DAMAGED: _("The file in the archive is damaged."),
    TOO_LARGE: _("This is larger than the site allows."),
    BAD_NAME: _("The archive has a file with a name that isn't allowed."),
    NOT_A_FILE: _("This isn't a regular file."),
    ENCRYPTED: _("Encrypted files can't be imported."),
    NOT_SUPPORTED: _("The file is compressed in a way that isn't supported."),
    BOMB: _("The file expands to far more than its size. That's not how videos and texts look."),
    NOT_ZIP: _("This isn't a ZIP file, or it's damaged."),
    WRONG_FORMAT: _("This archive isn't from the selected source."),
    UNREADABLE: _("This couldn't be read."),
    TOO_MANY: _("The archive has too many files."),
    TOO_MANY_OBJECTS: _("There are more of these than one import takes. The rest was left out."),
    USED_TWICE: _("Another video of the archive uses the same file."),
    MADE_PRIVATE: _("Imported as private."),
    SHORTENED: _("The text was too long and was shortened."),
    FIELD_LEFT_OUT: _("A detail isn't valid here and was left out."),
    CAPTION_LEFT_OUT: _("Subtitles couldn't be imported."),
    THUMBNAIL_LEFT_OUT: _("The thumbnail couldn't be imported."),
    ITEMS_MISSING: _("Some of its videos aren't on this site."),
    OF_OTHERS: _("This belongs to content of others, so it isn't restored."),
    SAME_NAME: _("Matched by its username. Check that it's the same channel."),
    DATE_CHANGED: _("Its date isn't possible and was changed."),
    LIVE: _("Live streams can't be imported."),
}


def sentence(code: str, detail: str) -> str:
    """Return what a row of the report says: ``detail``, or what its code means."""
    return detail or str(SENTENCES.get(code, code))
