"""Sharding: by which key each large collection is split, whether its unique indexes allow that, and the commands.

docs/scale.md, "Sharding", explains the keys. A unique index of a sharded collection has to begin with the whole shard
key; of others a shard would see its own documents only, and MongoDB refuses to split the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pymongo.errors import OperationFailure

from streamsite.mongo.collections import collection
from streamsite.mongo.indexes import SHARD_KEY_INDEX

HASHED = "hashed"
NAMESPACE_NOT_FOUND = 26
Index = Mapping[str, Any]
Command = dict[str, Any]


@dataclass(frozen=True)
class ShardKey:
    """The fields by which a collection is split; ``is_hashed`` ones have a single field."""

    collection: str
    fields: tuple[str, ...]
    is_hashed: bool = False

    @property
    def key(self) -> dict[str, int | str]:
        """The key as MongoDB's commands take it."""
        return dict.fromkeys(self.fields, HASHED if self.is_hashed else 1)

    def allows(self, index: Index) -> bool:
        """Return whether an index may exist in the collection when it is split."""
        names = [name for name, _ in index["key"]]
        return not index.get("unique") or names == ["_id"] or tuple(names[: len(self.fields)]) == self.fields

    def is_served_by(self, index: Index) -> bool:
        """Return whether an index is what MongoDB wants before it splits a collection that has documents."""
        if index.get("partialFilterExpression") or index.get("sparse"):
            return False
        return list(index["key"])[: len(self.fields)] == list(self.key.items())


KEYS = (
    ShardKey("videos_video", ("_id",), is_hashed=True),
    ShardKey("accounts_user", ("_id",), is_hashed=True),
    ShardKey("subscriptions_subscription", ("subscriber_id", "channel_id")),
    ShardKey("videos_reaction", ("user_id", "video_id")),
    ShardKey("videos_watch", ("user_id", "video_id")),
    ShardKey("videos_comment", ("subject",)),
    ShardKey("playlists_playlistitem", ("playlist_id",)),
    ShardKey("search_video", ("_id",), is_hashed=True),
)


@dataclass(frozen=True)
class Plan:
    """One collection: what it has now, in bytes, the unique indexes that forbid the key, and an index to be made."""

    key: ShardKey
    documents: int
    stored: int
    indexes: int
    in_the_way: tuple[str, ...]
    lacks_index: bool

    @property
    def is_possible(self) -> bool:
        """True when no unique index forbids the key."""
        return not self.in_the_way

    def commands(self, database: str) -> Iterator[tuple[str, Command]]:
        """Yield the commands that split the collection, each with the database that it is for."""
        name = self.key.collection
        if self.lacks_index:
            index = {"key": self.key.key, "name": SHARD_KEY_INDEX}
            yield database, {"createIndexes": name, "indexes": [index]}
        yield "admin", {"shardCollection": f"{database}.{name}", "key": self.key.key}


def make_plan(key: ShardKey) -> Plan:
    """Return the plan of a collection. Raises ``PyMongoError``."""
    rows = collection(key.collection)
    indexes = rows.index_information()
    try:
        told = rows.database.command("collStats", key.collection)
    except OperationFailure as error:
        if error.code != NAMESPACE_NOT_FOUND:
            raise
        told = {}
    return Plan(
        key,
        documents=int(told.get("count", 0)),
        stored=int(told.get("storageSize", 0)),
        indexes=int(told.get("totalIndexSize", 0)),
        in_the_way=tuple(sorted(name for name, index in indexes.items() if not key.allows(index))),
        lacks_index=not any(key.is_served_by(index) for index in indexes.values()),
    )


def is_sharded_cluster() -> bool:
    """Return whether the server is a ``mongos``, which alone can split a collection. Raises ``PyMongoError``."""
    hello = collection(KEYS[0].collection).database.client.admin.command("hello")
    return hello.get("msg") == "isdbgrid"


def run(plans: list[Plan], send: Callable[[str, Command], object]) -> Iterator[tuple[str, Command]]:
    """Send the commands of the plans that are possible; yield each one when it was carried out. Safe to repeat."""
    database = collection(KEYS[0].collection).database.name
    for plan in plans:
        for target, command in plan.commands(database) if plan.is_possible else ():
            send(target, command)
            yield target, command


def send_to_server(target: str, command: Command) -> object:
    """Have the server carry out a command on the database ``target``. Raises ``PyMongoError``."""
    return collection(KEYS[0].collection).database.client[target].command(command)


def database_name() -> str:
    """Return the name of the site's database."""
    return collection(KEYS[0].collection).database.name
