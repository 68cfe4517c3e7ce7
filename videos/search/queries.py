"""Find listed videos by words.

Words are looked up in arrays of forms, whose indexes are ordered by views: matches in title, tags or channel come
first, then those in description or captions, and of a word that half of the library has only the most viewed are
read. Phrases are looked up by pairs of their words (see ``phrase_pairs``), and then in the document's line of words.
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
from videos.search import phrase_pairs, query_text, spelling, store, vocabulary_store
from videos.search.phrase_pairs import NAMES, WORDS
from videos.search.query_text import Query
from videos.search.store import SEARCH_VIDEOS

MAX_MATCHES = 500
FRESHNESS_HALF_LIFE_DAYS = 90
# How much the most viewed and the newest gain on equally good matches: ties are broken, words decide.
VIEWS_WEIGHT, FRESHNESS_WEIGHT = 0.004, 0.05
SECONDS_PER_DAY = 86_400
# What a match is worth by where it is; one in the title gains its share of the title's words.
WEIGHT_IN_NAMES, WEIGHT_PREFIX_IN_NAMES, WEIGHT_ANYWHERE, WEIGHT_PREFIX_ANYWHERE = 3.0, 2.0, 1.0, 0.5
BY_VIEWS = {"popularity": -1, "_id": -1}
# The index of pairs of words does without ids, which would double it.
PHRASES_BY_VIEWS = {"popularity": -1}
# Of three words one may be missing where no video has all, of so many two: most of them must be there.
MAX_WORDS_TWO_MISSING, MIN_WORDS_TWO_MISSING = 6, 5
# Pairs of characters that a word of a script without spaces is looked up by.
MAX_PAIRS = 6
# Pairs of words of a phrase, the longest, that it is looked up by, and words where there are several phrases.
MAX_PHRASE_PAIRS = 4
MAX_PHRASE_WORDS = 2
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
    """Return the ids that match any of ``queries``, the best ``MAX_MATCHES``. One read.

    Of each kind of match, such as in the title, the most viewed are read. Of a single query, a kind is read only as
    far as better kinds leave room.
    """
    if len(queries) == 1:
        return _best(store.aggregate(_best_first_stages(queries[0], filters)))
    parts = [_found(place, filters, query) for query in queries for place in _places(query)]
    return _best(store.aggregate(_joined(parts)))


def match_all_words(query: Query, filters: Mapping[str, object]) -> Condition:
    """Return the condition for documents with all words of ``query``, the last one complete."""
    # The words beside the pairs of phrases: their index is the one by time.
    words = [one for phrase in query.phrases if len(phrase) > 1 for one in _has_pieces(query, phrase, WORDS)]
    return {"$and": [*_conditions(query, WORDS), *words, _filter_condition(filters), dict(filters)]}


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


@dataclass(frozen=True)
class _Place:
    """Where the words of a query match, and what such a match is worth."""

    worth: float
    conditions: list[Condition]


def _places(query: Query) -> list[_Place]:
    """Return the kinds of matches of ``query``, the best first."""
    found = [
        _Place(WEIGHT_IN_NAMES, _conditions(query, NAMES)),
        _Place(WEIGHT_ANYWHERE, _conditions(query, WORDS)),
    ]
    if query.unfinished:
        found.insert(1, _Place(WEIGHT_PREFIX_IN_NAMES, _prefix_conditions(query, NAMES)))
        if len(query.terms) > 1 or query.phrases:
            found.append(_Place(WEIGHT_PREFIX_ANYWHERE, _prefix_conditions(query, WORDS)))
    return found


def _best_first_stages(query: Query, filters: Mapping[str, object]) -> Stages:
    """Return the stages that read each kind of match as far as the better ones leave room.

    MongoDB opens a part of a union when those before it are exhausted, so a limit behind them all ends the reading.
    Every part leaves out what those before it find, of which there are fewer than the limit when it is opened.
    """
    places = _places(query)
    # Of several words, such a match in the title may be better than the worst with all words: it is read in any case.
    has_several = len(query.terms) > 1 or bool(query.phrases)
    apart = [place for place in places if has_several and place.worth == WEIGHT_PREFIX_IN_NAMES]
    chain = [place for place in places if place not in apart]
    parts = [_found(_without(place, chain[:number]), filters, query) for number, place in enumerate(chain)]
    stages: Stages = [*_joined(parts), {"$limit": MAX_MATCHES}]
    return _joined([stages, *(_found(place, filters, query) for place in apart)])


def _without(place: _Place, others: Iterable[_Place]) -> _Place:
    """Return the place without the documents that match in one of ``others``."""
    better: Condition = {"$nor": [{"$and": other.conditions} for other in others]}
    return _Place(place.worth, [*place.conditions, better] if better["$nor"] else place.conditions)


def _joined(parts: list[Stages]) -> Stages:
    return [*parts[0], *keyset_merge.union_stages(SEARCH_VIDEOS, parts[1:])]


def _prefix_conditions(query: Query, where: str) -> list[Condition]:
    typed = query.unfinished
    prefix: Condition = {"prefixes": typed[: query_text.MAX_PREFIX_LENGTH]}
    if len(typed) > query_text.MAX_PREFIX_LENGTH:
        prefix |= {"names_line": {"$regex": f" {re.escape(typed)}"}}
    return [prefix, *_conditions(query.without([len(query.terms) - 1]), where)]


def _conditions(query: Query, where: str) -> list[Condition]:
    found = [condition for term in query.terms for condition in _has_term(term, where)]
    for phrase in query.phrases:
        found += _has_phrase(query, phrase, where)
    found += [_has_line((term.run,), where) for term in query.terms if term.run]
    for excluded in query.excluded:
        found.append(_has_not(excluded))
    return found


def _has_phrase(query: Query, phrase: tuple[str, ...], where: str) -> list[Condition]:
    """Return conditions that must all hold: some of them have an index, the last one looks at the words' order."""
    if len(phrase) == 1:
        return _has_pieces(query, phrase, where)
    keys = phrase_pairs.phrase_keys(phrase, where)[:MAX_PHRASE_PAIRS]
    if keys and phrase_pairs.are_indexed():
        # Documents that a process of the previous release has just written have none.
        pairs: list[Condition] = [{"pairs": {"$in": [key, None]}} for key in keys]
        return [*pairs, _has_line(phrase, where)]
    return [*_has_pieces(query, phrase, where), _has_line(phrase, where)]


def _has_pieces(query: Query, phrase: tuple[str, ...], where: str) -> list[Condition]:
    """Return conditions on the words of a phrase, wherever they stand."""
    pieces = list(dict.fromkeys(folding.split_words(" ".join(phrase))))
    if len(query.phrases) > 1:
        # MongoDB tries a plan for each condition, and looks for all phrases in each.
        pieces = sorted(pieces, key=len, reverse=True)[:MAX_PHRASE_WORDS]
    return [{where: piece} for piece in pieces]


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


def _found(place: _Place, filters: Mapping[str, object], query: Query) -> Stages:
    conditions = [*place.conditions, _filter_condition(filters), dict(filters)]
    return [
        {"$match": {"$and": [one for one in conditions if one]}},
        {"$sort": PHRASES_BY_VIEWS if query.phrases else BY_VIEWS},
        {"$limit": MAX_MATCHES},
        {
            "$project": {
                "published_at": 1,
                "popularity": 1,
                "worth": {"$add": [place.worth, _title_share(query)]}
                if place.worth >= WEIGHT_PREFIX_IN_NAMES
                else {"$literal": place.worth},
            }
        },
    ]


def _title_share(query: Query) -> dict[str, object]:
    """Return the expression for the share of the title's words that were asked for."""
    typed = list(dict.fromkeys(form for term in query.terms for form in term.alternatives[0]))
    # Documents of a former shape may have none, until they are rebuilt.
    title: Condition = {"$ifNull": ["$title_words", []]}
    # For one word this takes half of the time of a set.
    hits: object = (
        {"$cond": [{"$in": [{"$literal": typed[0]}, title]}, 1, 0]}
        if len(typed) == 1
        else {"$size": {"$setIntersection": [title, {"$literal": typed}]}}
    )
    return {"$divide": [hits, {"$max": [1, {"$size": title}]}]}


def _best(rows: Iterable[store.Document]) -> list[str]:
    now = datetime.now(UTC).replace(tzinfo=None)
    scores: dict[str, float] = {}
    for row in rows:
        age_days = (now - row["published_at"]).total_seconds() / SECONDS_PER_DAY
        fresh = FRESHNESS_HALF_LIFE_DAYS / (FRESHNESS_HALF_LIFE_DAYS + age_days) if age_days > 0 else 1.0
        score = row["worth"] + VIEWS_WEIGHT * row["popularity"] + FRESHNESS_WEIGHT * fresh
        video_id = row["_id"]
        if score > scores.get(video_id, 0.0):
            scores[video_id] = score
    ranked = sorted(((score, video_id) for video_id, score in scores.items()), reverse=True)
    return [video_id for _, video_id in ranked[:MAX_MATCHES]]
