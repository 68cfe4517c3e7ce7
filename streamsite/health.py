"""For load balancers: does the process answer (``/healthz``), and can it serve (``/readyz``).

Probes come every few seconds from every balancer and from anyone else. So they are answered before all other
middleware, an answer is kept for some seconds, one thread at a time asks the database, and a reason says what is wrong
in general words, without names, addresses, or paths.
"""

from __future__ import annotations

import logging
import pkgutil
import shutil
import threading
import time
from collections.abc import Callable
from functools import cache
from importlib import import_module

import pymongo
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from pymongo.errors import PyMongoError

from streamsite import __version__, access_log, error_responses, errors, external_services, headers, logs
from streamsite.cache_headers import NEVER_STORED
from streamsite.caching import ExpiringCache
from streamsite.method_not_allowed import MethodNotAllowed
from streamsite.mongo.engine.client import get_client
from streamsite.site_mode.state import are_workers_paused, site_mode
from streamsite.tasks import control, dispatch
from streamsite.tasks.heartbeats import served_queues

logger = logging.getLogger("streamsite.health")

# How long one probe waits for the database in all, and for another probe that is asking it.
DATABASE_SECONDS = 2.0
# An answer that is older is not given while a new one is being made.
MAX_AGE_SECONDS = 10.0
# How long a due job may wait before its queue counts as stuck. Videos and copies may wait for others.
MAX_SHORT_WAIT, MAX_LONG_WAIT = 300, 3_600
MAX_WAITS = {
    "default": MAX_SHORT_WAIT,
    "mail": MAX_SHORT_WAIT,
    "push": MAX_LONG_WAIT,  # a channel of many followers
    "webhooks": MAX_SHORT_WAIT,
    "transcode": MAX_LONG_WAIT,
    "storage": MAX_LONG_WAIT,
    "backup": MAX_LONG_WAIT,
    "imports": MAX_LONG_WAIT,
}
# Without these the site must not serve; without the others it serves, degraded.
REQUIRED = ("database", "migrations", "site_id")

DATABASE_AWAY = "The database does not answer."
UNKNOWN = "Unknown while the database does not answer."
NOT_MIGRATED = "Migrations are missing. Run manage.py prepare."
FOREIGN_SITE = "The database is not of this data folder, or not for this version. The log says more."
DISK_FULL = "Not enough free disk space for uploads."

Result = bool | str


class Check:
    """A check whose result is kept: for ``good_seconds`` when it is ``True``, else for one second.

    ``look`` returns what is wrong, or an empty string. One thread at a time calls it; the others get the last result,
    or wait when there is none of the last ``MAX_AGE_SECONDS``.
    """

    def __init__(self, look: Callable[[], str], *, good_seconds: float) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._fresh: ExpiringCache[None, Result] = ExpiringCache(
            seconds=lambda result: good_seconds if result is True else 1.0
        )
        self._usable: ExpiringCache[None, Result] = ExpiringCache(seconds=MAX_AGE_SECONDS)

    def forget(self) -> None:
        """Drop the kept result."""
        self._fresh.clear()
        self._usable.clear()

    def result(self) -> Result:
        """Return ``True``, or what is wrong."""
        if (fresh := self._fresh.get(None, None)) is not None:
            return fresh
        usable = self._usable.get(None, None)
        if not self._lock.acquire(timeout=DATABASE_SECONDS if usable is None else 0):
            return DATABASE_AWAY if usable is None else usable
        try:
            return self._fresh.get_or_load(None, self._renew)
        finally:
            self._lock.release()

    def _renew(self) -> Result:
        return self._usable.load(None, lambda: self._made() or True)

    def _made(self) -> str:
        try:
            return self._look()
        except (PyMongoError, DatabaseError, InterfaceError):
            return DATABASE_AWAY


def _database() -> str:
    get_client("default").admin.command("ping")
    return ""


def _migrations() -> str:
    applied = set(MigrationRecorder(connections["default"]).applied_migrations())
    return "" if known_migrations() <= applied else NOT_MIGRATED


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """Return app and name of every migration of this code, by the names of their files."""
    known = set()
    for app in apps.get_app_configs():
        package, _ = MigrationLoader.migrations_module(app.label)
        try:
            folder = import_module(package or "").__path__
        except (ModuleNotFoundError, ValueError):  # an app without models
            continue
        known |= {
            (app.label, module.name)
            for module in pkgutil.iter_modules(folder)
            if not module.ispkg and module.name[0] not in "_~"
        }
    return frozenset(known)


def _site_id() -> str:
    from streamsite.site_id import mismatch_message

    found = mismatch_message()
    if found:
        logger.warning("%s", found)
    return FOREIGN_SITE if found else ""


def _disk() -> str:
    try:
        free = shutil.disk_usage(settings.DATA_DIR).free
    except OSError:
        return "The data folder cannot be read."
    return "" if free > settings.DISK_WATERMARK_BYTES else DISK_FULL


def overdue_queues() -> str:
    """Return which queues have a due job that nobody took for too long, as a sentence; "" when none has.

    While the site's mode pauses the workers, jobs wait for its end, and ``readyz`` says that instead.
    """
    if are_workers_paused():
        return ""
    stuck = [
        name for name in needed_queues() if dispatch.has_overdue_job(name, MAX_WAITS.get(name, MAX_LONG_WAIT))
    ]
    return f"Jobs have waited too long: {', '.join(stuck)}." if stuck else ""


def missing_workers() -> str:
    """Return which queues have no living worker, as a sentence; "" when all have one."""
    served = served_queues()
    missing = [name for name in needed_queues() if name not in served]
    return f"No worker is running for: {', '.join(missing)}." if missing else ""


def needed_queues() -> list[str]:
    """Return the queues that this site needs."""
    return [name for name in control.list_queue_names() if control.is_queue_needed(name)]


DISK = Check(_disk, good_seconds=2.0)
DATABASE = Check(_database, good_seconds=2.0)
BEHIND_DATABASE = {
    "migrations": Check(_migrations, good_seconds=60.0),
    "site_id": Check(_site_id, good_seconds=5.0),
    "queue": Check(overdue_queues, good_seconds=10.0),
    "workers": Check(missing_workers, good_seconds=10.0),
}


def clear_check_results() -> None:
    """Drop the kept results of all checks."""
    for check in (DISK, DATABASE, *BEHIND_DATABASE.values()):
        check.forget()


def check_results() -> dict[str, Result]:
    """Return each check's result by its name, at most some seconds old: ``True``, or what is wrong."""
    with pymongo.timeout(DATABASE_SECONDS):
        database = DATABASE.result()
        behind: dict[str, Result] = {
            name: check.result() if database is True else UNKNOWN for name, check in BEHIND_DATABASE.items()
        }
    found = {"database": database, "disk": DISK.result(), **behind}
    return {name: found[name] for name in (*REQUIRED, "disk", "queue", "workers")}


def reason_not_to_serve() -> str:
    """Return the first reason why the site must not serve, as a sentence; "" when it can."""
    results = check_results()
    return next((str(results[name]) for name in REQUIRED if results[name] is not True), "")


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer that the process is there: ``{status: "ok", version}``."""
    return JsonResponse({"status": "ok", "version": __version__})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer whether the site can serve: ``{status, checks, partners}``; each check is ``true`` or a reason.

    503 with the error form as well when one of ``REQUIRED`` is wrong. ``partners`` are outside services as this process
    knows them: the site serves everything else without them. In a mode that is not normal the site is degraded, and
    ``mode`` says so: a balancer that took the site away would take away the page that says why.
    """
    checks = check_results()
    content: dict[str, object] = {"checks": checks, "partners": external_services.service_states()}
    reason = site_mode().reason
    if reason:
        content["mode"] = reason
    if all(checks[name] is True for name in REQUIRED):
        is_whole = not reason and all(result is True for result in checks.values())
        return JsonResponse({"status": "ok" if is_whole else "degraded"} | content)
    error = errors.Unavailable()
    body = {"status": "unavailable"} | content | error_responses.error_body(error, logs.request_id.get())
    response = JsonResponse(body, status=error.status)
    error_responses.add_headers(response, error)
    return response


PROBES = {"/healthz": healthz, "/readyz": readyz}


def _answer(request: HttpRequest, probe: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Return what ``probe`` answers; its refusal of a method with the error form, as everywhere else."""
    response = probe(request)
    if response.status_code != MethodNotAllowed.status:
        return response
    refusal = error_responses.error_response(request, MethodNotAllowed())
    refusal["Allow"] = response["Allow"]
    return refusal


class HealthMiddleware:
    """Answers every request for a probe, before all other middleware.

    Load balancers ask for an address, not for the site's name. No method reaches the rate limits: what a proxy in front
    says about who sends a probe is not believed, and counts against nobody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a probe, or pass the request on."""
        probe = PROBES.get(request.path_info.removesuffix("/"))
        if probe is None:
            return self.get_response(request)
        begun = time.perf_counter()
        with logs.bind_request_id(request) as request_id:
            response = _answer(request, probe)
            access_log.log_request(request, response, begun, is_probe=True)
        response["X-Request-Id"] = request_id
        for name, value in {**headers.security_headers(), "X-Frame-Options": "DENY"}.items():
            response[name] = value
        NEVER_STORED.set_on(response)
        response["Content-Length"] = str(len(response.content))
        return response
