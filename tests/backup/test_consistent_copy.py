"""A copy of the database is that of one moment, whatever is written while it is made."""

import hashlib
import threading

import pytest
from bson import Timestamp, json_util

from streamsite.mongo import consistent_copy
from streamsite.mongo.changes import HistoryLost, watch
from streamsite.mongo.consistent_copy import ConsistentCopy, CopyTools
from streamsite.mongo.engine.client import get_client
from streamsite.mongo.loading import final_documents
from tests.support.kills import SimulatedKill

NAME = "streamsite_copied"
DOCUMENTS = 1_500


@pytest.fixture
def source(database):
    """A database with documents of which every test can spoil all."""
    client = get_client()
    client.drop_database(NAME)
    found = client[NAME]
    for name in ("a", "m", "z"):
        found[name].insert_many(
            [{"_id": f"{number:05}", "n": 0, "pad": "x" * 200} for number in range(DOCUMENTS)]
        )
    # Ids of every kind, in the order of an index and not in that of Python.
    kinds = [{"_id": 3}, {"_id": "text"}, {"_id": {"a": 1}}, {"_id": b"bytes"}, {"_id": 2.5}, {"_id": None}]
    found["kinds"].insert_many(kinds + [{"_id": {"a": number, "b": "x" * 50}} for number in range(200)])
    yield found
    client.drop_database(NAME)


class Copying:
    """A copy into memory. ``at_page`` is called with the number of each page before it is stored."""

    def __init__(self, source, at_page=lambda number: None):
        self.source, self.at_page = source, at_page
        self.pages, self.count, self.states = {}, 0, []

    def run(self, state=None):
        tools = CopyTools(
            self._put, lambda key, size: size > 40_000, self._save, lambda documents, size: None
        )
        copy = ConsistentCopy(
            self.source, tools, ignored=frozenset({"records"}), marker=("records", "marker")
        )
        self.collections, self.moment = copy.run(state)
        return self

    def _put(self, page):
        self.count += 1
        self.at_page(self.count)
        digest = hashlib.sha256(page).hexdigest()
        self.pages[digest] = page
        return digest

    def _save(self, state):
        self.states.append(state)

    def documents(self, name):
        part = self.collections.get(name, {"pages": [], "changes": []})
        changes = [self.pages[digest] for digest in part["changes"]]
        return sorted(map(repr, final_documents((self.pages[digest] for digest in part["pages"]), changes)))


def documents_at(source, name, moment: Timestamp):
    """Return what MongoDB says that a collection was at a moment."""
    concern = {"level": "snapshot", "atClusterTime": moment}
    answer = source.command("find", name, readConcern=concern, batchSize=100_000)
    assert answer["cursor"]["id"] == 0
    return sorted(map(repr, answer["cursor"]["firstBatch"]))


def assert_is_of_its_moment(copying):
    names = {*copying.source.list_collection_names(), *copying.collections} - {"records"}
    for name in names:
        assert copying.documents(name) == documents_at(copying.source, name, copying.moment), name


def test_everything_is_copied_when_nothing_is_written(source):
    copying = Copying(source).run()
    assert sum(part["documents"] for part in copying.collections.values()) == 3 * DOCUMENTS + 206
    assert not any(part["changes"] for part in copying.collections.values())
    assert_is_of_its_moment(copying)


def test_writes_at_every_page_are_in_the_copy_as_of_its_moment(source):
    """Inserted, changed and deleted before and behind what is being copied, in collections that came meanwhile too."""

    def write(number):
        for name in ("a", "m", "z"):
            source[name].update_one({"_id": f"{number * 7 % DOCUMENTS:05}"}, {"$inc": {"n": 1}})
            source[name].delete_one({"_id": f"{number * 13 % DOCUMENTS:05}"})
            source[name].insert_one({"_id": f"{number * 11 % DOCUMENTS:05}-{number}"})
        source["kinds"].update_one({"_id": {"a": number, "b": "x" * 50}}, {"$set": {"n": number}})
        source["new"].insert_one({"_id": number})

    copying = Copying(source, write).run()
    assert copying.collections["a"]["changes"]
    assert copying.collections["new"]["changes"]
    assert not copying.collections["new"]["pages"]
    assert_is_of_its_moment(copying)


def test_two_documents_that_change_together_are_both_old_or_both_new(source):
    stop = threading.Event()

    def write():
        client, number = get_client(), 0
        while not stop.is_set():
            number += 1
            with client.start_session() as session, session.start_transaction():
                for name in ("a", "z"):
                    client[NAME][name].update_one(
                        {"_id": "00001"}, {"$set": {"pair": number}}, session=session
                    )

    writers = [threading.Thread(target=write)]
    for writer in writers:
        writer.start()
    try:
        copying = Copying(source).run()
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert_is_of_its_moment(copying)
    pairs = [
        next(line for line in copying.documents(name) if "'_id': '00001'" in line).partition("'pair': ")[2]
        for name in ("a", "z")
    ]
    assert pairs[0] == pairs[1] != ""


@pytest.mark.parametrize("page", [2, 9, 14])
def test_a_killed_copy_continues(source, monkeypatch, page):
    monkeypatch.setattr(consistent_copy, "STATE_SECONDS", 0.0)

    def kill(number):
        source["a"].update_one({"_id": f"{number:05}"}, {"$set": {"before": number}})
        source["new"].insert_one({"_id": number})
        if number == page:
            raise SimulatedKill

    killed = Copying(source, kill)
    with pytest.raises(SimulatedKill):
        killed.run()
    state = killed.states[-1] if killed.states else None
    source["a"].update_many({"_id": {"$lt": "00300"}}, {"$set": {"while_down": True}})
    source["z"].delete_many({"_id": {"$gt": "01200"}})
    source["new"].update_many({}, {"$set": {"while_down": True}})
    resumed = Copying(source)
    resumed.pages = killed.pages
    resumed.run(state)
    assert_is_of_its_moment(resumed)
    whole = Copying(source).run()
    assert resumed.count < whole.count + 3


def test_a_copy_begins_again_when_a_collection_is_dropped(source):
    def drop(number):
        if number == 5:
            source["a"].drop()

    copying = Copying(source, drop).run()
    assert None in copying.states
    assert "a" not in copying.collections
    assert_is_of_its_moment(copying)


def test_a_log_that_does_not_reach_back_is_noticed(source):
    """A token that the server does not know any more makes the copy begin again, and not go on with gaps."""
    with (
        get_client().start_session() as session,
        watch(source, session, ignored=frozenset(), marker=("", "")) as now,
    ):
        token = str(now.token["_data"])
    old = json_util.dumps({"_data": f"{token[:2]}00000001{token[10:]}"})
    copying = Copying(source).run({"token": old, "collections": {}})
    assert copying.states == [None]
    assert_is_of_its_moment(copying)


def test_what_never_stays_is_given_up(source):
    def churn(number):
        source["temporary"].insert_one({})
        source["temporary"].drop()

    with pytest.raises(HistoryLost):
        Copying(source, churn).run()
