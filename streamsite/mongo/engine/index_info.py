"""The indexes that a collection has: reading them, comparing them, carrying them through the renaming of a column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import json_util
from pymongo import IndexModel
from pymongo.collection import Collection

Document = dict[str, Any]

# What an index keeps when its collection's column is renamed.
CARRIED_OPTIONS = (
    "unique",
    "sparse",
    "partialFilterExpression",
    "expireAfterSeconds",
    "collation",
    "default_language",
)
# What two indexes on the same columns must have in common to be the same; the rest is the server's.
COMPARED = ("unique", "partialFilterExpression", "expireAfterSeconds", "sparse", "default_language")
DEFAULTS: Document = {"unique": False, "sparse": False, "default_language": "english"}


def list_indexes(collection: Collection[Document]) -> dict[str, Document]:
    """Return a collection's indexes by name, MongoDB's own on ``_id`` aside."""
    found = collection.index_information().items()
    return {name: dict(info) for name, info in found if name != "_id_"}


def signature(info: Mapping[str, Any]) -> str:
    """Return what is the same for two indexes that do the same, whatever their names.

    ``info`` is the document of an ``IndexModel``, or a value of ``index_information``.
    """
    keys = info["key"].items() if hasattr(info["key"], "items") else info["key"]
    columns = [(name, order) for name, order in keys if name not in ("_fts", "_ftsx") and order != "text"]
    texts = dict(info.get("weights", {})) or {name: 1 for name, order in keys if order == "text"}
    texts |= {name: 1 for name, order in keys if order == "text" and name not in texts and name != "_fts"}
    options = {
        name: json_util.dumps(info[name], sort_keys=True)
        for name in COMPARED
        if name in info and info[name] != DEFAULTS.get(name, ()) and (texts or name != "default_language")
    }
    return repr((columns, sorted(texts.items()), sorted(options.items(), key=str)))


def columns_of(info: Document) -> list[str]:
    """Return an index's columns; a text index lists its own under the weights."""
    return [*(column for column, _ in info["key"]), *info.get("weights", {})]


def involves_column(info: Document, column: str) -> bool:
    """Return whether an index holds a column, or has a condition on it."""
    return column in columns_of(info) or column in _keys_of(info.get("partialFilterExpression", {}))


def is_unique_on(info: Document, columns: Sequence[str]) -> bool:
    """Return whether an index keeps exactly these columns unique."""
    return bool(info.get("unique")) and columns_of(info) == list(columns)


def rename_column(name: str, info: Document, old: str, new: str) -> IndexModel:
    """Return an index as it is once the column ``old`` is named ``new``."""

    def column(former: str) -> str:
        return new if former == old else former

    options = {option: info[option] for option in CARRIED_OPTIONS if option in info}
    if "partialFilterExpression" in options:
        options["partialFilterExpression"] = _renamed_keys(options["partialFilterExpression"], old, new)
    weights = info.get("weights")
    if weights:
        keys: list[tuple[str, Any]] = [(column(former), "text") for former in weights]
        options["weights"] = {column(former): weight for former, weight in weights.items()}
    else:
        keys = [(column(former), order) for former, order in info["key"]]
    new_name = name.replace(old, new, 1) if name in (f"{old}_uniq", f"{old}_idx") else name
    return IndexModel(keys, name=new_name, **options)


def dump_indexes(indexes: Iterable[IndexModel]) -> str:
    """Return indexes as text, for ``load_indexes``."""
    return json_util.dumps([index.document for index in indexes])


def load_indexes(text: str) -> list[IndexModel]:
    """Return the indexes that ``dump_indexes`` made a text of."""
    found: list[Document] = json_util.loads(text)
    return [
        IndexModel(
            list(document["key"].items()),
            **{option: value for option, value in document.items() if option != "key"},
        )
        for document in found
    ]


def _keys_of(condition: Any) -> set[str]:
    clauses = condition if isinstance(condition, list) else [condition]
    keys: set[str] = set()
    for clause in clauses:
        for key, value in clause.items():
            keys |= _keys_of(value) if key.startswith("$") else {key}
    return keys


def _renamed_keys(condition: object, old: str, new: str) -> Any:
    """Return a partial filter in which a column has its new name."""
    if isinstance(condition, list):
        return [_renamed_keys(clause, old, new) for clause in condition]
    if not isinstance(condition, dict):
        return condition
    return {
        (new if key == old else key): _renamed_keys(value, old, new) if key.startswith("$") else value
        for key, value in condition.items()
    }
