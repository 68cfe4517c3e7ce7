"""``Idempotency-Key``: a repeated POST gets the first response again and creates nothing.

One document per user, path and key: inserted before the work (the unique ``_id`` decides who works), completed with the
answer afterwards, removed when the work is refused. Kept for 24 hours.

While the work goes on, its process renews the document's lease. A process that was killed renews nothing, so the next
request with the key takes over after ``LEASE``; after a fault of the server it does so at once. Both may have happened
after something was created. So a view takes the id of what it creates from ``planned_id``, which is the same whoever
does the work, and says with ``recover`` how to answer when that is there already.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError
from rest_framework.exceptions import APIException
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
Recovery = Callable[..., Response | None]


class IdempotencyMismatch(SiteError):
    """The key was used with another body."""

    status, code = 422, "idempotency_mismatch"
    detail = _("This Idempotency-Key was already used for a different request.")


class RequestInProgress(Conflict):
    """The first request with this key has not been answered yet."""

    detail = _("The first request with this Idempotency-Key is still in progress.")


@dataclass(frozen=True)
class Claim:
    """The right of a request to do the work of its key.

    ``seed`` is that of planned ids. ``is_taken_over`` says that another request began the work and did not end it.
    """

    record_id: str
    token: str
    seed: str
    is_taken_over: bool = False

    @property
    def condition(self) -> dict[str, str]:
        """The condition by which its document is found as long as nobody took over."""
        return {"_id": self.record_id, "token": self.token}


def planned_id(request: Request, kind: str = "", *, size: int = 16) -> str:
    """Return the id of ``size`` URL-safe characters of what the request creates; "" without an ``Idempotency-Key``.

    It is as random as any other, and the same for each request with the key. ``kind`` tells several ids apart.
    """
    seed = getattr(request, "planned_seed", "")
    if not seed:
        return ""
    digest = hmac.digest(seed.encode(), kind.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode()[:size]


def idempotent(
    *,
    recover: Recovery | None = None,
    conceal: Sequence[str] = (),
    headers: Sequence[str] = REPLAYED_HEADERS,
    fingerprint: Callable[[Request], str] | None = None,
) -> Callable[[Handler], Handler]:
    """Let a view's ``post`` honour ``Idempotency-Key`` for signed-in callers.

    ``recover(view, request, ...)`` returns the response of a request whose planned id is there already, ``None`` where
    nothing is. ``conceal`` names fields of the response that are not stored, so that a repetition lacks them.
    ``headers`` are those that a repetition has too; ``fingerprint`` tells requests apart whose body is not a form.
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
            claim = _claim_key(record_id, take(request), time.monotonic() + MAX_WAIT_SECONDS)
            if isinstance(claim, Response):
                return claim
            request.planned_seed = claim.seed  # type: ignore[attr-defined]
            found = functools.partial(recover, view, request, *args, **kwargs) if recover else _nothing
            with _leases.held(claim):
                try:
                    response = (found() if claim.is_taken_over else None) or _work(
                        functools.partial(handler, view, request, *args, **kwargs), found
                    )
                except BaseException as error:
                    _give_up(claim, error)
                    raise
            _store_response(claim, response, conceal, headers)
            return response

        post.is_idempotent = True  # type: ignore[attr-defined]
        return post

    return decorate


def _nothing() -> None:
    """Recover nothing."""


def _work(handle: Callable[[], Response], found: Callable[[], Response | None]) -> Response:
    """Do the work, unless another request that was only slow has done it meanwhile."""
    try:
        return handle()
    except IntegrityError:
        response = found()
        if response is None:
            raise
        return response


def _give_up(claim: Claim, error: BaseException) -> None:
    """Free the key of refused work; after a fault, keep its document, so that the next request goes on from there."""
    refused = (SiteError, APIException, Http404, PermissionDenied)
    code = getattr(error, "status", getattr(error, "status_code", 400))
    with suppress(PyMongoError):  # then it is free when its lease is over
        if isinstance(error, refused) and code < 500:
            collection(RECORDS).delete_one(claim.condition)
        else:
            now = {"$set": {"leased_until": datetime.now(UTC)}}
            collection(RECORDS).update_one({**claim.condition, "status": None}, now)


class _Leases:
    """Renews the claims of this process, by one thread that lives as long as there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[str, str] = {}
        self._is_renewing = False

    @contextmanager
    def held(self, claim: Claim) -> Iterator[None]:
        """Renew the claim within the block."""
        with self._lock:
            self._tokens[claim.token] = claim.record_id
            if not self._is_renewing:
                self._is_renewing = True
                threading.Thread(target=self._renew, name="idempotency", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                del self._tokens[claim.token]

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
                    {**mine, "status": None}, {"$set": {"leased_until": datetime.now(UTC) + LEASE}}
                )


_leases = _Leases()


def _claim_key(record_id: str, fingerprint: str, deadline: float) -> Claim | Response:
    """Return the claim of the request that is to do the work, or the answer of an earlier one, waited for."""
    while True:
        now = datetime.now(UTC)
        claim = Claim(record_id, secrets.token_hex(8), secrets.token_hex(16))
        new = {**claim.condition, "seed": claim.seed, "fingerprint": fingerprint, "status": None}
        try:
            collection(RECORDS).insert_one({**new, "leased_until": now + LEASE, "purge_at": now + RETENTION})
        except DuplicateKeyError:
            pass
        else:
            return claim
        found = collection(RECORDS).find_one({"_id": record_id})
        if found is None:
            continue
        if found["purge_at"].replace(tzinfo=UTC) <= now:
            collection(RECORDS).delete_one({"_id": record_id, "purge_at": {"$lte": now}})
            continue
        if found["fingerprint"] != fingerprint:
            raise IdempotencyMismatch
        if found["status"] is not None:
            response = Response(orjson.loads(found["body"]), status=found["status"], headers=found["headers"])
            response["Idempotency-Replayed"] = "true"
            return response
        if taken := _take_over(record_id, now):
            return taken
        if time.monotonic() > deadline:
            raise RequestInProgress
        time.sleep(POLL_SECONDS)


def _take_over(record_id: str, now: datetime) -> Claim | None:
    """Claim the key of a request that did not end, or return ``None`` while it may still be at work."""
    token = secrets.token_hex(8)
    # A record of the previous release has neither: its ``purge_at`` is its lease.
    taken = collection(RECORDS).find_one_and_update(
        {"_id": record_id, "status": None, "leased_until": {"$lte": now}},
        {"$set": {"token": token, "leased_until": now + LEASE}},
        return_document=ReturnDocument.AFTER,
    )
    return None if taken is None else Claim(record_id, token, taken["seed"], is_taken_over=True)


def _store_response(claim: Claim, response: Response, conceal: Sequence[str], headers: Sequence[str]) -> None:
    data: object = response.data
    if conceal and isinstance(data, dict):
        data = {name: value for name, value in data.items() if name not in conceal}
    kept = {
        "status": response.status_code,
        "body": orjson.dumps(data, default=str),
        "headers": {name: response[name] for name in headers if response.has_header(name)},
        "purge_at": datetime.now(UTC) + RETENTION,
    }
    collection(RECORDS).update_one(claim.condition, {"$set": kept})


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
