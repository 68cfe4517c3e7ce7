"""``Idempotency-Key``: a repeated POST gets the first response again and creates nothing.

One document per user, path and key: inserted before the work (the unique ``_id`` decides who works), completed with the
answer afterwards, removed when the work is refused. Kept for 24 hours.

While the work goes on, its process renews the document's lease. A process that was killed renews nothing, so the next
request with the key takes over after ``LEASE``.
"""

from __future__ import annotations

import functools
import hashlib
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError, PyMongoError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from streamsite.errors import Conflict, Invalid, SiteError
from streamsite.mongo.collections import collection

RECORDS = "idempotency"
INDEXES = {RECORDS: [IndexModel([("purge_at", ASCENDING)], name="idempotency_purge", expireAfterSeconds=0)]}
KEY_PATTERN = re.compile(r"\A[\x21-\x7e]{1,255}\Z")
RETENTION = timedelta(hours=24)
MAX_WAIT_SECONDS, POLL_SECONDS = 5.0, 0.05
LEASE, RENEWAL_SECONDS = timedelta(seconds=30), 5.0
REPLAYED_HEADERS = ("Location", "ETag")

Handler = Callable[..., Response]


class IdempotencyMismatch(SiteError):
    """The key was used with another body."""

    status, code = 422, "idempotency_mismatch"
    detail = _("This Idempotency-Key was already used for a different request.")


class RequestInProgress(Conflict):
    """The first request with this key has not been answered yet."""

    detail = _("The first request with this Idempotency-Key is still in progress.")


def idempotent(
    *,
    conceal: Sequence[str] = (),
    headers: Sequence[str] = REPLAYED_HEADERS,
    fingerprint: Callable[[Request], str] | None = None,
) -> Callable[[Handler], Handler]:
    """Let a view's ``post`` honour ``Idempotency-Key`` for signed-in callers.

    ``conceal`` names fields of the response that are not stored, so that a repetition lacks them. ``headers`` are
    those that a repetition has too; ``fingerprint`` tells requests apart whose body is not a form.
    """
    take = fingerprint or _fingerprint_body

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def post(view: APIView, request: Request, *args: object, **kwargs: object) -> Response:
            key = request.headers.get("Idempotency-Key")
            if key is None or not request.user or not request.user.is_authenticated:
                return handler(view, request, *args, **kwargs)
            if not KEY_PATTERN.match(key):
                raise Invalid(gettext("Idempotency-Key must have 1 to 255 visible ASCII characters."))
            record_id = hashlib.sha256(f"{request.user.pk}\n{request.path}\n{key}".encode()).hexdigest()
            claim = {"_id": record_id, "token": secrets.token_hex(8)}
            earlier = _claim_key(claim, take(request), time.monotonic() + MAX_WAIT_SECONDS)
            if earlier is not None:
                return earlier
            with _leases.held(claim):
                try:
                    response = handler(view, request, *args, **kwargs)
                except BaseException:
                    collection(RECORDS).delete_one(claim)
                    raise
            _store_response(claim, response, conceal, headers)
            return response

        return post

    return decorate


class _Leases:
    """Renews the claims of this process, by one thread that lives as long as there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[str, str] = {}
        self._is_renewing = False

    @contextmanager
    def held(self, claim: dict[str, str]) -> Iterator[None]:
        """Renew the claim within the block."""
        with self._lock:
            self._tokens[claim["token"]] = claim["_id"]
            if not self._is_renewing:
                self._is_renewing = True
                threading.Thread(target=self._renew, name="idempotency", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                del self._tokens[claim["token"]]

    def _renew(self) -> None:
        while True:
            time.sleep(RENEWAL_SECONDS)
            with self._lock:
                if not self._tokens:
                    self._is_renewing = False
                    return
                mine = {"_id": {"$in": [*self._tokens.values()]}, "token": {"$in": [*self._tokens]}}
            with suppress(PyMongoError):  # tried again soon; a lease has time for several tries
                collection(RECORDS).update_many(
                    {**mine, "status": None}, {"$set": {"purge_at": datetime.now(UTC) + LEASE}}
                )


_leases = _Leases()


def _claim_key(claim: dict[str, str], fingerprint: str, deadline: float) -> Response | None:
    """``None`` when this request is the first with its key, else the first one's answer: waited for, for a while."""
    now = datetime.now(UTC)
    try:
        collection(RECORDS).insert_one(
            {**claim, "fingerprint": fingerprint, "status": None, "purge_at": now + LEASE}
        )
    except DuplicateKeyError:
        found = collection(RECORDS).find_one({"_id": claim["_id"]})
        if found is None or found["purge_at"].replace(tzinfo=UTC) <= now:
            # The record expired, or its process died: whoever deletes it may claim the key.
            collection(RECORDS).delete_one({"_id": claim["_id"], "purge_at": {"$lte": now}})
            return _claim_key(claim, fingerprint, deadline)
        if found["fingerprint"] != fingerprint:
            raise IdempotencyMismatch from None
        if found["status"] is None:
            if time.monotonic() > deadline:
                raise RequestInProgress from None
            time.sleep(POLL_SECONDS)
            return _claim_key(claim, fingerprint, deadline)
        response = Response(orjson.loads(found["body"]), status=found["status"], headers=found["headers"])
        response["Idempotency-Replayed"] = "true"
        return response
    return None


def _store_response(
    claim: dict[str, str], response: Response, conceal: Sequence[str], headers: Sequence[str]
) -> None:
    data: object = response.data
    if conceal and isinstance(data, dict):
        data = {name: value for name, value in data.items() if name not in conceal}
    kept = {
        "status": response.status_code,
        "body": orjson.dumps(data, default=str),
        "headers": {name: response[name] for name in headers if response.has_header(name)},
        "purge_at": datetime.now(UTC) + RETENTION,
    }
    collection(RECORDS).update_one(claim, {"$set": kept})


def _fingerprint_body(request: Request) -> str:
    """Return a digest of the body; of a file of its name, size and first megabyte."""
    data = request.data
    if hasattr(data, "lists"):
        fields = {name: [_fingerprint_value(value) for value in values] for name, values in data.lists()}
    else:
        fields = dict(data)
    return hashlib.sha256(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


def _fingerprint_value(value: object) -> object:
    if not isinstance(value, UploadedFile):
        return value
    value.seek(0)
    beginning = hashlib.sha256(value.read(1_048_576)).hexdigest()
    value.seek(0)
    return [value.name, value.size, beginning]
