"""Filters that hold a channel's comments for review: its own words, links, or all comments."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from streamsite.errors import Invalid
from streamsite.folding import split_words
from streamsite.mongo.retry import run_in_transaction
from streamsite.sanitize import clean_line
from videos.comments.schemas import CommentFiltersDict
from videos.models import CommentRules
from videos.stored_texts import StoredTexts

MAX_WORDS, MAX_WORD_LENGTH = 500, 60
ALL_HELD = gettext_noop("All comments are held for review")
HAS_LINK = gettext_noop("Contains a link")
HAS_WORD = gettext_noop("Contains “%(word)s”")
HOLD_REASONS = StoredTexts((ALL_HELD, HAS_LINK, HAS_WORD))
LINK = re.compile(r"https?://|www\.[^\s.]+\.", re.IGNORECASE)


def get_rules(channel_id: str) -> CommentRules:
    """Return the channel's filters; by default nothing is held."""
    return CommentRules.objects.filter(pk=channel_id).first() or CommentRules(channel_id=channel_id)


def update_rules(channel_id: str, data: Mapping[str, object]) -> CommentRules:
    """Update those of ``words``, ``hold_links`` and ``hold_all`` that ``data`` has. Raises ``Invalid``."""
    problems: dict[str, list[str]] = {}
    changes: dict[str, object] = {}
    if "words" in data:
        try:
            changes["words"] = _clean_words(data["words"])
        except ValueError as error:
            problems["words"] = [str(error)]
    for name in ("hold_links", "hold_all"):
        if name in data:
            changes[name] = data[name]
            if not isinstance(data[name], bool):
                problems[name] = [_("Must be true or false.")]
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    return run_in_transaction(
        lambda: CommentRules.objects.update_or_create(pk=channel_id, defaults=changes)[0]
    )


def reason_to_hold(rules: CommentRules, text: str) -> str:
    """Return why a comment is held for review, "" when it is not. Case and accents make no difference."""
    if rules.hold_all:
        return ALL_HELD
    if rules.hold_links and LINK.search(text):
        return HAS_LINK
    folded_text = f" {' '.join(split_words(text))} "
    for word in rules.words:
        folded = " ".join(split_words(word))
        if folded and f" {folded} " in folded_text:
            return (HAS_WORD % {"word": word})[:120]
    return ""


def rules_body(rules: CommentRules) -> CommentFiltersDict:
    """Return the filters as the API shows them to their channel."""
    return {"words": rules.words, "hold_links": rules.hold_links, "hold_all": rules.hold_all}


def _clean_words(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ValueError(_("Send a list of words."))
    words = list(dict.fromkeys(word for raw in value if (word := clean_line(raw))))
    if len(words) > MAX_WORDS:
        raise ValueError(_("Add up to %(limit)d words.") % {"limit": MAX_WORDS})
    if any(len(word) > MAX_WORD_LENGTH for word in words):
        raise ValueError(_("Each word can have up to %(limit)d characters.") % {"limit": MAX_WORD_LENGTH})
    if blank := next((word for word in words if not split_words(word)), None):
        raise ValueError(_("“%(word)s” has no letters or digits.") % {"word": blank})
    return words
