"""The part of a description that has the search words, and where they stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from videos.models import Video
from videos.search import query_text, vocabulary_store, word_patterns

MAX_CHARACTERS = 160
MAX_BEFORE = 50  # characters before the first match, so that it is among the first words
MAX_SEARCHED = 5_000  # characters of a description
ELLIPSIS = "…"
SPACES = re.compile(r"\s+")


def description_snippets(videos: Iterable[Video], words: str) -> dict[str, str]:
    """Return ``{video id: text}``: up to ``MAX_CHARACTERS`` of each description from about its first match.

    Descriptions without any of ``words`` are left out. The descriptions must be loaded.
    """
    pattern = words_pattern(words)
    if pattern is None:
        return {}
    found = ((video.pk, _snippet(video.description, pattern)) for video in videos if video.description)
    return {video_id: text for video_id, text in found if text}


def mark_words(text: str, words: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of ``text`` in order, each with whether it is one of ``words``."""
    pattern = words_pattern(words)
    done = 0
    for match in pattern.finditer(text) if pattern else ():
        if match.end() == match.start():
            continue
        if match.start() > done:
            yield text[done : match.start()], False
        yield match[0], True
        done = match.end()
    if done < len(text):
        yield text[done:], False


def words_pattern(words: str) -> re.Pattern[str] | None:
    """Return the pattern that finds any word or phrase of the search text ``words``; ``None`` without any."""
    return _compiled(words, vocabulary_store.frequent_languages())


@lru_cache(maxsize=128)
def _compiled(words: str, languages: tuple[str, ...]) -> re.Pattern[str] | None:
    expressions = word_patterns.python_expressions(query_text.parse_query(words, languages))
    # The longest first: of "light" and "lighthouse" both begin at the same place.
    ordered = sorted(expressions, key=len, reverse=True)
    return re.compile("|".join(f"(?:{one})" for one in ordered), re.IGNORECASE) if ordered else None


def _snippet(description: str, pattern: re.Pattern[str]) -> str:
    text = SPACES.sub(" ", description[:MAX_SEARCHED]).strip()
    match = pattern.search(text)
    if match is None:
        return ""
    start = _word_start(text, match.start() - MAX_BEFORE) if match.start() > MAX_BEFORE else 0
    end = _word_end(text, start + MAX_CHARACTERS)
    return f"{ELLIPSIS if start else ''}{text[start:end].strip()}{ELLIPSIS if end < len(text) else ''}"


def _word_start(text: str, place: int) -> int:
    """Return the start of the next word at or after ``place``; ``place`` itself in text without spaces."""
    space = text.find(" ", place, place + MAX_BEFORE)
    return place if space < 0 else space + 1


def _word_end(text: str, place: int) -> int:
    """Return the end of the last word before ``place``; ``place`` itself in text without spaces."""
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", place - MAX_BEFORE, place + 1)
    return place if space < 0 else space
