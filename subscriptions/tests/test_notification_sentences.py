"""Notifications are stored as codes and put into words when they are read."""

import pytest
from django.utils import translation

from subscriptions.notifications.notification_types import (
    HELD,
    MILESTONE,
    MODERATION,
    NOTIFICATION_TYPES,
    PROCESSING,
    SECURITY,
    SHARE,
    VARIANTS,
    numbered,
    render_sentence,
)

LONGEST_CODE = 20


def said(kind, what="", who="Anna", title="100% Film"):
    return render_sentence(kind, who=who, what=what, title=title)


@pytest.mark.parametrize(
    ("kind", "what", "text"),
    [
        (MILESTONE, "likes:1000", "“100% Film” reached 1,000 likes"),
        (MILESTONE, "subscribers:10", "Your channel reached 10 subscribers"),
        (HELD, "waiting:1", "1 comment on “100% Film” is waiting for review"),
        (HELD, "waiting:2", "2 comments on “100% Film” are waiting for review"),
        (PROCESSING, "ready", "“100% Film” is ready"),
        (MODERATION, "denied", "Your appeal about “100% Film” was denied"),
        (MODERATION, "account_warned", "Warning from our moderators: “100% Film”"),
        (SHARE, "", "Anna invited you to collaborate on “100% Film”"),
    ],
)
def test_codes_become_sentences(kind, what, text):
    assert said(kind, what) == text


@pytest.mark.parametrize(
    ("kind", "what", "text"),
    [
        (MILESTONE, "1,000 people like it", "1,000 people like it: “100% Film”"),
        (PROCESSING, "could not be processed", "“100% Film” could not be processed"),
        (MODERATION, "Your appeal was refused", "Your appeal was refused: “100% Film”"),
        (HELD, "1 comment is waiting for review", "1 comment is waiting for review: “100% Film”"),
        (SECURITY, "", "100% Film"),
    ],
)
def test_rows_of_the_previous_release_keep_their_phrases(kind, what, text):
    assert said(kind, what) == text


def test_no_name_is_someone():
    assert said("heart", who="") == "Someone hearted your comment on “100% Film”"


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_every_sentence_can_be_written_in_every_language(language):
    codes = [(kind, numbered(code, 3)) for kind, found in VARIANTS.items() for code in found]
    with translation.override(language):
        for kind, what in [*codes, *((kind, "") for kind in NOTIFICATION_TYPES)]:
            assert "%(" not in said(kind, what)
            assert "Film" in said(kind, what) or kind in (MILESTONE, SECURITY)


def test_codes_fit_their_field():
    assert all(len(code) <= LONGEST_CODE for found in VARIANTS.values() for code in found)
    assert len(numbered("subscribers", 10_000_000)) <= LONGEST_CODE
