"""Find things by the words of their names: channels here, playlists in their own app.

Each kind has a collection ``{_id: the thing's id, shape, names, prefixes, exact, rank}`` with one document for each
thing that may be found. ``names`` are its words in every form, ``prefixes`` their beginnings, ``exact`` is the one name
that is nobody else's, if there is one, and ``rank`` (a whole number) orders the results, highest first. What a reader
may see is decided by the gates when the things themselves are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from pymongo import ASCENDING, DESCENDING, IndexModel, ReplaceOne

from streamsite.folding import Term, index_forms, query_terms
from streamsite.mongo.collections import collection
from streamsite.mongo.repairs import Repair
from videos.search import query_text

SCHEMA_VERSION = 1
BATCH = 500
MAX_FORMS = 80
EXACT_RANK = 2**53  # above every rank: of what has exactly the name that was typed
ORDER = [("rank", DESCENDING), ("_id", DESCENDING)]
RankKey = tuple[int, str]


@dataclass(frozen=True)
class IndexedName:
    """A thing that can be found, the texts it is found by, its place among others, and its own name if it has one."""

    id: str
    texts: tuple[str, ...]
    rank: int = 0
    exact: str = ""


@dataclass(frozen=True)
class NameQuery:
    """Words that a name must have, at least their beginnings, and lists of words that it must not have all of.

    What has the name ``exact`` comes first.
    """

    words: tuple[Term, ...] = ()
    excluded: tuple[tuple[Term, ...], ...] = ()
    exact: str = ""


def parse_typed(text: str) -> NameQuery:
    """Return the words of a text that is still being typed; it has no syntax."""
    return NameQuery(tuple(query_terms(text[: query_text.MAX_CHARACTERS])[: query_text.MAX_WORDS]))


def parse_query(query: str) -> NameQuery:
    """Return the words of a search query: what stands behind a minus sign is excluded."""
    wanted: list[Term] = []
    excluded: list[tuple[Term, ...]] = []
    for minus, phrase, word in query_text.PART.findall(query[: query_text.MAX_CHARACTERS]):
        found = query_terms(phrase or word)
        if minus:
            excluded.append(tuple(found))
        else:
            wanted += found
    return NameQuery(
        tuple(dict.fromkeys(wanted))[: query_text.MAX_WORDS], tuple(excluded[: query_text.MAX_WORDS])
    )


class NameIndex:
    """The names of one kind of thing, in the collection ``table``.

    ``load(ids)`` yields those of the things with these ids that may be found; every one for ``None``.
    """

    def __init__(self, table: str, load: Callable[[Collection[str] | None], Iterable[IndexedName]]) -> None:
        self.table = table
        self._load = load
        self.indexes = {
            table: [
                IndexModel([("prefixes", ASCENDING), *ORDER], name=f"{table}_prefix"),
                IndexModel(
                    [("exact", ASCENDING)],
                    name=f"{table}_exact",
                    partialFilterExpression={"exact": {"$gt": ""}},
                ),
            ],
        }

    def find(self, wanted: NameQuery, *, most: int, after: RankKey | None = None) -> list[RankKey]:
        """Return rank and id of up to ``most`` things, those after the key ``after``. One read; none without words."""
        if not wanted.words:
            return []
        which = _condition(wanted)
        if wanted.exact:
            which.append({"exact": {"$ne": wanted.exact}})
        if after is not None and after[0] < EXACT_RANK:
            rank, thing_id = after
            which.append({"$or": [{"rank": {"$lt": rank}}, {"rank": rank, "_id": {"$lt": thing_id}}]})
        stages: list[dict[str, Any]] = [
            {"$match": {"$and": which}},
            {"$sort": dict(ORDER)},
            {"$limit": most},
            {"$project": {"rank": 1}},
        ]
        if wanted.exact and after is None:
            first = [{"$match": {"exact": wanted.exact}}, {"$project": {"rank": {"$literal": EXACT_RANK}}}]
            stages += [{"$unionWith": {"coll": self.table, "pipeline": first}}]
        rows = collection(self.table).aggregate(stages, maxTimeMS=settings.MONGODB_TIME_LIMIT_MS)
        return sorted(((row["rank"], row["_id"]) for row in rows), reverse=True)[:most]

    def put(self, thing: IndexedName) -> None:
        """Store the names of one thing."""
        collection(self.table).replace_one({"_id": thing.id}, _document(thing), upsert=True)

    def refresh(self, thing_id: str) -> None:
        """Bring the stored names of one thing in line with it. Safe to repeat."""
        for thing in self._load([thing_id]):  # one at most
            self.put(thing)
            return
        self.remove(thing_id)

    def remove(self, thing_id: str) -> None:
        """Let a thing be found no longer. Safe to repeat."""
        collection(self.table).delete_one({"_id": thing_id})

    def update_rank(self, thing_id: str, rank: int) -> None:
        """Change the place of one thing."""
        rows = collection(self.table, acknowledged_by=1)
        rows.update_one({"_id": thing_id, "rank": {"$ne": rank}}, {"$set": {"rank": rank}})

    def rebuild(self) -> int:
        """Store the names of everything, and remove what may not be found. Return how many there are."""
        there = set()
        for things in _batches(self._load(None)):
            there |= {thing.id for thing in things}
            rows = [ReplaceOne({"_id": thing.id}, _document(thing), upsert=True) for thing in things]
            collection(self.table).bulk_write(rows, ordered=False)
        for row in collection(self.table).find({}, {"_id": 1}):
            if row["_id"] not in there:
                self.refresh(row["_id"])
        return len(there)

    def is_outdated(self) -> bool:
        """Return whether nothing is stored though something could be, or what is stored has an earlier shape."""
        one = collection(self.table).find_one({}, {"shape": 1})
        if one is None:
            return next(iter(self._load(None)), None) is not None
        return bool(one.get("shape") != SCHEMA_VERSION)

    def stale(self) -> Iterator[str]:
        """Yield the ids of things whose names are missing or wrong, and of documents of what may not be found."""
        there = set()
        for things in _batches(self._load(None)):
            there |= {thing.id for thing in things}
            ids = {"_id": {"$in": [thing.id for thing in things]}, "shape": SCHEMA_VERSION}
            known = {row["_id"]: row["names"] for row in collection(self.table).find(ids, {"names": 1})}
            for thing in things:
                if known.get(thing.id) != _document(thing)["names"]:
                    yield thing.id
        for row in collection(self.table).find({}, {"_id": 1}):
            if row["_id"] not in there:
                yield row["_id"]

    @property
    def repair(self) -> Repair:
        """The repair of what the previous release changes without knowing of this index."""
        return Repair(f"{self.table}.names", self.stale, self._correct)

    def _correct(self, ids: list[str]) -> None:
        for one in ids:
            self.refresh(one)


def _condition(wanted: NameQuery) -> list[dict[str, Any]]:
    # The longest word first: the fewest things have it, and the index is asked for one of them only.
    longest_first = sorted(wanted.words, key=lambda term: len(term.alternatives[0][0]), reverse=True)
    which = [_has(term, _begins) for term in longest_first]
    nowhere = [[_has(term, _is) for term in part] for part in wanted.excluded if part]
    return which + [{"$nor": [{"$and": parts}]} for parts in nowhere]


def _has(term: Term, test: Callable[[str], list[dict[str, Any]]]) -> dict[str, Any]:
    choices = [[condition for form in forms for condition in test(form)] for forms in term.alternatives]
    alternatives = [parts[0] if len(parts) == 1 else {"$and": parts} for parts in choices]
    return alternatives[0] if len(alternatives) == 1 else {"$or": alternatives}


def _begins(form: str) -> list[dict[str, Any]]:
    begun: list[dict[str, Any]] = [{"prefixes": form[: query_text.MAX_PREFIX_LENGTH]}]
    if len(form) > query_text.MAX_PREFIX_LENGTH:
        begun.append({"names": {"$regex": f"^{re.escape(form)}"}})
    return begun


def _is(form: str) -> list[dict[str, Any]]:
    return [{"names": form}]


def _document(thing: IndexedName) -> dict[str, Any]:
    said = list(dict.fromkeys(form for text in thing.texts for form in index_forms(text)))[:MAX_FORMS]
    return {
        "_id": thing.id,
        "shape": SCHEMA_VERSION,
        "names": said,
        "prefixes": list(
            dict.fromkeys(
                form[:length]
                for form in said
                for length in range(1, min(len(form), query_text.MAX_PREFIX_LENGTH) + 1)
            )
        ),
        "exact": thing.exact,
        "rank": thing.rank,
    }


def _batches(things: Iterable[IndexedName]) -> Iterator[list[IndexedName]]:
    rest: Iterator[IndexedName] = iter(things)
    while batch := list(islice(rest, BATCH)):
        yield batch


def name_variants(*texts: str) -> Sequence[str]:
    """Return names written as one word and names taken apart at every mark: ``jane_doe`` is ``jane doe``, too."""
    apart = [re.sub(r"[\W_]+", " ", text) for text in texts]
    return [*apart, *(text.replace(" ", "") for text in apart)]
