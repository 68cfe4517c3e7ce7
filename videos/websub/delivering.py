"""Send the present version of feeds to subscribers that lack it, several at once. At least once, for half a day."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from streamsite import outbound
from streamsite.encryption import InvalidToken, cipher
from streamsite.errors import SiteError
from streamsite.tasks.lease import current_lease
from videos.syndication import feeds
from videos.websub import store, topics
from videos.websub.store import FeedSubscriptionDoc
from videos.websub.verification import PURPOSE

logger = logging.getLogger("streamsite.websub")

THREADS = 16
BATCH = 64
PER_HOST = 8
CLAIM = timedelta(seconds=180)
MAX_RUN_SECONDS = 300.0
# Seconds after each failed try. The next change of the feed begins anew.
PAUSES = (60, 600, 3_600, 10_800, 28_800)
GONE = 410
SEND_LIMITS = outbound.Limits(seconds=10, max_bytes=1_000, cut=True)


@dataclass(frozen=True)
class Parcel:
    """A version of a feed for one subscriber."""

    row: FeedSubscriptionDoc
    content: bytes = field(repr=False)
    digest: str
    headers: dict[str, str] = field(repr=False)


def send_due() -> int:
    """Send what is due until nothing is, or for ``MAX_RUN_SECONDS``. Return how many subscribers were sent a feed."""
    end = time.monotonic() + MAX_RUN_SECONDS
    sent = 0
    while time.monotonic() < end:
        current_lease().check()
        now = timezone.now()
        rows = store.claim_due(now, until=now + CLAIM, most=BATCH, per_host=PER_HOST)
        if not rows:
            break
        sent += _send_batch(rows, now)
    return sent


def _send_batch(rows: list[FeedSubscriptionDoc], now: datetime) -> int:
    contents = {url: _content(url) for url in {row["topic"] for row in rows}}
    parcels = []
    for row in rows:
        content = contents[row["topic"]]
        parcel = None if content is None else _pack(row, content)
        if parcel is None or parcel.digest == row.get("digest"):
            store.settle(row, next_at=None)  # gone, or it has this version
        else:
            parcels.append(parcel)
    if parcels:
        with ThreadPoolExecutor(min(THREADS, len(parcels)), "websub") as pool:
            statuses = list(pool.map(_post, parcels))
        for parcel, status in zip(parcels, statuses, strict=True):
            _record(parcel, status, now)
    return len(parcels)


def _content(url: str) -> bytes | None:
    """Return a feed as everybody sees it now; ``None`` once nobody may."""
    topic = topics.find_topic(url)
    if topic is None:
        return None
    try:
        return topic.build().content
    except SiteError:
        return None


def _pack(row: FeedSubscriptionDoc, content: bytes) -> Parcel | None:
    headers = {
        "content-type": f"{feeds.CONTENT_TYPE}; charset=utf-8",
        "link": topics.link_header(row["topic"]),
    }
    if row["secret"]:
        try:
            secret = cipher(PURPOSE).decrypt(row["secret"].encode())
        except InvalidToken:
            return None
        headers["x-hub-signature"] = "sha256=" + hmac.new(secret, content, hashlib.sha256).hexdigest()
    return Parcel(row, content, hashlib.sha256(content).hexdigest()[:32], headers)


def _post(parcel: Parcel) -> int:
    """Send a feed; return the answer's status, 0 for none. Uses no database."""
    try:
        answer = outbound.request(
            "POST",
            parcel.row["callback"],
            body=parcel.content,
            headers=parcel.headers,
            limits=SEND_LIMITS,
        )
    except (outbound.OutboundRefused, outbound.OutboundFailed):
        return 0
    except Exception as error:  # whatever one subscriber causes is never the end of the others
        logger.error("sending a feed failed (%s)", error.__class__.__name__)  # noqa: TRY400
        return 0
    return answer.status


def _record(parcel: Parcel, status: int, now: datetime) -> None:
    row, tries = parcel.row, parcel.row.get("tries", 0)
    if 200 <= status < 300:
        store.settle(row, next_at=None, tries=0, digest=parcel.digest)
    elif status == GONE:
        store.delete(row)
    elif tries < len(PAUSES):
        store.settle(row, next_at=now + timedelta(seconds=PAUSES[tries]), tries=tries + 1)
    else:
        store.settle(row, next_at=None, tries=0)
