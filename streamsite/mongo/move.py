"""Copy a site's database from the bundled MongoDB to another server: ``python -m streamsite.mongo.move --data FOLDER``.

The other server's connection string comes from ``NEW_MONGODB_URI`` or the file that ``NEW_MONGODB_URI_FILE`` names. The
site must not run: this starts the bundled server itself, which locks the data folder. Nothing is changed in the data
folder.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from django.core.exceptions import ImproperlyConfigured
from pymongo import MongoClient, WriteConcern
from pymongo.database import Database
from pymongo.errors import PyMongoError

from streamsite import env
from streamsite.mongo.binary import MongodUnavailableError
from streamsite.mongo.server import EmbeddedMongo, EmbeddedMongoError

BATCH = 500
# As they are, whatever types and orders they hold.
UNREAD: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
Documents = Database[dict[str, Any]]


class MoveError(Exception):
    """The database was not copied; the message is for the person at the terminal."""


def copy(source: Documents, target: Documents) -> Iterator[str]:
    """Copy every collection with its options and indexes; yield a line about each. Raises ``MoveError``."""
    _see_that_it_fits(source, target)
    for about in source.list_collections():
        if about["type"] != "collection" or about["name"].startswith("system."):
            continue
        name = about["name"]
        target.create_collection(name, **about["options"])
        count = _copy_documents(source, target, name)
        _copy_indexes(source, target, name)
        yield f"{name}: {count} documents"
    _compare(source, target)


def _see_that_it_fits(source: Documents, target: Documents) -> None:
    if "setName" not in target.client.admin.command("hello"):
        raise MoveError(
            "the new MongoDB is no replica set: start it with --replSet and run rs.initiate() once"
        )
    old, new = (tuple(one.client.server_info()["versionArray"][:2]) for one in (source, target))
    if new < old:
        raise MoveError(
            f"the new MongoDB is older ({new[0]}.{new[1]}) than the bundled one ({old[0]}.{old[1]})"
        )
    if target.list_collection_names():
        raise MoveError(
            f"the new MongoDB has a database {target.name} already: drop it, or set MONGODB_NAME to another name there"
        )


def _copy_documents(source: Documents, target: Documents, name: str) -> int:
    into = target.get_collection(name, codec_options=UNREAD, write_concern=WriteConcern("majority", j=True))
    count = 0
    with source.get_collection(name, codec_options=UNREAD).find(batch_size=BATCH) as documents:
        while batch := list(islice(documents, BATCH)):
            into.insert_many(batch)
            count += len(batch)
    return count


def _copy_indexes(source: Documents, target: Documents, name: str) -> None:
    # An index without a collation has none; made anew it would inherit the collection's.
    indexes = [
        {"collation": {"locale": "simple"}}
        | {option: value for option, value in index.items() if option not in {"v", "ns"}}
        for index in source[name].list_indexes()
        if index["name"] != "_id_"
    ]
    if indexes:
        target.command("createIndexes", name, indexes=indexes)


def _compare(source: Documents, target: Documents) -> None:
    old, new = (one.command("dbHash")["collections"] for one in (source, target))
    if differing := sorted(name for name in old if old[name] != new.get(name)):
        raise MoveError(
            f"the copy differs from the original in {', '.join(differing)}: drop it and try again"
        )


def move(data_dir: Path, uri: str, name: str) -> Iterator[str]:
    """Start the bundled server on a data folder, copy the database ``name`` to ``uri``, stop the server."""
    if not (data_dir / "db" / "WiredTiger").is_file():
        raise MoveError(f"{data_dir} holds no database of the bundled MongoDB")
    mongo = EmbeddedMongo(data_dir, database=name)
    try:
        mongo.start()
        old: MongoClient[dict[str, Any]] = MongoClient(mongo.uri)
        new: MongoClient[dict[str, Any]] = MongoClient(uri, serverSelectionTimeoutMS=10_000)
        with old, new:
            yield from copy(old[name], new[name])
    finally:
        mongo.stop()


def main(arguments: list[str]) -> int:
    """Do what the command line asks; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m streamsite.mongo.move", description="Copy to another MongoDB."
    )
    parser.add_argument("--data", type=Path, required=True, help="the data folder of the stopped site")
    options = parser.parse_args(arguments)
    try:
        uri = env.secret("NEW_MONGODB_URI")
        if not uri:
            raise MoveError("set NEW_MONGODB_URI to the connection string of the new MongoDB")  # noqa: TRY301
        for line in move(options.data.expanduser().resolve(), uri, env.text("MONGODB_NAME", "streamsite")):
            sys.stdout.write(f"{line}\n")
    except (MoveError, EmbeddedMongoError, MongodUnavailableError, ImproperlyConfigured) as error:
        sys.stderr.write(f"move: {error}\n")
        return 1
    except PyMongoError as error:
        sys.stderr.write(f"move: MongoDB refuses ({error.__class__.__name__}): {str(error)[:300]}\n")
        return 1
    sys.stdout.write("Copied and compared. Set MONGODB_URI to the new MongoDB and start the site.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
