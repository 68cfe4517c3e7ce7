"""The process's client: one for all threads, its pool and its transport set by the connection string."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, connections
from pymongo import MongoClient

from streamsite.mongo.engine import client
from streamsite.mongo.engine.base import DatabaseWrapper
from streamsite.mongo.engine.client import DURABILITY, get_client, shared_client
from streamsite.mongo.engine.tests.models import Tag
from streamsite.mongo.engine.tests.replica_set import start_server
from tests.support import certificates
from tests.support.commands import recorded_documents


def test_threads_share_one_client(database: None) -> None:
    """A connection of Django's is a thread's, the client below it the process's."""
    seen: list[tuple[int, int]] = []

    def look() -> None:
        seen.append((id(get_client()), id(connections["default"])))
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {known for known, _ in seen} == {id(get_client())}
    assert id(connections["default"]) not in {wrapper for _, wrapper in seen}


def test_closing_a_connection_leaves_the_client(database: None) -> None:
    """The end of a request costs the next one no new pool."""
    before = get_client()
    connection.close()
    assert Tag.objects.count() == 0
    assert get_client() is before


@pytest.mark.parametrize("weaker", [{"w": 1}, {"w": 0}, {"journal": False}, {"retryWrites": False}])
def test_durability_cannot_be_weakened(
    weaker: dict[str, object], prepared_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by an option nor by the connection string."""
    monkeypatch.setattr(client, "DURABILITY", DURABILITY)
    with pytest.raises(ImproperlyConfigured):
        shared_client({"host": "mongodb://127.0.0.1:1/", **weaker})
    options = "&".join(f"{name}={str(value).lower()}" for name, value in weaker.items())
    made = shared_client({"host": f"mongodb://127.0.0.1:1/?{options}", "connect": False})
    assert made.write_concern.document == {"w": "majority", "j": True}
    assert made.options.retry_writes


def test_the_connection_string_sets_pool_and_set() -> None:
    """Its options reach the driver."""
    uri = "mongodb://u:p@127.0.0.1:1,127.0.0.1:2/?replicaSet=rs9&maxPoolSize=7&maxIdleTimeMS=5000&authSource=admin"
    options = shared_client({"host": uri, "connect": False}).options
    assert options.pool_options.max_pool_size == 7
    assert options.pool_options.max_idle_time_seconds == 5
    assert options.replica_set_name == "rs9"


def test_an_unknown_option_is_told(database: None) -> None:
    """A misspelt limit is no limit."""
    wrapper = DatabaseWrapper(connection.settings_dict | {"OPTIONS": {"max_time": 5}}, alias="misspelt")
    with pytest.raises(ImproperlyConfigured, match="max_time"):
        wrapper.ensure_connection()


def test_every_query_has_a_time_limit(database: None) -> None:
    """In the command itself, for reads and for writes; a block can lift it."""
    with recorded_documents() as documents:
        list(Tag.objects.all())
        Tag.objects.count()
        Tag.objects.update(name="x")
        with connection.time_limit(None):
            list(Tag.objects.all())
    limits = ["maxTimeMS" in command for _, command in documents]
    assert limits == [True, True, True, False]


def test_an_iteration_holds_one_batch(database: None) -> None:
    """The server sends as many rows as were asked for at a time."""
    Tag.objects.bulk_create([Tag(name=str(number)) for number in range(1_000)])
    with recorded_documents() as documents:
        assert sum(1 for _ in Tag.objects.iterator(chunk_size=100)) == 1_000
    sizes = [command.get("batchSize") for _, command in documents]
    assert len(sizes) >= 10
    assert set(sizes) == {100}


@pytest.mark.slow
def test_tls_and_a_password(database: None, tmp_path: Path) -> None:
    """A server that wants both gets them; without the authority or the password nothing is told."""
    authority, key = certificates.make_certificate_files(tmp_path)
    options = (
        *("--tlsMode", "requireTLS", "--tlsCertificateKeyFile", str(key), "--tlsCAFile", str(authority)),
        *("--tlsAllowConnectionsWithoutCertificates", "--auth"),
    )
    host, server = start_server(tmp_path / "tls", replica_set=None, options=options)
    secure = f"tls=true&tlsCAFile={authority}&serverSelectionTimeoutMS=20000"
    try:
        with MongoClient[dict[str, object]](f"mongodb://{host}/?{secure}") as administrator:
            administrator.admin.command("createUser", "site", pwd="secret", roles=["root"])
        assert _version(f"mongodb://site:secret@{host}/?{secure}")
        for wrong in (
            f"mongodb://site:other@{host}/?{secure}",
            f"mongodb://site:secret@{host}/?tls=true&serverSelectionTimeoutMS=1000",
            f"mongodb://site:secret@{host}/?serverSelectionTimeoutMS=1000",
        ):
            with pytest.raises(OperationalError):
                _version(wrong)
    finally:
        server.kill()
        server.wait(timeout=20)


def _version(uri: str) -> tuple[int, ...]:
    wrapper = DatabaseWrapper(connection.settings_dict | {"CLIENT": {"host": uri}}, alias="secure")
    return wrapper.get_database_version()
