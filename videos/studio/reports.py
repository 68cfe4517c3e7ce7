"""Analytics as plain mappings for the API, pages and files. ``docs/api.md`` defines each term."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from streamsite.api.renderers import iso
from videos import mappers
from videos.access import own_videos
from videos.models import Video
from videos.playback import statistics_store
from videos.playback.heartbeats import SOURCES, VIEW_SECONDS
from videos.playback.statistics_store import Day
from videos.studio import queries
from videos.studio.date_ranges import Period
from videos.studio.schemas import (
    ChannelStatisticsDict,
    CountersDict,
    RetentionPointDict,
    StatisticsDict,
    TopVideoDict,
    TotalsDict,
    TrafficSourceDict,
    Verdict,
    VideoStatisticsDict,
    ViewVerdictDict,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

TOP_VIDEOS = 10
VERDICT_MEANINGS: dict[Verdict, StrOrPromise] = {
    "started": _("Each viewer who started a video, once per video and day."),
    "counted": _("Watched for at least %(seconds)d seconds, or a third of a shorter video."),
    "open": _("Left before the view counted, or still watching."),
    "refused_owner": _("You watched your own video."),
    "refused_bot": _("Bots and clients without a user agent."),
    "repeats": _("The same viewer came back on the same day, which still counts as one view."),
}


def build_channel_report(channel_id: str, period: Period, *, top: int = TOP_VIDEOS) -> ChannelStatisticsDict:
    """Return all analytics of a channel in the period; three commands."""
    days = queries.load_channel_days(channel_id, period)
    return {**_report(days, period), "top_videos": _top_videos(channel_id, period, top)}


def build_video_report(video: Video, period: Period) -> VideoStatisticsDict:
    """Return all analytics of a video in the period, and its all-time retention; two commands."""
    days = queries.load_video_days(video.pk, period)
    return {
        "video": mappers.serialize_card(video),
        **_report(days, period),
        "retention": _retention(video),
    }


def _report(days: dict[str, Day], period: Period) -> StatisticsDict:
    now = [days.get(day, {}) for day in period.days]
    before = [days.get(day, {}) for day in period.previous.days]
    totals = _totals(now)
    return {
        "range": period.name,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "as_of": iso(datetime.now(UTC)),
        "totals": totals,
        "average_seconds": totals["average_seconds"],
        "average_percentage": totals["average_percentage"],
        "previous": {
            "from": period.previous.first.isoformat(),
            "to": period.previous.last.isoformat(),
            **_totals(before),
        },
        "days": [{"day": day, **_counted([row])} for day, row in zip(period.days, now, strict=True)],
        "sources": _sources(now),
        "decided": _verdict_counts(now),
    }


CounterName = Literal[
    "views",
    "seconds",
    "offered",
    "started",
    "repeats",
    "refused_owner",
    "refused_bot",
    "likes",
    "dislikes",
    "comments",
    "gained",
    "lost",
]


def _sum(rows: Iterable[Day], name: CounterName) -> float:
    return sum(float(row.get(name, 0)) for row in rows)


def _counted(rows: list[Day]) -> CountersDict:
    return {
        "views": int(_sum(rows, "views")),
        "watch_seconds": round(_sum(rows, "seconds"), 1),
        "likes": int(_sum(rows, "likes")),
        "dislikes": int(_sum(rows, "dislikes")),
        "comments": int(_sum(rows, "comments")),
        "subscribers_gained": int(_sum(rows, "gained")),
        "subscribers_lost": int(_sum(rows, "lost")),
    }


def _totals(rows: list[Day]) -> TotalsDict:
    viewings, offered = _viewing_count(rows), _sum(rows, "offered")
    # Of days from before that was noted nobody knows how much could have been watched.
    of_offered = _sum((row for row in rows if row.get("offered")), "seconds")
    return {
        **_counted(rows),
        "average_seconds": round(_sum(rows, "seconds") / viewings, 1) if viewings else None,
        "average_percentage": round(100 * of_offered / offered, 1) if offered else None,
    }


def _viewing_count(rows: list[Day]) -> int:
    return int(_sum(rows, "started") - _sum(rows, "refused_owner") - _sum(rows, "refused_bot"))


def _sources(rows: list[Day]) -> list[TrafficSourceDict]:
    """Return counted views by traffic source, the largest first; sources without views are omitted."""
    found = {name: int(sum(row.get("sources", {}).get(name, 0) for row in rows)) for name in SOURCES}
    total = sum(found.values())
    return [
        {"source": name, "views": views, "share": round(views / total, 4)}
        for name, views in sorted(found.items(), key=lambda pair: -pair[1])
        if views
    ]


def _verdict_counts(rows: list[Day]) -> list[ViewVerdictDict]:
    verdicts: tuple[CounterName, ...] = ("started", "repeats", "refused_owner", "refused_bot")
    counts: dict[str, int] = {name: int(_sum(rows, name)) for name in verdicts}
    counts["counted"] = int(_sum(rows, "views"))
    counts["open"] = max(0, _viewing_count(rows) - counts["counted"])
    return [
        {"verdict": name, "count": counts[name], "means": str(means) % {"seconds": VIEW_SECONDS}}
        for name, means in VERDICT_MEANINGS.items()
    ]


def _top_videos(channel_id: str, period: Period, most: int) -> list[TopVideoDict] | None:
    rows = queries.load_most_watched(channel_id, period, most)
    if rows is None:
        return None
    videos = own_videos(channel_id).select_related("channel").in_bulk([row["video"] for row in rows])
    return [
        {
            "video": mappers.serialize_card(videos[row["video"]]),
            "views": int(row["views"]),
            "watch_seconds": round(row["seconds"], 1),
        }
        for row in rows
        if row["video"] in videos
    ]


def _retention(video: Video) -> list[RetentionPointDict]:
    """Return the share of the audience that saw each part, ``[{at: seconds, share: 0..1}]``."""
    found = queries.load_retention_counts(video.pk)
    shown: dict[str, int] = found.get("shown", {})
    # Of videos from before viewings were noted the most watched part stands for all.
    viewings = found.get("viewings") or max([int(found.get("views", 0)), *shown.values()])
    if not viewings or video.duration <= 0:
        return []
    span = statistics_store.bucket_seconds(video.duration)
    count = int(-(-video.duration // span))
    return [
        {"at": float(number * span), "share": round(min(1.0, shown.get(str(number), 0) / viewings), 4)}
        for number in range(count)
    ]
