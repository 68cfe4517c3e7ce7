"""Plausible analytics: views by day and source, watch time, retention, and subscribers.

They are written as batches of the statistics' own store, each of which is added once however often it is repeated.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from accounts.models import User
from demo.ids import SEED, demo_random
from demo.tables.clips import Clip
from streamsite.mongo import counters
from subscriptions.models import Subscription
from videos.models import Video
from videos.playback import popularity, statistics_store

# The share of views by what led to them; those of new videos come from the feed.
SOURCES = {
    "home": 0.27,
    "related": 0.19,
    "feed": 0.15,
    "search": 0.12,
    "channel": 0.09,
    "external": 0.08,
    "playlist": 0.05,
    "direct": 0.03,
    "embed": 0.02,
}
WEEK = (0.9, 0.85, 0.9, 0.95, 1.1, 1.3, 1.25)


def add_clip(
    clip: Clip, video: Video, since: datetime, said: Iterable[datetime], liked: Iterable[datetime]
) -> None:
    """Add a clip's days since its publication; ``said`` and ``liked`` are the moments of its comments and likes."""
    rng = demo_random("figures", clip.key)
    published = since - timedelta(days=clip.days)
    per_day: dict[str, dict[str, float]] = {}
    total: defaultdict[str, float] = defaultdict(float)
    trend = 0.0
    for age in range(math.ceil(clip.days) + 1):
        day = (published + timedelta(days=age)).date()
        if day > since.date():
            break
        part = min(1.0, 0.3 + (since - datetime.combine(day, time(), UTC)) / timedelta(days=1))
        fresh = 1.9 * math.exp(-age / 2.2) + 0.42 * math.exp(-age / 26)
        views = round(
            clip.pull * 0.36 * fresh * WEEK[day.weekday()] * rng.uniform(0.75, 1.3) * min(part, 1.0)
        )
        per_day[day.isoformat()] = _day(clip, views, age, rng.uniform(0.92, 1.06))
        if views:
            noon = min(datetime.combine(day, time(12), UTC), since)
            trend = popularity.decayed_score(trend, views, noon)
    for name, moments in (("comments", said), ("likes", liked)):
        for moment in moments:
            key = moment.date().isoformat()
            per_day.setdefault(key, {})
            per_day[key][name] = per_day[key].get(name, 0) + 1
    for key, changes in per_day.items():
        statistics_store.add_day(video.pk, video.channel_id, key, changes, SEED)
        statistics_store.add_channel_day(video.channel_id, key, changes, f"{SEED} {clip.key}")
        for name in ("views", "viewings", "seconds"):
            total[name] += changes.get(name, 0)
        total["viewings"] += (
            changes.get("started", 0) - changes.get("refused_bot", 0) - changes.get("refused_owner", 0)
        )
    total |= _retention(clip, total["viewings"])
    statistics_store.add_total(video.pk, total, SEED)
    statistics_store.add_channel_total(video.channel_id, {"views": total["views"]}, f"{SEED} {clip.key}")
    counters.set_right_now(Video._meta.db_table, [video.pk])
    counters.set_right_now(User._meta.db_table, [video.channel_id])
    Video.objects.filter(pk=video.pk, trend__lt=trend).update(trend=trend)


def _day(clip: Clip, views: int, age: int, luck: float) -> dict[str, float]:
    """Return the figures of one day with so many views."""
    short = round(views * 0.14)
    bots, own = round(views * 0.05), 1 if age in {0, 3} else 0
    viewings = views + short
    changes: dict[str, float] = {
        "views": views,
        "started": viewings + bots + own,
        "repeats": round(views * 0.08),
        "refused_bot": bots,
        "refused_owner": own,
        "seconds": round(viewings * clip.seconds * clip.kept * luck, 1),
        "offered": float(viewings * clip.seconds),
    }
    left = views
    for source, share in SOURCES.items():
        led = share * (1.6 if source == "feed" and age < 3 else 0.6 if source == "feed" else 1.0)
        number = min(round(views * led), left)
        if number:
            changes[f"sources.{source}"] = number
            left -= number
    if left:
        changes["sources.home"] = changes.get("sources.home", 0) + left
    return changes


def _retention(clip: Clip, viewings: float) -> dict[str, float]:
    """Return how many viewers saw each second: a quick loss, a long plateau, and a bump that people return to."""
    rng = demo_random("retention", clip.key)
    bump = rng.uniform(0.45, 0.8)
    shown: dict[str, float] = {}
    for second in range(clip.seconds):
        place = second / clip.seconds
        share = 0.16 * math.exp(-place * 14) + 0.98 - (1 - clip.kept) * 1.25 * place**0.8
        share += 0.06 * math.exp(-(((place - bump) / 0.05) ** 2)) + rng.uniform(-0.006, 0.006)
        shown[f"shown.{second}"] = max(0, round(viewings * min(share, 1.0)))
    return shown


def add_subscriptions(rows: Iterable[Subscription]) -> None:
    """Add the days on which channels gained the demo's subscribers."""
    gained: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        gained[row.channel_id, row.created_at.astimezone(UTC).date().isoformat()] += 1
    for (channel, day), number in gained.items():
        statistics_store.add_channel_day(channel, day, {"gained": number}, f"{SEED} subscriptions")
