"""Copying the bundled MongoDB's database to another server."""

import datetime
from decimal import Decimal

import pytest
from bson import Decimal128
from pymongo import ASCENDING, MongoClient

from streamsite.mongo import move
from streamsite.mongo.server import EmbeddedMongo


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """The folder of a stopped site with data, and a running server to move to."""
    old = EmbeddedMongo(tmp_path_factory.mktemp("old"))
    old.start()
    with MongoClient(old.uri) as client:
        database = client["streamsite"]
        database.create_collection("words", collation={"locale": "de", "strength": 2})
        database["words"].insert_many(
            {
                "_id": number,
                "text": f"word {number}",
                "at": datetime.datetime(2026, 1, 1),
                "nested": {"b": 1, "a": 2},
            }
            for number in range(1_201)
        )
        database["words"].insert_one({"_id": "x", "text": "Ärger", "amount": Decimal128(Decimal("1.10"))})
        database["texts"].insert_one({"_id": "x", "text": "Ärger"})
        database["texts"].create_index([("text", "text")], default_language="none", name="search")
        database["words"].create_index("text", collation={"locale": "simple"}, name="simple")
        unique = {"nested.a": {"$gt": 5}}
        database["words"].create_index([("at", ASCENDING)], unique=True, partialFilterExpression=unique)
        database["words"].create_index("at", expireAfterSeconds=10**9, name="ttl", hidden=True)
        database.create_collection("empty")
        kept = [list(database[name].list_indexes()) for name in ("words", "texts")]
    old.stop()
    new = EmbeddedMongo(tmp_path_factory.mktemp("new"))
    new.start()
    yield old.data_dir, new, kept
    new.stop()


def test_everything_is_copied_and_compared_and_never_twice(servers, monkeypatch, capsys):
    folder, new, kept = servers
    monkeypatch.setenv("NEW_MONGODB_URI", new.uri)
    assert move.main(["--data", str(folder)]) == 0
    assert "words: 1202 documents" in capsys.readouterr().out
    with MongoClient(new.uri) as client:
        database = client["streamsite"]
        assert sorted(database.list_collection_names()) == ["empty", "texts", "words"]
        assert database["words"].count_documents({}) == 1_202
        assert list(database["words"].find_one({"_id": 7})["nested"]) == ["b", "a"]
        assert [list(database[name].list_indexes()) for name in ("words", "texts")] == kept
        assert [found["_id"] for found in database["texts"].find({"$text": {"$search": "arger"}})] == ["x"]
    assert move.main(["--data", str(folder)]) == 1
    assert "has a database streamsite already" in capsys.readouterr().err


def test_a_site_that_runs_is_not_copied(servers, monkeypatch, capsys):
    _, new, _ = servers
    monkeypatch.setenv("NEW_MONGODB_URI", new.uri)
    assert move.main(["--data", str(new.data_dir)]) == 1
    assert "another server is running on the data folder" in capsys.readouterr().err


def test_without_a_target_or_a_database_it_says_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("NEW_MONGODB_URI", raising=False)
    assert move.main(["--data", str(tmp_path)]) == 1
    assert "NEW_MONGODB_URI" in capsys.readouterr().err
    monkeypatch.setenv("NEW_MONGODB_URI", "mongodb://127.0.0.1:1/")
    assert move.main(["--data", str(tmp_path)]) == 1
    assert "holds no database" in capsys.readouterr().err
