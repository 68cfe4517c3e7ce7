"""The feature compatibility version: of which MongoDB the data is. Raised in order, never lowered."""

from __future__ import annotations

from typing import Any

from pymongo import MongoClient

from streamsite.mongo.series import next_compatibility, series_of

# From this series on the command wants to be confirmed; earlier ones do not know the word.
CONFIRMED_FROM = (7, 0)

Client = MongoClient[dict[str, Any]]


def read(client: Client) -> str:
    """Return the version that the server's data is compatible with, such as ``"6.0"``. Raises ``PyMongoError``."""
    shown = client.admin.command({"getParameter": 1, "featureCompatibilityVersion": 1})
    return str(shown["featureCompatibilityVersion"]["version"])


def raise_by_one(client: Client, version: str) -> str:
    """Raise it to the series of the server, whose ``version`` this is; return the new one, "" when there was nothing.

    A server opens data of its own series and of the one before only, so this is one step. Idempotent: a step that was
    interrupted is done again. Raises ``PyMongoError``.
    """
    wanted = next_compatibility(read(client), version)
    if not wanted:
        return ""
    series = series_of(wanted)
    confirmed = {"confirm": True} if series is not None and series >= CONFIRMED_FROM else {}
    client.admin.command({"setFeatureCompatibilityVersion": wanted, **confirmed})
    return wanted
