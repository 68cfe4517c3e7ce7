"""A database that cannot be used, as a sentence for the person who typed a command."""

from __future__ import annotations

from collections.abc import Callable

from pymongo.errors import ConfigurationError, ConnectionFailure, NetworkTimeout, OperationFailure

from streamsite.mongo import uri
from streamsite.mongo.retry import error_chain

WRONG_PASSWORD, NOT_ALLOWED = 18, 13


def outage_message(error: BaseException, *, address: str, database: str) -> str:
    """Return what is wrong with the database and what to do; "" when the error is about something else.

    ``address`` is the connection string, of which only the servers are named.
    """
    for cause in error_chain(error):
        if isinstance(cause, (ConnectionFailure, NetworkTimeout)):
            return (
                f"MongoDB does not answer at {uri.server_addresses(address)}: check that it runs, "
                "that this machine reaches it, and MONGODB_URI."
            )
        if isinstance(cause, ConfigurationError):
            return f"MongoDB cannot be used ({cause}): check MONGODB_URI."
        if isinstance(cause, OperationFailure) and (told := _refusals.get(cause.code or 0)):
            return told(uri.server_addresses(address), database)
    return ""


_refusals: dict[int, Callable[[str, str], str]] = {
    WRONG_PASSWORD: lambda servers, database: (
        f"MongoDB at {servers} refuses the user or the password: check both in MONGODB_URI (or MONGODB_USER and"
        " MONGODB_PASSWORD), and its authSource."
    ),
    NOT_ALLOWED: lambda servers, database: (
        f"MongoDB at {servers} does not let the user of MONGODB_URI do this:"
        f" grant readWrite and dbAdmin on the database {database}."
    ),
}
