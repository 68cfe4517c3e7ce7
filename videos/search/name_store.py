"""Search by the words of names: channels here, playlists in their own app.

Each kind has a collection ``{_id: the object's id, shape, names, prefixes, exact, rank}`` with one document for
each object that may be found. ``names`` are its words in every form, ``prefixes`` their prefixes, ``exact`` is its
unique name, if it has one, and ``rank`` (an integer) orders the results, highest first. The gates decide who may
see an object when the objects themselves are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.conf import settings
from pymongo import ASCENDING, DESCENDING, IndexModel, ReplaceOne

from streamsite.folding import Term, index_forms, query_terms
from streamsite.mongo.collections import WHOLE_RESULT, collection
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
    """An object in the index: the texts it is found by, its rank, and its unique name if it has one."""

    id: str
    texts: tuple[str, ...]
    rank: int = 0
    exact: str = ""


@dataclass(frozen=True)
class NameQuery:
    """Words that a name must contain, at least as prefixes, and word lists that it must not contain completely.

    The object whose unique name is ``exact`` comes first.
    """

    words: tuple[Term, ...] = ()
    excluded: tuple[tuple[Term, ...], ...] = ()
    exact: str = ""


def parse_typed(text: str) -> NameQuery:
    """Return the query for text that is still being typed; it has no syntax."""
    return NameQuery(tuple(query_terms(text[: query_text.MAX_CHARACTERS])[: query_text.MAX_WORDS]))


def parse_query(query: str) -> NameQuery:
    """Return the query for a search text; words after a minus sign are excluded."""
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
    """The names of one kind of object, in the collection ``table``.

    ``load(ids)`` yields the objects with these ids that may be found; all of them for ``None``.
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
        """Return rank and id of up to ``most`` objects after the key ``after``. One read; none without words."""
        if not wanted.words:
            return []
        which = _condition(wanted)
        if wanted.exact:
            which.append({"exact": {"$ne": wanted.exact}})
        if after is not None and after[0] < EXACT_RANK:
            rank, thing_id = after
            which.append({"$or": [{"rank": {"$lt": rank}}, {"rank": rank, "_id": {"$lt": thing_id}}]})
        stages: list[dict[str, object]] = [
            {"$match": {"$and": which}},
            {"$sort": dict(ORDER)},
            {"$limit": most},
            {"$project": {"rank": 1}},
        ]
        if wanted.exact and after is None:
            first = [{"$match": {"exact": wanted.exact}}, {"$project": {"rank": {"$literal": EXACT_RANK}}}]
            stages += [{"$unionWith": {"coll": self.table, "pipeline": first}}]
        rows = collection(self.table).aggregate(
            stages, maxTimeMS=settings.MONGODB_TIME_LIMIT_MS, batchSize=WHOLE_RESULT
        )
        return sorted(((row["rank"], row["_id"]) for row in rows), reverse=True)[:most]

    def put(self, thing: IndexedName) -> None:
        """Store the names of one object."""
        collection(self.table).replace_one({"_id": thing.id}, _document(thing), upsert=True)

    def refresh(self, thing_id: str) -> None:
        """Update the stored names of one object. Idempotent."""
        for thing in self._load([thing_id]):  # one at most
            self.put(thing)
            return
        self.remove(thing_id)

    def remove(self, thing_id: str) -> None:
        """Remove one object from the index. Idempotent."""
        collection(self.table).delete_one({"_id": thing_id})

    def update_rank(self, thing_id: str, rank: int) -> None:
        """Change the rank of one object."""
        rows = collection(self.table, acknowledged_by=1)
        rows.update_one({"_id": thing_id, "rank": {"$ne": rank}}, {"$set": {"rank": rank}})

    def rebuild(self) -> int:
        """Store the names of all objects, delete those that may not be found, and return their number."""
        there = set()
        for things in _batches(self._load(None)):
            there |= {thing.id for thing in things}
            rows = [ReplaceOne({"_id": thing.id}, _document(thing), upsert=True) for thing in things]
            collection(self.table).bulk_write(rows, ordered=False)
        for row in collection(self.table).find({}, {"_id": 1}):
            if row["_id"] not in there:
                self.refresh(row["_id"])
        return len(there)

    def count(self) -> int:
        """Return how many objects ``rebuild`` would store."""
        return sum(len(things) for things in _batches(self._load(None)))

    def is_outdated(self) -> bool:
        """Return whether the index is empty though there are objects, or has an old schema version."""
        one = collection(self.table).find_one({}, {"shape": 1})
        if one is None:
            return next(iter(self._load(None)), None) is not None
        return bool(one.get("shape") != SCHEMA_VERSION)

    def stale(self) -> Iterator[str]:
        """Yield ids of objects with missing or wrong names, and of documents that should not exist."""
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
        """The repair of changes that the previous release makes without updating this index."""
        return Repair(f"{self.table}.names", self.stale, self._correct)

    def _correct(self, ids: list[str]) -> None:
        for one in ids:
            self.refresh(one)


def _condition(wanted: NameQuery) -> list[dict[str, object]]:
    # The longest word first: the fewest things have it, and the index is asked for one of them only.
    longest_first = sorted(wanted.words, key=lambda term: len(term.alternatives[0][0]), reverse=True)
    which = [_has(term, _begins) for term in longest_first]
    nowhere = [[_has(term, _is) for term in part] for part in wanted.excluded if part]
    return which + [{"$nor": [{"$and": parts}]} for parts in nowhere]


def _has(term: Term, test: Callable[[str], list[dict[str, object]]]) -> dict[str, object]:
    choices = [[condition for form in forms for condition in test(form)] for forms in term.alternatives]
    alternatives: list[dict[str, object]] = [
        parts[0] if len(parts) == 1 else {"$and": parts} for parts in choices
    ]
    return alternatives[0] if len(alternatives) == 1 else {"$or": alternatives}


def _begins(form: str) -> list[dict[str, object]]:
    begun: list[dict[str, object]] = [{"prefixes": form[: query_text.MAX_PREFIX_LENGTH]}]
    if len(form) > query_text.MAX_PREFIX_LENGTH:
        begun.append({"names": {"$regex": f"^{re.escape(form)}"}})
    return begun


def _is(form: str) -> list[dict[str, object]]:
    return [{"names": form}]


def _document(thing: IndexedName) -> dict[str, object]:
    forms = list(dict.fromkeys(form for text in thing.texts for form in index_forms(text)))[:MAX_FORMS]
    return {
        "_id": thing.id,
        "shape": SCHEMA_VERSION,
        "names": forms,
        "prefixes": list(
            dict.fromkeys(
                form[:length]
                for form in forms
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
    """Return names joined to one word and split at punctuation: ``jane_doe`` also becomes ``jane doe``."""
    apart = [re.sub(r"[\W_]+", " ", text) for text in texts]
    return [*apart, *(text.replace(" ", "") for text in apart)]
