"""Requests to addresses that users give: further ports, and hosts of the operator's own network."""

from __future__ import annotations

from streamsite import env
from streamsite.outbound_hosts import AllowedHost, parse_private_host


def _ports() -> tuple[int, ...]:
    found = env.text_list("OUTBOUND_PORTS")
    if not all(port.isascii() and port.isdecimal() and 0 < int(port) < 65_536 for port in found):
        raise env.invalid_value("OUTBOUND_PORTS", "use port numbers such as 8080,8443, separated by commas")
    return tuple(map(int, found))


def _private_hosts() -> tuple[AllowedHost, ...]:
    found = [parse_private_host(entry) for entry in env.text_list("OUTBOUND_PRIVATE_HOSTS")]
    if None in found:
        raise env.invalid_value(
            "OUTBOUND_PRIVATE_HOSTS",
            "use hosts with their ports, such as 127.0.0.1:9000, separated by commas",
        )
    return tuple(one for one in found if one is not None)


# Seconds that a delivery to a webhook may take in all.
WEBHOOK_TIMEOUT = env.integer("WEBHOOK_TIMEOUT", 10, least=1, most=60)
# How long a process may not know that another one made the first webhook that is told of subscriptions.
WEBHOOK_MEMO_SECONDS = 5.0
# Beside 80 and 443.
OUTBOUND_PORTS = _ports()
# May be private, loopback included.
OUTBOUND_PRIVATE_HOSTS = _private_hosts()
# Whether people may let the site fetch videos, which takes a worker of its own.
IMPORTS_ENABLED = env.flag("IMPORTS_ENABLED", default=False)
# Seconds that one import may download.
IMPORT_SECONDS = env.integer("IMPORT_SECONDS", 6 * 3_600, least=10, most=24 * 3_600)
# Imports of one account that wait or run.
MAX_OPEN_IMPORTS_PER_USER = env.integer("MAX_OPEN_IMPORTS_PER_USER", 5, least=1, most=100)
