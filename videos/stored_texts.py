"""Texts that jobs and services store in English, shown in the viewer's language.

A stored text is one of the sentences that its feature marks with ``gettext_noop``, with values filled in, or two of
them. A text that is none of them, such as one of an earlier version, is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import get_language, gettext

PLACEHOLDER = re.compile(r"%\\\((\w+)\\\)([ds])")


class StoredTexts:
    """A set of sentences that are stored with their values filled in."""

    def __init__(self, sentences: Iterable[str]) -> None:
        # The longest first: a shorter one may match the beginning of another.
        ordered = sorted(sentences, key=len, reverse=True)
        self._patterns = [(_pattern(sentence), sentence) for sentence in ordered]

    def translate(self, text: str, *, otherwise: str = "") -> str:
        """Return the text in the active language; ``otherwise``, or the text itself, when it is not known."""
        if not text or (get_language() or "en").partition("-")[0] == "en":
            return text or otherwise
        return self._translate(text) or self._translate_pair(text) or otherwise or text

    def _translate(self, text: str) -> str:
        for pattern, sentence in self._patterns:
            if match := pattern.fullmatch(text):
                return (
                    gettext(sentence) % _values(sentence, match) if match.groupdict() else gettext(sentence)
                )
        return ""

    def _translate_pair(self, text: str) -> str:
        """Translate a sentence that is followed by advice, which has no values."""
        for _, sentence in self._patterns:
            if text.endswith(f" {sentence}"):
                first = self._translate(text.removesuffix(f" {sentence}"))
                return f"{first} {gettext(sentence)}" if first else ""
        return ""


def _values(sentence: str, match: re.Match[str]) -> dict[str, str | int]:
    return {
        name: int(value) if f"%({name})d" in sentence else value for name, value in match.groupdict().items()
    }


def _pattern(sentence: str) -> re.Pattern[str]:
    """Return the pattern of a sentence whose placeholders stand for values."""

    def value(match: re.Match[str]) -> str:
        return f"(?P<{match[1]}>{'-?[0-9]+' if match[2] == 'd' else '.+?'})"

    return re.compile(PLACEHOLDER.sub(value, re.escape(sentence)), re.DOTALL)
