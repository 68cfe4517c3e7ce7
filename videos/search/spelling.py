"""Correct words that no video has, by the site's vocabulary (see ``vocabulary_store``)."""

from __future__ import annotations

from streamsite import folding
from videos.search import store, vocabulary_store
from videos.search.query_text import Query

MAX_CORRECTED, MAX_TRIED = 2, 6  # words of one query


def correct_spelling(text: str, query: Query) -> str:
    """Return ``text`` with unknown words corrected by one typing error each; "" if that does not help.

    Quoted and excluded words are left alone. At most three reads for each of the first six words.
    """
    if joined := _split_joined_words(query):
        return joined
    words, changes = text.split(), 0
    for typed in list(dict.fromkeys(query.typed))[:MAX_TRIED]:
        found = folding.words(typed)
        if len(found) != 1 or changes == MAX_CORRECTED or _is_anywhere(typed):
            continue
        # The counts may have a word of a video that is hidden now.
        if (better := vocabulary_store.find_correction(found[0])) and _is_anywhere(better):
            words = [better if word == typed else word for word in words]
            changes += 1
    return " ".join(words) if changes else ""


def _is_anywhere(typed: str) -> bool:
    known = [
        alternative[0]
        for term in folding.query_terms(typed)
        for alternative in term.alternatives
        if len(alternative) == 1
    ]
    return store.find_any({"words": {"$in": known}}, {"_id": 1}) is not None


def _split_joined_words(query: Query) -> str:
    """Return the two words that were typed as one, if a title has them: ``light house`` for ``lighthouse``."""
    if len(query.typed) != 2 or query.phrases or query.excluded:
        return ""
    joined = "".join(query.typed)
    folded = folding.fold(joined)
    return (
        folded if vocabulary_store.is_correctable(folded) and vocabulary_store.is_known_word(folded) else ""
    )
