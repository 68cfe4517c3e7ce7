"""For load balancers: is the process there, and can it serve."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from pymongo.errors import PyMongoError

from streamsite import partners
from streamsite.mongo.engine.client import get_client


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and the disk has room; 503 names what does not.

    ``partners`` are outside services as this process knows them: the site serves everything else without them.
    """
    checks = {"database": _database(), "disk": _disk()}
    ready = all(checks.values())
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": checks, "partners": partners.states()},
        status=200 if ready else 503,
    )


PROBES = {"/healthz": healthz, "/readyz": readyz}


class HealthMiddleware:
    """Answers probes before the host is looked at: who balances load asks for an address, not for the site's name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path_info) if request.method in {"GET", "HEAD"} else None
        return probe(request) if probe else self.get_response(request)


def _database() -> bool:
    try:
        return bool(get_client("default").admin.command("ping"))
    except PyMongoError:
        return False


def _disk() -> bool:
    try:
        return shutil.disk_usage(settings.DATA_DIR).free > settings.DISK_WATERMARK_BYTES
    except OSError:
        return False
