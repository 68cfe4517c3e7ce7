"""The system checks of the connection, each on a setting or a server that fails it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections
from pymongo import MongoClient

from streamsite.mongo import checks
from streamsite.mongo.engine.base import DatabaseWrapper
from streamsite.mongo.engine.tests.replica_set import start_server

SAFE = "mongodb://user:secret@127.0.0.1:27017/?replicaSet=rs0"


@pytest.mark.parametrize(
    ("uri", "ids"),
    [
        (SAFE, []),
        (f"{SAFE}&w=majority&journal=true&retryWrites=true", []),
        (f"{SAFE}&w=1", ["W010"]),
        (f"{SAFE}&journal=false&retryWrites=false", ["W010", "W010"]),
        ("mongodb://localhost/", ["W011"]),
        ("mongodb://[::1]:27017/", ["W011"]),
        ("mongodb://user:secret@db.example.org/", ["W012"]),
        ("mongodb://user:secret@127.0.0.1,db.example.org:27018/", ["W012"]),
        ("mongodb://user:secret@db.example.org/?tls=true", []),
        ("mongodb+srv://user:secret@cluster.example.org/", []),
        ("mongodb+srv://user:secret@cluster.example.org/?tls=false", ["W012"]),
        ("mongodb://user:secret@db.example.org/?tls=true&tlsInsecure=true", ["W013"]),
    ],
)
def test_connection_strings(uri: str, ids: list[str]) -> None:
    """Every weakness has its own id and a hint; no message repeats the password."""
    found = list(checks.check_uri(uri))
    assert [message.id for message in found] == [f"streamsite.{name}" for name in ids]
    assert all(message.hint for message in found)
    assert all("secret" not in message.msg for message in found)


def test_options() -> None:
    """Patterns and unlimited time are told."""
    found = checks.check_options({"allow_regex": True, "max_time_ms": None})
    assert [message.id for message in found] == ["streamsite.W014", "streamsite.W015"]
    assert not list(checks.check_options(connection.engine_options))


def test_the_embedded_server_passes(database: None, capsys: pytest.CaptureFixture[str]) -> None:
    """As it is started, with its password."""
    call_command("check", databases=["default"])
    assert not list(checks.check_server(connections["default"]))


@pytest.mark.slow
def test_a_server_without_a_replica_set(database: None, tmp_path: Path) -> None:
    """Found by asking it; and one that is gone is told as such."""
    host, server = start_server(tmp_path / "alone", replica_set=None)
    try:
        with MongoClient[dict[str, object]](f"mongodb://{host}/", serverSelectionTimeoutMS=20_000) as client:
            client.admin.command("ping")
        uri = f"mongodb://{host}/?serverSelectionTimeoutMS=500"
        settings = connection.settings_dict | {"CLIENT": {"host": uri}}
        alone = DatabaseWrapper(settings, alias="alone")
        assert [message.id for message in checks.check_server(alone)] == ["streamsite.E012"]
    finally:
        server.kill()
        server.wait(timeout=20)
    assert [message.id for message in checks.check_server(alone)] == ["streamsite.E010"]
