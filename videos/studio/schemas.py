"""API responses of the studio's endpoints."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from streamsite.api.json_types import Date, Schema, Timestamp, choices
from videos.playback.heartbeats import SOURCES
from videos.schemas.cards import CardDict
from videos.studio.date_ranges import RANGES

Verdict = Literal["started", "counted", "open", "refused_owner", "refused_bot", "repeats"]


class CountersDict(TypedDict):
    """Counters of a period."""

    views: int
    watch_seconds: float
    likes: Annotated[int, "New likes minus withdrawn ones."]
    dislikes: int
    comments: Annotated[int, "New comments minus deleted ones."]
    subscribers_gained: int
    subscribers_lost: int


class TotalsDict(CountersDict):
    """Sums and averages of a period."""

    average_seconds: Annotated[float | None, "Per view."]
    average_percentage: Annotated[float | None, "0 to 100, or more when parts are watched again."]


# ``from`` is a keyword of Python.
PeriodDict = TypedDict("PeriodDict", {"from": Date, "to": Date})


class PreviousPeriodDict(TotalsDict, PeriodDict):
    """Totals of the period of the same length before."""


class DayStatisticsDict(CountersDict):
    """One day, UTC."""

    day: Date


class TrafficSourceDict(TypedDict):
    """Counted views by what led to the video."""

    source: Annotated[str, choices(SOURCES)]
    views: int
    share: float


class ViewVerdictDict(TypedDict):
    """Number of viewings with a verdict, and the verdict's meaning."""

    verdict: Verdict
    count: int
    means: str


class TopVideoDict(TypedDict):
    """A video with its views in the period."""

    video: CardDict
    views: int
    watch_seconds: float


class StatisticsDict(PeriodDict):
    """Statistics of a channel or a video; days are UTC."""

    range: Annotated[str, choices(RANGES)]
    as_of: Timestamp
    totals: TotalsDict
    average_seconds: float | None
    average_percentage: float | None
    previous: PreviousPeriodDict
    days: list[DayStatisticsDict]
    sources: list[TrafficSourceDict]
    decided: list[ViewVerdictDict]


class ChannelStatisticsDict(StatisticsDict):
    """Statistics of the caller's channel; ``top_videos`` is null when there is too much to rank."""

    top_videos: list[TopVideoDict] | None


class RetentionPointDict(TypedDict):
    """Share of all viewings that saw the part that begins at ``at``."""

    at: Annotated[float, "Seconds."]
    share: Annotated[float, Schema(minimum=0, maximum=1)]


class VideoStatisticsDict(StatisticsDict):
    """Statistics of one video; ``retention`` is of all time."""

    video: CardDict
    retention: list[RetentionPointDict]


class BulkOutcomeDict(TypedDict):
    """Outcome of a bulk change for one video."""

    video_id: str
    outcome: Literal["changed", "unchanged", "refused"]
    code: str | None
    detail: str | None


class BulkResultDict(TypedDict):
    """Counts of a bulk change's outcomes, and the outcome of each video."""

    changed: int
    unchanged: int
    refused: int
    results: list[BulkOutcomeDict]
