"""Texts that are stored in English are known again when they are shown in another language."""

import pytest
from django.utils.translation import override

from videos.comments import filters
from videos.processing.stored_texts import BY_CODE, FAILURES, REPORT, failure_text, report_notes
from videos.transcoding import acceptance, processing_texts, sniff
from videos.transcoding.errors import is_retryable

VALUES = {
    **dict.fromkeys(("width", "height", "top", "bottom", "left", "right", "limit", "count", "degrees"), 12),
    **dict.fromkeys(("pixels", "rate", "tracks"), 7),
    **dict.fromkeys(("codec", "size", "hours", "expected", "found", "format", "sizes", "seconds"), "1.5"),
    **dict.fromkeys(("gain", "source"), "3.2"),
}
# No catalog translates it, so a known text comes back as it is, and an unknown one as the other text.
UNTRANSLATED = "eo"


@pytest.mark.parametrize("sentence", processing_texts.ALL)
def test_sentences_of_reports_are_known_with_their_values(sentence):
    with override(UNTRANSLATED):
        assert REPORT.translate(sentence % VALUES, otherwise="unknown") == sentence % VALUES


@pytest.mark.parametrize(
    "detail",
    [
        sniff.TEXT_DETAIL,
        sniff.IMAGE_DETAIL,
        acceptance.NO_VIDEO_DETAIL,
        acceptance.CUT_OFF % {"expected": "60", "found": "12"},
        f"{acceptance.TOO_MANY_TRACKS % {'tracks': 70, 'limit': 64}} {acceptance.EXPORT_ADVICE}",
        f"{acceptance.UNKNOWN_AUDIO_CODEC % {'codec': 'ac4'}} {sniff.SUPPORTED_FORMATS}",
        processing_texts.OUT_OF_ATTEMPTS_DETAIL,
    ],
)
def test_failures_are_known_with_their_values_and_advice(detail):
    with override(UNTRANSLATED):
        assert FAILURES.translate(detail, otherwise="unknown") == detail


def test_a_text_of_an_earlier_version_is_told_by_its_code():
    with override(UNTRANSLATED):
        assert failure_text("too_large", "A sentence of 2025.") == str(BY_CODE["too_large"])
        assert failure_text("code_of_2025", "A sentence of 2025.") == "A sentence of 2025."
        assert report_notes([{"code": "old", "detail": "A note of 2025."}]) == [
            {"code": "old", "detail": "A note of 2025."}
        ]
    assert failure_text("too_large", "A sentence of 2025.") == "A sentence of 2025."
    assert failure_text("too_large", "") == str(BY_CODE["too_large"])


def test_every_code_of_a_failure_has_a_text():
    assert {code for code in BY_CODE if not is_retryable(code)} == {
        "unsupported_media",
        "too_large",
        "unreadable_media",
        "encrypted_media",
        "unconvertible_media",
    }


def test_reasons_to_hold_a_comment_are_known():
    with override(UNTRANSLATED):
        for reason in (filters.ALL_HELD, filters.HAS_LINK, filters.HAS_WORD % {"word": "buy now"}):
            assert filters.HOLD_REASONS.translate(reason, otherwise="unknown") == reason
