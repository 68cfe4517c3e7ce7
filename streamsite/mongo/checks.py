"""System checks of the database's connection: what would make a promise of the engine untrue.

``manage.py check --database default`` runs them, and so does every ``migrate``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, urlsplit

from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's own name
from django.db import connections
from django.db.utils import OperationalError
from pymongo.errors import PyMongoError

from streamsite.mongo import outage_messages

if TYPE_CHECKING:
    from streamsite.mongo.engine.base import DatabaseWrapper

# What the engine sets whatever the connection string says.
SET_BY_ENGINE = {"w": "majority", "journal": "true", "retrywrites": "true"}
SRV = "mongodb+srv"


@register(Tags.database)
def check_connection(databases: Sequence[str] | None = None, **extra: object) -> list[CheckMessage]:
    """Check the aliases that the engine serves."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        if connections[alias].vendor == "djongo":
            connection = cast("DatabaseWrapper", connections[alias])
            found += check_uri(str(connection.settings_dict["CLIENT"].get("host", "")))
            found += check_options(connection.engine_options)
            found += check_server(connection)
    return found


def check_uri(uri: str) -> Iterator[CheckMessage]:
    """Yield what a connection string says that weakens or exposes the database."""
    parts = urlsplit(uri)
    options = {name.lower(): value.lower() for name, value in parse_qsl(parts.query)}
    for name, value in SET_BY_ENGINE.items():
        if options.get(name, value) != value:
            yield Warning(
                f"MONGODB_URI asks for {name}={options[name]}; the engine uses {name}={value} all the same.",
                hint="An acknowledged write must survive the loss of a server: drop the option.",
                id="streamsite.W010",
            )
    if "@" not in parts.netloc:
        yield Warning(
            "MONGODB_URI has no user: whoever reaches the server owns all data.",
            hint="Enable authorization on the server, and put user and password into MONGODB_URI, or into MONGODB_USER"
            " and MONGODB_PASSWORD.",
            id="streamsite.W011",
        )
    hosts = [host.rsplit(":", 1)[0].strip("[]") for host in parts.netloc.rpartition("@")[2].split(",")]
    encrypted = parts.scheme == SRV or "true" in (options.get("tls"), options.get("ssl"))
    if options.get("tls", options.get("ssl")) == "false":
        encrypted = False
    if not encrypted and not all(_is_local(host) for host in hosts):
        yield Warning(
            "MONGODB_URI reaches another machine without TLS: passwords and data can be intercepted.",
            hint="Add tls=true, or keep the connection inside a private network on purpose.",
            id="streamsite.W012",
        )
    if "true" in (options.get("tlsallowinvalidcertificates"), options.get("tlsinsecure")):
        yield Warning(
            "MONGODB_URI accepts any certificate: the server could be anyone.",
            hint="Name the authority with tlsCAFile instead.",
            id="streamsite.W013",
        )


def check_options(options: dict[str, Any]) -> Iterator[CheckMessage]:
    """Yield which of the engine's OPTIONS lets a visitor's query harm the server."""
    if options["allow_regex"]:
        yield Warning(
            "OPTIONS allow_regex is on: a hostile pattern can occupy the database.",
            hint="Search texts with contains, startswith or the text index.",
            id="streamsite.W014",
        )
    if options["max_time_ms"] is None:
        yield Warning(
            "OPTIONS max_time_ms is None: a slow query runs for ever.",
            hint="Leave the limit and lift it where it is needed: with connection.time_limit(None).",
            id="streamsite.W015",
        )


def check_server(connection: DatabaseWrapper) -> Iterator[CheckMessage]:
    """Yield what the server cannot do; one that does not answer is an error of its own."""
    minimum = connection.features.minimum_database_version
    try:
        hello = connection.mongo_client.admin.command("hello")
        version = connection.get_database_version()
    except (PyMongoError, OperationalError) as error:
        told = outage_messages.outage_message(
            error,
            address=str(connection.settings_dict["CLIENT"].get("host", "")),
            database=connection.settings_dict["NAME"],
        )
        yield Error(
            told or f"MongoDB does not answer ({type(error).__name__}).",
            hint="Check MONGODB_URI, the network and the server's log.",
            id="streamsite.E010",
        )
        return
    if version < minimum:
        yield Error(
            f"MongoDB {_dotted(version)} is too old: the engine needs {_dotted(minimum)}.",
            hint="Use a version that MongoDB still maintains.",
            id="streamsite.E011",
        )
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        yield Error(
            "MongoDB runs without a replica set, so there are no transactions.",
            hint="Start mongod with --replSet and run rs.initiate() once; a set of one server will do.",
            id="streamsite.E012",
        )


def _is_local(host: str) -> bool:
    if host in ("localhost", "") or host.endswith(".sock"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _dotted(version: Sequence[int]) -> str:
    return ".".join(map(str, version))
