"""Filters that hold a channel's comments for review: its own words, links, or all comments."""

from __future__ import annotations

import re
from collections.abc import Mapping

from streamsite.errors import Invalid
from streamsite.folding import split_words
from streamsite.mongo.retry import run_in_transaction
from streamsite.sanitize import clean_line
from videos.comments.schemas import CommentFiltersDict
from videos.models import CommentRules

MAX_WORDS, MAX_WORD_LENGTH = 500, 60
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
                problems[name] = ["Must be true or false."]
    if problems:
        raise Invalid("Some fields are not right.", fields=problems)
    return run_in_transaction(
        lambda: CommentRules.objects.update_or_create(pk=channel_id, defaults=changes)[0]
    )


def reason_to_hold(rules: CommentRules, text: str) -> str:
    """Return why a comment is held for review, "" when it is not. Case and accents make no difference."""
    if rules.hold_all:
        return "Everything is reviewed"
    if rules.hold_links and LINK.search(text):
        return "It has a link"
    folded_text = f" {' '.join(split_words(text))} "
    for word in rules.words:
        folded = " ".join(split_words(word))
        if folded and f" {folded} " in folded_text:
            return f"It says “{word}”"[:120]
    return ""


def rules_body(rules: CommentRules) -> CommentFiltersDict:
    """Return the filters as the API shows them to their channel."""
    return {"words": rules.words, "hold_links": rules.hold_links, "hold_all": rules.hold_all}


def _clean_words(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ValueError("Send a list of words.")
    words = list(dict.fromkeys(word for raw in value if (word := clean_line(raw))))
    if len(words) > MAX_WORDS:
        raise ValueError(f"At most {MAX_WORDS} words.")
    if any(len(word) > MAX_WORD_LENGTH for word in words):
        raise ValueError(f"A word may have at most {MAX_WORD_LENGTH} characters.")
    if blank := next((word for word in words if not split_words(word)), None):
        raise ValueError(f"“{blank}” has no letters or digits.")
    return words
