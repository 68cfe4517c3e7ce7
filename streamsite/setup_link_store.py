"""The one-time links with which the first administrator sets up a new site.

They exist while there are no staff: each start issues one for a day, and the first account of staff ends them all. Only
hashes are stored: ``{_id: "setup", links: [{hash, expires_at}]}``. ``script/server`` calls this before Django is
configured, with a pymongo ``Database`` of its own.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from pymongo.client_session import ClientSession
from pymongo.database import Database

from streamsite.mongo.collections import collection

COLLECTION, DOCUMENT = "streamsite_setup", "setup"
USERS = "accounts_user"
PATH = "/setup"
LIFETIME = timedelta(hours=24)
# Several hosts may start at the same time, and each prints its own.
MAX_LINKS = 5
MAX_TOKEN_LENGTH = 100
Document = dict[str, Any]


def issue(database: Database[Document] | None = None) -> str:
    """Return the token of a new link, "" when there are staff and nobody may set up the site."""
    found = collection(COLLECTION).database if database is None else database
    if found[USERS].find_one({"is_staff": True}, {"_id": 1}) is not None:
        return ""
    token = secrets.token_urlsafe(32)
    link = {"hash": _hash(token), "expires_at": datetime.now(UTC) + LIFETIME}
    found[COLLECTION].update_one(
        {"_id": DOCUMENT}, {"$push": {"links": {"$each": [link], "$slice": -MAX_LINKS}}}, upsert=True
    )
    return token


def address(site_url: str, token: str) -> str:
    """Return the address of a link."""
    return f"{site_url}{PATH}?token={quote(token)}"


def describe(site_url: str, token: str) -> str:
    """Return the line for the terminal or the log of a start."""
    return f"set up your site at {address(site_url, token)} (the link works once, for 24 hours)"


def is_valid(token: str) -> bool:
    """Return whether the link of a token may still be used, as far as the links know."""
    condition = _condition(token)
    return condition is not None and collection(COLLECTION).find_one(condition, {"_id": 1}) is not None


def use(token: str, session: ClientSession | None) -> bool:
    """Remove all links if that of ``token`` is valid, within the caller's transaction; return whether it was."""
    condition = _condition(token)
    if condition is None:
        return False
    return collection(COLLECTION).find_one_and_delete(condition, session=session) is not None


def _condition(token: str) -> Document | None:
    if not 0 < len(token) <= MAX_TOKEN_LENGTH or not token.isascii():
        return None
    link = {"hash": _hash(token), "expires_at": {"$gt": datetime.now(UTC)}}
    return {"_id": DOCUMENT, "links": {"$elemMatch": link}}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
