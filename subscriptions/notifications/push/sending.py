"""Hand encrypted messages over to push services, to several at once."""

from __future__ import annotations

import http.client
import logging
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from django.conf import settings

from streamsite import outbound

THREADS = 8
CONNECTIONS_PER_SERVICE = 4
# After so many failures in a row the rest of a service's messages wait for their next try.
FAILURES_IN_A_ROW = 2

logger = logging.getLogger("streamsite.push")


class Outcome(Enum):
    """The result of sending a message."""

    SENT = "sent"
    GONE = "gone"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Parcel:
    """A message to one browser, ready to be sent."""

    push_id: str
    endpoint: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class Result:
    """The outcome for one browser; ``retry_after`` are seconds that the service asked for, ``why`` is for the log."""

    push_id: str
    outcome: Outcome
    retry_after: int = 0
    why: str = ""


def send_all(parcels: Sequence[Parcel]) -> list[Result]:
    """Send parcels and return what became of each. Uses no database."""
    slices = _slices(parcels)
    if not slices:
        return []
    with ThreadPoolExecutor(min(THREADS, len(slices)), "push") as pool:
        return [result for results in pool.map(_send_slice, slices) for result in results]


def _slices(parcels: Sequence[Parcel]) -> list[list[Parcel]]:
    """Return the parcels of each service, in parts that go over a connection each."""
    by_service: dict[str, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        by_service[urlsplit(parcel.endpoint).netloc].append(parcel)
    parts = [
        each[start::CONNECTIONS_PER_SERVICE]
        for each in by_service.values()
        for start in range(CONNECTIONS_PER_SERVICE)
    ]
    return [part for part in parts if part]


def _send_slice(parcels: list[Parcel]) -> list[Result]:
    client = outbound.Client(settings.PUSH_SERVICES, seconds=settings.PUSH_TIMEOUT)
    results: list[Result] = []
    failures = 0
    try:
        for parcel in parcels:
            if failures >= FAILURES_IN_A_ROW:
                results.append(Result(parcel.push_id, Outcome.LATER, why="the push service does not answer"))
                continue
            result = _send(client, parcel)
            failures = failures + 1 if result.why and result.outcome == Outcome.LATER else 0
            results.append(result)
    finally:
        client.close()
    return results


def _send(client: outbound.Client, parcel: Parcel) -> Result:
    service = urlsplit(parcel.endpoint).hostname
    try:
        answer = client.post(parcel.endpoint, parcel.body, parcel.headers)
    except outbound.OutboundRefused as refusal:
        logger.warning("nothing was sent to a push service: %s", refusal)
        return Result(parcel.push_id, Outcome.REFUSED, why=str(refusal))
    except (OSError, http.client.HTTPException) as error:
        why = f"{service} could not be reached ({error.__class__.__name__})"
        return Result(parcel.push_id, Outcome.LATER, why=why)
    except Exception as error:  # whatever one message raises is never the end of the others
        # Neither its text nor its traceback: they may have the endpoint, which is a secret.
        why = f"sending to {service} failed ({error.__class__.__name__})"
        logger.error("%s", why)  # noqa: TRY400
        client.close()
        return Result(parcel.push_id, Outcome.REFUSED, why=why)
    outcome = outcome_of(answer)
    if outcome == Outcome.REFUSED:
        logger.warning("the push service %s answered %s", service, answer.status)
    is_failure = outcome in {Outcome.REFUSED, Outcome.LATER}
    why = f"{service} answered {answer.status}" if is_failure else ""
    return Result(parcel.push_id, outcome, answer.retry_after, why)


def outcome_of(answer: outbound.Answer) -> Outcome:
    """Return what a push service's answer means (RFC 8030, section 5)."""
    if 200 <= answer.status < 300:
        return Outcome.SENT
    if answer.status in {404, 410}:
        return Outcome.GONE
    if answer.status in {408, 425, 429} or answer.status >= 500:
        return Outcome.LATER
    if answer.status == 413 and answer.retry_after:
        return Outcome.LATER
    return Outcome.REFUSED
