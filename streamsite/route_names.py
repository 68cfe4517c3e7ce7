"""The name of a request's route, for log lines and metrics: one of few, whatever the address was."""

from __future__ import annotations

from django.http import HttpRequest

STATIC, UNMATCHED = "static", "unmatched"


def route_name(request: HttpRequest) -> str:
    """Return the name of the route that a request was given to.

    The admin is one, static files are one, and so is what no route was found or looked for, such as a missing page or a
    request that was refused before.
    """
    match = getattr(request, "resolver_match", None)
    if match is None:
        return STATIC if request.path.startswith("/static/") else UNMATCHED
    if match.namespaces:
        return str(match.namespaces[0])
    return str(match.url_name or match.route)
