"""The recorded installation: storing it, and bringing it back as if it had been recorded just now.

``database.json.gz`` holds one line of canonical Extended JSON per collection, ``{name, options, indexes, documents}``.
``files.tar.gz`` is the data folder without the database. ``facts.json`` says what tests have to know.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypedDict, cast

import jwt
from bson import json_util
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymongo.database import Database

from tests.upgrade.people import Facts

FOLDER = Path(__file__).parent / "release"
STORED_FOLDERS = ("media", "keys/tokens", "work/uploads")
Document = dict[str, object]


class Recorded(TypedDict):
    """A collection as it was recorded."""

    name: str
    options: Document
    indexes: list[Document]
    documents: list[Document]


def store(database: Database[Document], data_dir: Path, facts: Facts) -> None:
    """Write a database, the files beside it, and facts."""
    FOLDER.mkdir(exist_ok=True)
    lines = []
    for about in sorted(database.list_collections(), key=lambda about: about["name"]):
        name = about["name"]
        lines.append(
            json_util.dumps(
                {
                    "name": name,
                    "options": about["options"],
                    "indexes": [index.to_dict() for index in database[name].list_indexes()],
                    "documents": list(database[name].find()),
                },
                json_options=json_util.CANONICAL_JSON_OPTIONS,
            )
        )
    content = "\n".join(lines).encode()
    (FOLDER / "database.json.gz").write_bytes(gzip.compress(content, mtime=0))
    with tarfile.open(FOLDER / "files.tar.gz", "w:gz") as archive:
        for name in STORED_FOLDERS:
            archive.add(data_dir / name, name)
    (FOLDER / "facts.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")


@cache
def collections() -> tuple[Recorded, ...]:
    """Return every collection as it was recorded, with its dates moved to now."""
    moved = _moved_by(release_age())
    content = gzip.decompress((FOLDER / "database.json.gz").read_bytes()).decode()
    options = json_util.CANONICAL_JSON_OPTIONS.with_options(tz_aware=False)
    return tuple(
        cast(Recorded, moved(json_util.loads(line, json_options=options))) for line in content.splitlines()
    )


@cache
def release_age() -> timedelta:
    """Return how long ago the recording was made. Sessions and links of a year ago would have expired."""
    return datetime.now(UTC) - datetime.fromisoformat(_facts()["recorded_at"])


def load_facts() -> Facts:
    """Return a copy of the facts, with tokens as the release would have issued them now."""
    found: Facts = json.loads(json.dumps(_facts()))
    for kind in ("refresh", "access"):
        found[kind] = {person: _moved_token(token) for person, token in found[kind].items()}
    return found


def load_database(database: Database[Document]) -> None:
    """Fill an empty database."""
    for about in collections():
        database.create_collection(about["name"], **about["options"])
        if about["documents"]:
            database[about["name"]].insert_many([dict(document) for document in about["documents"]])
        indexes = [
            {option: value for option, value in index.items() if option not in {"v", "ns"}}
            for index in about["indexes"]
            if index["name"] != "_id_"
        ]
        if indexes:
            database.command("createIndexes", about["name"], indexes=indexes)


def load_files(data_dir: Path) -> None:
    """Put the release's files into a data folder, and its secret key as ``script/server`` keeps it."""
    with tarfile.open(FOLDER / "files.tar.gz") as archive:
        archive.extractall(data_dir, filter="tar")
    secret = data_dir / "keys" / "secret_key"
    secret.write_text(_facts()["secret_key"], encoding="utf-8")
    for path in (secret, *(data_dir / "keys" / "tokens").glob("*.pem")):
        path.chmod(0o600)


@cache
def _facts() -> Facts:
    found: Facts = json.loads((FOLDER / "facts.json").read_text(encoding="utf-8"))
    return found


@cache
def _signing_keys() -> dict[str, Ed25519PrivateKey]:
    keys = {}
    with tarfile.open(fileobj=io.BytesIO((FOLDER / "files.tar.gz").read_bytes())) as archive:
        for member in archive.getmembers():
            if member.name.startswith("keys/tokens/") and (file := archive.extractfile(member)):
                keys[Path(member.name).stem] = serialization.load_pem_private_key(file.read(), password=None)
    return keys


def _moved_token(token: str) -> str:
    """Return a token with its times moved to now, signed again by the recorded key."""
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    seconds = int(release_age().total_seconds())
    claims |= {name: claims[name] + seconds for name in ("iat", "nbf", "exp", "auth_time") if name in claims}
    kept = {name: header[name] for name in ("kid", "typ")}
    return jwt.encode(claims, _signing_keys()[header["kid"]], algorithm=header["alg"], headers=kept)


def _moved_by(distance: timedelta) -> Callable[[object], object]:
    # Whole milliseconds, which is what BSON holds.
    whole = timedelta(milliseconds=distance // timedelta(milliseconds=1))

    def moved(value: object) -> object:
        if isinstance(value, datetime):
            return value + whole
        if isinstance(value, dict):
            return {key: moved(item) for key, item in value.items()}
        if isinstance(value, list):
            return [moved(item) for item in value]
        return value

    return moved
