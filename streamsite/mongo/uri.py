"""Connection strings: what is wrong with one, said without the passwords in it. Nothing here connects."""

from __future__ import annotations

import re
import warnings
from urllib.parse import quote, urlsplit

from pymongo.errors import ConfigurationError, InvalidURI
from pymongo.uri_parser import parse_uri

EXAMPLE = (
    "it must look like mongodb://user:password@host:27017/?replicaSet=rs0, special characters percent-encoded"
)
SRV = "mongodb+srv://"


def uri_problem(uri: str) -> str:
    """Return why the driver cannot use the string; "" for a good one."""
    # Nothing is asked of the DNS while settings are read: mongodb+srv:// has the form of mongodb:// otherwise.
    plain = uri.replace(SRV, "mongodb://", 1) if uri.startswith(SRV) else uri
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parse_uri(plain)
    except (InvalidURI, ConfigurationError, ValueError) as error:
        return _without_parts(str(error), uri)
    return ""


def has_user(uri: str) -> bool:
    """Return whether the string names a user."""
    return "@" in _authority(uri)


def add_credentials(uri: str, user: str, password: str) -> str:
    """Return a string that names no user with this one; both may hold any character."""
    scheme, separator, rest = uri.partition("://")
    named = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    return f"{scheme}{separator}{named}@{rest}"


def _authority(uri: str) -> str:
    return re.split(r"[/?#]", uri.partition("://")[2], maxsplit=1)[0]


def server_addresses(uri: str) -> str:
    """Return the servers that the string names, without user and password."""
    try:
        return urlsplit(uri).netloc.rpartition("@")[2] or "no server"
    except ValueError:
        return "no server"


def _without_parts(reason: str, uri: str) -> str:
    """Return the driver's reason up to its first sentence, or a general one when it repeats a part of the string."""
    first = re.split(r"\. |: |, use ", reason)[0].rstrip(".")
    secrets = re.split(r"[:/@?&=,]+", uri.partition("://")[2].rpartition("@")[0])
    repeats = any(len(part) > 1 and part in first for part in secrets)
    return "it cannot be parsed" if repeats or not first else first[0].lower() + first[1:]
