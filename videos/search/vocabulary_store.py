"""The site's vocabulary: words of titles, tags and channel names of listed videos, with their video counts.

``search_term {_id: word, count, near}``; ``near`` is the word, and the word without each of its letters. Two words
that are one typing error apart (a letter wrong, missing, extra, or two swapped) share one of these, so one read of
an index finds them in any alphabet. Languages of videos are counted as well, as ``{_id: "=en", count}``.

The counts follow the search documents. A process that is killed between the two leaves them off by one until
``rebuild.rebuild_index`` recounts. So a word may be here that only a hidden video has; it must not be shown before
the documents were queried for it, which ``spelling`` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pymongo import ASCENDING, DESCENDING, IndexModel, ReplaceOne, UpdateOne

from streamsite import character_tables, stemming
from streamsite.caching import cached
from streamsite.mongo.collections import collection

SEARCH_TERMS = "search_term"
INDEXES = {SEARCH_TERMS: [IndexModel([("near", ASCENDING), ("count", DESCENDING)], name="search_term_near")]}
MIN_LENGTH, MAX_LENGTH = 5, 24  # letters of words that are corrected
MAX_CANDIDATES = 50
LANGUAGE_PREFIX = "="
BATCH = 2_000
LANGUAGES_SECONDS = 300.0


def document_terms(line: str, language: str) -> set[str]:
    """Return the counted terms of a document: the words of its ``names_line`` and its language."""
    known = {word for word in line.replace("|", " ").split() if is_correctable(word)}
    return known | ({LANGUAGE_PREFIX + language} if language else set())


def is_correctable(word: str) -> bool:
    """Return whether typing errors in ``word`` are corrected: letters only, in a script with spaces."""
    return (
        MIN_LENGTH <= len(word) <= MAX_LENGTH and word.isalpha() and not character_tables.is_unspaced(word[0])
    )


def update_counts(before: set[str], after: set[str]) -> None:
    """Count the terms that a document gained and lost. Terms that no document has are deleted."""
    changes = [_count_change(word, 1) for word in after - before] + [
        _count_change(word, -1) for word in before - after
    ]
    if changes:
        collection(SEARCH_TERMS, acknowledged_by=1).bulk_write(changes, ordered=False)
    if lost := list(before - after):
        # A count below 0 stays: whoever adds to it is late.
        collection(SEARCH_TERMS, acknowledged_by=1).delete_many({"_id": {"$in": lost}, "count": 0})


def rebuild_counts(documents: Iterable[set[str]]) -> None:
    """Replace all counts by those of ``documents``, each as returned by ``document_terms``."""
    counts = Counter(word for known in documents for word in known)
    rows = collection(SEARCH_TERMS)
    entries = list(counts.items())
    for start in range(0, len(entries), BATCH):
        rows.bulk_write(
            [
                ReplaceOne({"_id": word}, {"count": count, "near": _deletion_keys(word)}, upsert=True)
                for word, count in entries[start : start + BATCH]
            ],
            ordered=False,
        )
    gone = [row["_id"] for row in rows.find({}, {"_id": 1}) if row["_id"] not in counts]
    for start in range(0, len(gone), BATCH):
        rows.delete_many({"_id": {"$in": gone[start : start + BATCH]}})
    clear_language_cache()


def find_correction(word: str) -> str:
    """Return the site's most frequent word that is one typing error away from ``word``, or "". One read."""
    if not is_correctable(word):
        return ""
    near = (
        collection(SEARCH_TERMS)
        .find({"near": {"$in": _deletion_keys(word)}, "count": {"$gt": 0}})
        .sort("count", -1)
    )
    candidates = [(row["_id"], row["count"]) for row in near.limit(MAX_CANDIDATES)]
    close = [(one, count) for one, count in candidates if _is_one_error_away(word, one)]
    # The first letter is seldom wrong.
    best = max(close, key=lambda found: (found[0][0] == word[0], found[1], found[0]), default=("", 0))
    return str(best[0])


def is_known_word(word: str) -> bool:
    """Return whether a listed video has ``word`` in title, tags or channel. One read."""
    return collection(SEARCH_TERMS).find_one({"_id": word, "count": {"$gt": 0}}, {"_id": 1}) is not None


@cached(seconds=LANGUAGES_SECONDS)
def frequent_languages() -> tuple[str, ...]:
    """Return the stemmable languages of videos, the most frequent first; cached for five minutes."""
    names = [LANGUAGE_PREFIX + language for language in stemming.ALGORITHMS]
    rows = collection(SEARCH_TERMS).find({"_id": {"$in": names}, "count": {"$gt": 0}}, {"count": 1})
    ordered = sorted(rows, key=lambda row: (-row["count"], row["_id"]))
    return tuple(str(row["_id"]).removeprefix(LANGUAGE_PREFIX) for row in ordered)


def clear_language_cache() -> None:
    """Reload the languages at the next search."""
    frequent_languages.clear()


def _count_change(word: str, by: int) -> UpdateOne:
    return UpdateOne(
        {"_id": word}, {"$inc": {"count": by}, "$setOnInsert": {"near": _deletion_keys(word)}}, upsert=True
    )


def _deletion_keys(word: str) -> list[str]:
    if word.startswith(LANGUAGE_PREFIX):
        return []
    return list(dict.fromkeys([word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]))


def _is_one_error_away(word: str, other: str) -> bool:
    if abs(len(word) - len(other)) > 1 or word == other:
        return False
    start = next(
        (at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), len(word)
    )
    rest, rest_of_other = word[start:], other[start:]
    return (
        rest[1:] == rest_of_other[1:]
        or rest[1:] == rest_of_other
        or rest == rest_of_other[1:]
        or (rest[:2] == rest_of_other[1::-1] and rest[2:] == rest_of_other[2:])
    )
