"""Find listed videos by words.

Words are looked up in arrays of forms, whose indexes are ordered by views: matches in title, tags or channel come
first, then those in description or captions, and of a word that half of the library has only the most viewed are
read. Phrases are looked up by their words, and then in the document's line of words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

from streamsite import folding, stemming
from streamsite.folding import Term
from streamsite.mongo import keyset_merge
from videos.search import query_text, spelling, store, vocabulary_store
from videos.search.query_text import Query
from videos.search.store import SEARCH_VIDEOS

MAX_MATCHES = 500
FRESHNESS_HALF_LIFE_DAYS = 90
# How much the most viewed and the newest gain on equally good matches: ties are broken, words decide.
VIEWS_WEIGHT, FRESHNESS_WEIGHT = 0.004, 0.05
# What a match is worth by where it is; one in the title gains its share of the title's words.
WEIGHT_IN_NAMES, WEIGHT_PREFIX_IN_NAMES, WEIGHT_ANYWHERE, WEIGHT_PREFIX_ANYWHERE = 3.0, 2.0, 1.0, 0.5
BY_VIEWS = {"popularity": -1, "_id": -1}
# Of three words one may be missing where no video has all, of so many two: most of them must be there.
MAX_WORDS_TWO_MISSING, MIN_WORDS_TWO_MISSING = 6, 5
# Pairs of characters that a word of a script without spaces is looked up by.
MAX_PAIRS = 6
# Words of a phrase, the longest, that it is looked up by where there are several phrases.
MAX_PHRASE_WORDS = 2
NAMES, WORDS = "names", "words"
Stages = list[dict[str, object]]
Condition = dict[str, object]
Lookup = Callable[[list[Query], Mapping[str, object]], list[str]]


@dataclass(frozen=True)
class SearchResult:
    """The ids of a search, and how they were found.

    ``corrected`` is the text that was searched for instead, "" when it is the typed one; ``is_partial`` means that
    no video has all words, so these have most of them. Each video matches one of ``queries``.
    """

    ids: list[str]
    queries: tuple[Query, ...] = ()
    corrected: str = ""
    is_partial: bool = False


def find_videos(
    text: str, filters: Mapping[str, object], *, is_exact: bool = False, look: Lookup | None = None
) -> SearchResult:
    """Return the listed videos that contain all words of ``text``, best first, at most ``MAX_MATCHES``.

    ``"several words"`` must be adjacent, ``-word`` must be absent; the last word may be a prefix. When nothing has
    all words, a typing error is corrected, unless ``is_exact``; then one or two of the words may be missing.
    ``filters`` is a condition on the documents. ``look`` reads the ids that match any of the queries, by default
    ``best_matches``. One read; some more when nothing has all words.
    """
    look = look or best_matches
    languages = _languages(filters)
    query = query_text.parse_query(text, languages)
    if query.is_empty:
        return SearchResult([])
    if ids := look([query], filters):
        return SearchResult(ids, (query,))
    corrected = "" if is_exact else spelling.correct_spelling(text, query)
    if corrected:
        better = query_text.parse_query(corrected, languages)
        if ids := look([better], filters):
            return SearchResult(ids, (better,), corrected)
    for queries in _relaxed_queries(query_text.parse_query(corrected, languages) if corrected else query):
        if ids := look(queries, filters):
            return SearchResult(ids, tuple(queries), corrected, is_partial=True)
    return SearchResult([], (query,))


def best_matches(queries: list[Query], filters: Mapping[str, object]) -> list[str]:
    """Return the ids that match any of ``queries``, the best ``MAX_MATCHES``. One read."""
    parts = [
        _found([*conditions, _filter_condition(filters)], filters, worth, query)
        for query in queries
        for worth, conditions in _weighted_places(query)
    ]
    return _best(_read(parts))


def match_all_words(query: Query, filters: Mapping[str, object]) -> Condition:
    """Return the condition for documents with all words of ``query``, the last one complete."""
    return {"$and": [*_conditions(query, WORDS), _filter_condition(filters), dict(filters)]}


def match_any_query(queries: Iterable[Query], filters: Mapping[str, object]) -> Condition:
    """Return the condition for documents with all words of one of ``queries``, or with its last word as a prefix."""
    conditions = [match_all_words(query, filters) for query in queries]
    return conditions[0] if len(conditions) == 1 else {"$or": conditions}


def match_prefix(query: Query, filters: Mapping[str, object]) -> Condition | None:
    """Return the condition for documents with all words, the last one as a prefix; ``None`` if it is complete."""
    if not query.unfinished:
        return None
    return {"$and": [*_prefix_conditions(query, WORDS), _filter_condition(filters), dict(filters)]}


def popular_with_word_stages(word: str, condition: Condition, *, most: int) -> Stages:
    """Return the stages that find the most viewed videos with a word in title, tags or channel.

    Only those that match ``condition``.
    """
    return [
        {"$match": {NAMES: word} | condition},
        {"$sort": BY_VIEWS},
        {"$limit": most},
        {"$project": {"_id": 1}},
    ]


def _languages(filters: Mapping[str, object]) -> tuple[str, ...]:
    asked = stemming.language_of(str(filters.get("language", "")))
    return (asked,) if asked else vocabulary_store.frequent_languages()


def _relaxed_queries(query: Query) -> Iterable[list[Query]]:
    """Yield queries without one of the words, then without two."""
    many = len(query.terms)
    if many > 2:
        yield [query.without([place]) for place in range(many)]
    if MIN_WORDS_TWO_MISSING <= many <= MAX_WORDS_TWO_MISSING:
        yield [query.without(pair) for pair in combinations(range(many), 2)]


def _filter_condition(filters: Mapping[str, object]) -> Condition:
    # The words of a tag are among the names, which have an index.
    words = query_text.unique_words(str(filters.get("tag_keys", "")))
    return {"$and": [{NAMES: word} for word in words]} if words else {}


def _weighted_places(query: Query) -> Iterable[tuple[float, list[Condition]]]:
    """Yield conditions on where the words match, each with the score of such a match."""
    yield WEIGHT_IN_NAMES, _conditions(query, NAMES)
    yield WEIGHT_ANYWHERE, _conditions(query, WORDS)
    if query.unfinished:
        yield WEIGHT_PREFIX_IN_NAMES, _prefix_conditions(query, NAMES)
        if len(query.terms) > 1 or query.phrases:
            yield WEIGHT_PREFIX_ANYWHERE, _prefix_conditions(query, WORDS)


def _prefix_conditions(query: Query, where: str) -> list[Condition]:
    typed = query.unfinished
    prefix: Condition = {"prefixes": typed[: query_text.MAX_PREFIX_LENGTH]}
    if len(typed) > query_text.MAX_PREFIX_LENGTH:
        prefix |= {"names_line": {"$regex": f" {re.escape(typed)}"}}
    return [prefix, *_conditions(query.without([len(query.terms) - 1]), where)]


def _conditions(query: Query, where: str) -> list[Condition]:
    found = [condition for term in query.terms for condition in _has_term(term, where)]
    for phrase in query.phrases:
        pieces = list(dict.fromkeys(folding.split_words(" ".join(phrase))))
        if len(query.phrases) > 1:
            # MongoDB tries a plan for each condition, and looks for all phrases in each.
            pieces = sorted(pieces, key=len, reverse=True)[:MAX_PHRASE_WORDS]
        found += [{where: piece} for piece in pieces]
        if len(phrase) > 1:
            found.append(_has_line(phrase, where))
    found += [_has_line((term.run,), where) for term in query.terms if term.run]
    for phrase in query.excluded:
        found.append(_has_not(phrase))
    return found


def _has_term(term: Term, where: str) -> list[Condition]:
    """Return conditions that must all hold, each that one of several forms is present.

    "wifi, or else wi and fi" becomes "wifi or wi, and wifi or fi". With the former, a dozen such words make
    MongoDB consider so many plans that this takes longer than everything else. Two spellings of the parts may be
    mixed.
    """
    if term.run:
        # The line is looked at as well, so some of the pairs of characters will do.
        return [{where: pair} for pair in dict.fromkeys(term.alternatives[0][:MAX_PAIRS])]
    many = max(map(len, term.alternatives))
    ways = [{several[min(place, len(several) - 1)] for several in term.alternatives} for place in range(many)]
    return [{where: {"$in": sorted(way)} if len(way) > 1 else next(iter(way))} for way in ways]


def _has_line(phrase: Iterable[str], where: str) -> Condition:
    expression = {"$regex": folding.phrase_pattern(list(phrase))}
    in_names: Condition = {"names_line": expression}
    return in_names if where == NAMES else {"$or": [in_names, {"line": expression}]}


def _has_not(phrase: tuple[str, ...]) -> Condition:
    if len(phrase) == 1 and len(pieces := folding.split_words(phrase[0])) == 1:
        return {WORDS: {"$nin": pieces}}
    expression = {"$regex": folding.phrase_pattern(list(phrase))}
    return {"$nor": [{"names_line": expression}, {"line": expression}]}


def _found(conditions: list[Condition], filters: Mapping[str, object], worth: float, query: Query) -> Stages:
    typed = [alternative for term in query.terms for alternative in term.alternatives[0]]
    # Documents of a former shape may have none, until they are rebuilt.
    title: Condition = {"$ifNull": ["$title_words", []]}
    hits = {"$size": {"$setIntersection": [title, {"$literal": typed}]}}
    share = {"$divide": [hits, {"$max": [1, {"$size": title}]}]}
    return [
        {"$match": {"$and": [*(one for one in conditions if one), dict(filters)]}},
        {"$sort": BY_VIEWS},
        {"$limit": MAX_MATCHES},
        {
            "$project": {
                "published_at": 1,
                "popularity": 1,
                "worth": {"$add": [worth, share]} if worth >= WEIGHT_PREFIX_IN_NAMES else {"$literal": worth},
            }
        },
    ]


def _best(rows: Iterable[store.Document]) -> list[str]:
    now = datetime.now(UTC).replace(tzinfo=None)
    scores: dict[str, float] = {}
    for row in rows:
        age_days = max(0.0, (now - row["published_at"].replace(tzinfo=None)).total_seconds() / 86_400)
        fresh = FRESHNESS_HALF_LIFE_DAYS / (FRESHNESS_HALF_LIFE_DAYS + age_days)
        score = row["worth"] + VIEWS_WEIGHT * row["popularity"] + FRESHNESS_WEIGHT * fresh
        scores[row["_id"]] = max(score, scores.get(row["_id"], 0.0))
    return sorted(scores, key=lambda video_id: (scores[video_id], video_id), reverse=True)[:MAX_MATCHES]


def _read(parts: list[Stages]) -> list[store.Document]:
    pipeline = [*parts[0], *keyset_merge.union_stages(SEARCH_VIDEOS, parts[1:])]
    return store.aggregate(pipeline)
