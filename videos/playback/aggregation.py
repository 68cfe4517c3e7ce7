"""Add the recorded heartbeats to the statistics: in batches, each exactly once, without a transaction.

1. A batch is claimed by one update of its sessions, which sets aside what is new in each since the last batch.
   Heartbeats that arrive meanwhile wait for the next batch.
2. It is added to totals and days, which store the ids of the batches that they contain.
3. The sessions are released.

A worker that is killed in between leaves its claims. The next run adds the same batch again, which changes nothing
where it was already added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from accounts.models import User
from videos.models import Video
from videos.playback import popularity, session_store, statistics_store
from videos.search import index
from videos.signals import views_counted

Changes = defaultdict[str, float]


def aggregate_pending() -> int:
    """Fold pending sessions into totals; return their number. Idempotent, safe in parallel."""
    count = sum(_add(batch) for batch in session_store.abandoned_batches())
    while (batch := session_store.claim_batch()) is not None:
        count += _add(batch)
    return count


def _add(batch: str) -> int:
    """Add a claimed batch to the statistics and release its sessions; return their number."""
    sessions = session_store.claimed_sessions(batch)
    durations = _durations({session["video"] for session in sessions})
    days: dict[tuple[str, str, str], Changes] = defaultdict(lambda: defaultdict(float))
    channel_days: dict[tuple[str, str], Changes] = defaultdict(lambda: defaultdict(float))
    totals: dict[str, Changes] = defaultdict(lambda: defaultdict(float))
    channels: dict[str, Changes] = defaultdict(lambda: defaultdict(float))
    for session in sessions:
        video, channel, day, claim = session["video"], session["channel"], session["day"], session["claim"]
        if video not in durations:
            continue  # deleted
        viewings = claim["started"] - claim["refused_owner"] - claim["refused_bot"]
        changes: dict[str, float] = {
            "started": claim["started"],
            "views": claim["views"],
            "repeats": claim["repeats"],
            "refused_owner": claim["refused_owner"],
            "refused_bot": claim["refused_bot"],
            "seconds": claim["seconds"],
            "offered": viewings * durations[video],
        }
        if claim["views"]:
            changes[f"sources.{session['source']}"] = claim["views"]
        for target in (days[video, channel, day], channel_days[channel, day]):
            for name, value in changes.items():
                target[name] += value
        totals[video]["views"] += claim["views"]
        totals[video]["viewings"] += viewings
        totals[video]["seconds"] += claim["seconds"]
        channels[channel]["views"] += claim["views"]
        if not claim["refused_owner"] and not claim["refused_bot"]:
            for bucket in _buckets(claim["seen"], durations[video]):
                totals[video][f"shown.{bucket}"] += 1
    for (video, channel, day), changes in days.items():
        statistics_store.add_day(video, channel, day, changes, batch)
    for (channel, day), changes in channel_days.items():
        statistics_store.add_channel_day(channel, day, changes, batch)
    # The rows that pages read follow their totals, which only grow: nothing is added there, so nothing twice.
    for video, changes in totals.items():
        views = statistics_store.add_total(video, changes, batch)
        if Video.objects.filter(pk=video, view_count__lt=views).update(view_count=views):
            _update_popularity(video, views, changes["views"])
    for channel, changes in channels.items():
        views = statistics_store.add_channel_total(channel, changes, batch)
        User.objects.filter(pk=channel, view_count__lt=views).update(view_count=views)
    session_store.release_batch(batch)
    return len(sessions)


def _update_popularity(video: str, views: int, more: float) -> None:
    """Update the popularity that lists are sorted by. A batch may raise it twice when its worker is killed here."""
    row = Video.objects.filter(pk=video).values_list("trend", flat=True).first()
    if row is not None:
        Video.objects.filter(pk=video).update(trend=popularity.decayed_score(row, more, datetime.now(UTC)))
    index.update_popularity(video, views)
    views_counted.send(sender=Video, video_id=video, views=views)


def _durations(videos: set[str]) -> dict[str, float]:
    return dict(Video.objects.filter(pk__in=videos).values_list("pk", "duration"))


def _buckets(seen: Iterable[Iterable[float]], duration: float) -> list[int]:
    """Return the buckets of which at least half was shown; the last one may be shorter than the others."""
    span = statistics_store.bucket_seconds(duration)
    shown: dict[int, float] = defaultdict(float)
    for start, end in seen:
        for bucket in range(int(start // span), int(end // span) + 1):
            shown[bucket] += max(0.0, min(end, (bucket + 1) * span) - max(start, bucket * span))
    return [
        bucket for bucket, seconds in shown.items() if 0 < min(span, duration - bucket * span) <= 2 * seconds
    ]
