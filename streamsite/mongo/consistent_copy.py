"""A copy of the whole database as it was at one moment, however large it is and whatever is written meanwhile.

MongoDB keeps the past for some minutes only (``minSnapshotHistoryWindowInSeconds``, 300), so a large database cannot be
read at one moment. It is copied in two steps instead:

1. Every collection is read in the order of its ids, for as long as that takes, while a change stream tells which
   documents are written. Those that were copied before are read again and added as corrections.
2. At the end a moment is chosen, by a snapshot session. The changes up to then are read from the stream, and the last
   of those documents are read again as they were at that moment. This takes as long as the writes of seconds.

A document that was not written between its last reading and that moment is what it was then; one that was is among the
corrections. A killed copy continues from its state, if MongoDB's log still reaches back to it; else it begins again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypedDict

import bson
from bson import Timestamp, json_util
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import AutoReconnect, CursorNotFound, OperationFailure
from pymongo.read_concern import ReadConcern

from streamsite.mongo.changes import Changes, HistoryLost, watch
from streamsite.mongo.loading import raw_collection

Document = dict[str, Any]
MAJORITY = ReadConcern("majority")
BATCH, REPEATS, RESTARTS = 500, 5, 3
# So many corrections wait at most, and so much time passes between two states that a killed copy continues from.
MAX_WAITING, STATE_SECONDS = 20_000, 20.0
# SnapshotTooOld, SnapshotUnavailable.
GONE = {239, 246}


class CollectionCopy(TypedDict):
    """A collection's copy: digests of pages, in order; ``changes`` are corrections of ``pages``.

    ``last`` is the last id that was copied, encoded and in hexadecimal, while the collection is not ``done``.
    """

    pages: list[str]
    changes: list[str]
    documents: int
    bytes: int
    last: str
    done: bool


class CopyState(TypedDict):
    """The state of a copy: the place in the log, as extended JSON, and the collections by name."""

    token: str
    collections: dict[str, CollectionCopy]


class PageSink:
    """Takes documents, and hands pages of them over. ``put`` stores a page and returns its digest.

    ``is_cut`` says after which document, by its encoded id and the page's size so far, a page ends.
    """

    def __init__(self, put: Callable[[bytes], str], is_cut: Callable[[bytes, int], bool]) -> None:
        self._put, self._is_cut = put, is_cut
        self._waiting: list[bytes] = []
        self._size = 0

    def add(self, key: bytes, content: bytes) -> str | None:
        """Add a document; return the digest of the page that it ends, if it does."""
        self._waiting.append(content)
        self._size += len(content)
        return self.end() if self._is_cut(key, self._size) else None

    def end(self) -> str | None:
        """Hand over what waits; return its digest, ``None`` when nothing waits."""
        if not self._waiting:
            return None
        digest = self._put(b"".join(self._waiting))
        self._waiting, self._size = [], 0
        return digest


@dataclass
class _Page:
    """Documents of a collection by their ids, the last id, encoded, and whether there are no more."""

    contents: list[bytes] = field(default_factory=list)
    size: int = 0
    last: bytes = b""
    is_last: bool = False


@dataclass(frozen=True)
class CopyTools:
    """Functions that store pages, save states, and report progress in documents and bytes."""

    put: Callable[[bytes], str]
    is_cut: Callable[[bytes, int], bool]
    save: Callable[[CopyState | None], None]
    tell: Callable[[int, int], None]


class ConsistentCopy:
    """Copies a database but for the collections ``ignored``. ``marker`` is a document to write: see ``Changes``."""

    def __init__(
        self,
        database: Database[Document],
        tools: CopyTools,
        *,
        ignored: frozenset[str],
        marker: tuple[str, str],
    ) -> None:
        self._database, self._tools = database, tools
        self._ignored, self._marker = ignored, marker
        self._state: CopyState = {"token": "", "collections": {}}
        self._planned: list[str] = []
        self._saved = 0.0

    def run(self, state: CopyState | None) -> tuple[dict[str, CollectionCopy], Timestamp]:
        """Copy everything, from ``state`` on if there is one; return the collections and the moment of the copy."""
        for _ in range(RESTARTS):
            try:
                return self._run(state)
            except HistoryLost:
                state = None
                self._tools.save(None)
        raise HistoryLost

    def _run(self, state: CopyState | None) -> tuple[dict[str, CollectionCopy], Timestamp]:
        self._state = state or {"token": "", "collections": {}}
        self._saved = time.monotonic()
        token = json_util.loads(self._state["token"]) if self._state["token"] else None
        with (
            self._database.client.start_session(causal_consistency=True) as session,
            watch(
                self._database, session, ignored=self._ignored, marker=self._marker, token=token
            ) as changes,
        ):
            self._planned = self._names()
            for name in self._planned:
                self._copy(name, session, changes)
            moment = self._settle(session, changes)
        return self._state["collections"], moment

    def _names(self) -> list[str]:
        found = self._database.list_collections(filter={"type": "collection"})
        names = {str(about["name"]) for about in found}
        return sorted(name for name in names if name not in self._ignored and not name.startswith("system."))

    def _entry(self, name: str) -> CollectionCopy:
        empty: CollectionCopy = {
            "pages": [],
            "changes": [],
            "documents": 0,
            "bytes": 0,
            "last": "",
            "done": False,
        }
        return self._state["collections"].setdefault(name, empty)

    # --- the first step ---

    def _copy(self, name: str, session: ClientSession, changes: Changes) -> None:
        entry = self._entry(name)
        while not entry["done"]:
            page = self._read_page(name, session, entry["last"])
            if page.contents:
                entry["pages"].append(self._tools.put(b"".join(page.contents)))
                entry["documents"] += len(page.contents)
                entry["bytes"] += page.size
                entry["last"] = page.last.hex()
            entry["done"] = page.is_last
            self._follow(session, changes, name)

    def _read_page(self, name: str, session: ClientSession, last: str) -> _Page:
        """Read the documents after the id ``last`` up to the end of a page; over a lost connection once more.

        By a query of its own, so that nothing was read before the changes that are known then.
        """
        for repeat in range(REPEATS):
            try:
                return self._try_page(name, session, last)
            except (AutoReconnect, CursorNotFound):
                time.sleep(repeat + 1)
        return self._try_page(name, session, last)

    def _try_page(self, name: str, session: ClientSession, last: str) -> _Page:
        source = raw_collection(self._database, name, MAJORITY)
        query = source.find(session=session, batch_size=BATCH).sort("_id", 1).hint([("_id", 1)])
        former = bytes.fromhex(last)
        if former:
            query = query.min([("_id", bson.decode(former)["_id"])])
        page = _Page()
        with query as documents:
            for document in documents:
                key = bson.encode({"_id": document["_id"]})
                if key == former:
                    continue
                content = bytes(document.raw)
                page.contents.append(content)
                page.size += len(content)
                page.last = key
                self._tools.tell(1, len(content))
                if self._tools.is_cut(key, page.size):
                    return page
        page.is_last = True
        return page

    def _follow(self, session: ClientSession, changes: Changes, current: str) -> None:
        """Read what was written meanwhile; from time to time correct what was copied before, and save the state."""
        changes.read_available()
        is_plain = self._forget_uncopied(changes, current)
        is_due = time.monotonic() - self._saved > STATE_SECONDS
        if not is_plain or not (is_due or sum(map(len, changes.touched.values())) > MAX_WAITING):
            return
        self._correct(session, changes, read_concern=MAJORITY)
        self._state["token"] = json_util.dumps(changes.token)
        self._tools.save(self._state)
        self._saved = time.monotonic()

    def _forget_uncopied(self, changes: Changes, current: str) -> bool:
        """Leave out changes of documents that are going to be copied anyway, and later than now.

        Return whether all others are of documents that were copied: corrections must not be older than a page.
        """
        begun = self._state["collections"]
        for name in [name for name in self._planned if name not in begun]:
            changes.touched.pop(name, None)
        entry = self._entry(current)
        if entry["done"] or not entry["last"]:
            return entry["done"]
        last, is_plain = bson.decode(bytes.fromhex(entry["last"]))["_id"], True
        for key, identity in list(changes.touched.get(current, {}).items()):
            place = _compare(identity, last)
            is_plain = is_plain and place is not None
            if place is not None and place > 0:
                del changes.touched[current][key]
        return is_plain

    # --- corrections ---

    def _correct(
        self, session: ClientSession, changes: Changes, *, read_concern: ReadConcern | None = None
    ) -> None:
        """Read the touched documents again and add them as corrections; they count as touched no more."""
        for name, identities in sorted(changes.touched.items()):
            # A collection that came meanwhile consists of what was written since.
            is_new = name not in self._planned and name not in self._state["collections"]
            entry = self._entry(name)
            entry["done"] = entry["done"] or is_new
            source = raw_collection(self._database, name, read_concern)
            sink = PageSink(self._tools.put, self._tools.is_cut)
            for key, content in _read_again(source, identities, session):
                if digest := sink.add(key, content):
                    entry["changes"].append(digest)
            if digest := sink.end():
                entry["changes"].append(digest)
        changes.touched.clear()

    def _settle(self, session: ClientSession, changes: Changes) -> Timestamp:
        """Choose the moment of the copy and correct everything to be as it was then. Return it."""
        # Most of the work, so that little is left to do at that moment.
        changes.read_all()
        self._correct(session, changes, read_concern=MAJORITY)
        for _ in range(REPEATS):
            with self._database.client.start_session(snapshot=True) as snapshot:
                moment = self._moment(snapshot)
                if session.operation_time is not None and moment < session.operation_time:
                    changes.read_all()  # a write, after which the next moment is later
                    continue
                changes.read_all()
                kept = {name: dict(found) for name, found in changes.touched.items()}
                try:
                    self._correct(snapshot, changes)
                except OperationFailure as error:
                    if error.code not in GONE:
                        raise
                    changes.touched.update(kept)
                    continue
                return moment
        raise HistoryLost

    def _moment(self, snapshot: ClientSession) -> Timestamp:
        answer = self._database.command("find", self._marker[0], limit=1, session=snapshot)
        moment: Timestamp = answer["cursor"]["atClusterTime"]
        return moment


def _compare(identity: Any, last: Any) -> int | None:
    """Return whether an id comes before (-1) or after (1) another in an index; ``None`` where that is not plain."""
    if isinstance(identity, str) and isinstance(last, str):
        identity, last = identity.encode(), last.encode()
    elif type(identity) is not type(last) or not isinstance(identity, int | ObjectId):
        return None
    return int(identity > last) - int(identity < last)


def _read_again(
    source: Collection[RawBSONDocument], identities: dict[bytes, Any], session: ClientSession
) -> Iterator[tuple[bytes, bytes]]:
    """Yield keys and corrections ``{i: id, d: document}``, without ``d`` where the document is gone."""
    keys = list(identities)
    for first in range(0, len(keys), BATCH):
        batch = keys[first : first + BATCH]
        found = {
            bson.encode({"_id": document["_id"]}): document
            for document in source.find({"_id": {"$in": [identities[key] for key in batch]}}, session=session)
        }
        for key in batch:
            correction: Document = {"i": identities[key]}
            if key in found:
                correction["d"] = found[key]
            yield key, bson.encode(correction)
