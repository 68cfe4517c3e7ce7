"""Failures and reports of processing in the viewer's language. They are stored in English, with their codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from streamsite.tasks.signals import CANCELLED
from videos.schemas.processing import ProcessingNoteDict
from videos.stored_texts import StoredTexts
from videos.transcoding import (
    acceptance,
    download,
    ffmpeg,
    loudness,
    probe,
    processing_texts,
    sniff,
    storyboard,
    thumbnails,
    verification,
)

FAILURES = StoredTexts(
    (
        *(sniff.SUPPORTED_FORMATS, sniff.IS_TEXT, sniff.IS_UNKNOWN, sniff.IS_IMAGE, sniff.EMPTY_DETAIL),
        *(
            acceptance.DAMAGED_DETAIL,
            acceptance.NO_CONTENT,
            acceptance.TOO_MANY_TRACKS,
            acceptance.EXPORT_ADVICE,
        ),
        *(acceptance.UNKNOWN_VIDEO_CODEC, acceptance.UNKNOWN_AUDIO_CODEC, acceptance.TOO_MANY_BYTES),
        *(
            acceptance.PICTURE_TOO_LARGE,
            acceptance.PICTURE_TOO_SMALL,
            acceptance.TOO_LONG,
            acceptance.TOO_FAST,
        ),
        *(
            acceptance.NO_DURATION,
            acceptance.CUT_OFF,
            probe.ENCRYPTED_DETAIL,
            processing_texts.OUT_OF_ATTEMPTS_DETAIL,
        ),
        *(ffmpeg.TIMEOUT_DETAIL, ffmpeg.FAILED_DETAIL, ffmpeg.GAVE_UP_DETAIL, ffmpeg.DISK_DETAIL),
        *(download.NO_DOWNLOAD_DETAIL, loudness.UNMEASURABLE_DETAIL, storyboard.NO_SHEET_DETAIL),
        *(thumbnails.NO_FRAME_DETAIL, verification.BROKEN_OUTPUT_DETAIL, verification.WRONG_LENGTH_DETAIL),
    )
)
REPORT = StoredTexts(processing_texts.ALL)
# For texts of earlier versions.
BY_CODE = {
    "unsupported_media": _("This kind of file isn't supported."),
    "too_large": _("The video exceeds this site's limits."),
    "unreadable_media": _("The file is damaged or incomplete."),
    "encrypted_media": _("The file is copy-protected."),
    "unconvertible_media": _("This file couldn't be converted."),
    "transcode_timeout": _("Processing this video took too long and was stopped."),
    "transcode_failed": _("This video couldn't be processed."),
    CANCELLED: _("Processing was canceled."),
}


def failure_text(code: str, detail: str) -> str:
    """Return the reason of a failed processing in the viewer's language."""
    return FAILURES.translate(detail, otherwise=str(BY_CODE.get(code, "")))


def report_notes(report: Sequence[Mapping[str, str]] | None) -> list[ProcessingNoteDict]:
    """Return the notes of a video's report in the viewer's language."""
    return [{"code": note["code"], "detail": REPORT.translate(note["detail"])} for note in report or []]
