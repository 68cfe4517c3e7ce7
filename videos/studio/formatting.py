"""Format analytics for pages."""

from __future__ import annotations

from streamsite import formats
from videos.studio.schemas import StatisticsDict, TotalsDict

RANGE_LABELS = {"7d": "7 days", "28d": "28 days", "90d": "90 days", "365d": "365 days"}
SOURCE_LABELS = {
    "home": "Home page",
    "search": "Search",
    "related": "Beside another video",
    "channel": "Channel page",
    "playlist": "Playlists",
    "feed": "Feed of subscribers",
    "history": "History",
    "embed": "Other sites that show it",
    "external": "Links on other sites",
    "direct": "Link or bookmark",
}
VERDICT_LABELS = {
    "started": "Started",
    "counted": "Counted as views",
    "open": "Too short so far",
    "refused_owner": "Not counted: you",
    "refused_bot": "Not counted: programs",
    "repeats": "Came back the same day",
}


def summary_cards(report: StatisticsDict) -> list[dict[str, object]]:
    """Return the summary of the page, ``[{label, value, note, change}]``; ``change`` as returned by ``_change``."""
    now, before = report["totals"], report["previous"]
    average, share = now["average_seconds"], now["average_percentage"]
    return [
        _card("Views", f"{now['views']:,}", now["views"], before["views"]),
        _card(
            "Watch time",
            formats.span(now["watch_seconds"]),
            now["watch_seconds"],
            before["watch_seconds"],
        ),
        _card(
            "Average view",
            "None yet" if share is None else f"{share:.0f} %",
            share,
            before["average_percentage"],
            note="" if average is None else f"{formats.span(average)} each",
        ),
        _card(
            "Subscribers",
            f"{_net(now):+,}",
            _net(now),
            _net(before),
            note=f"{now['subscribers_gained']:,} came, {now['subscribers_lost']:,} left",
        ),
        _card("Likes", f"{now['likes']:,}", now["likes"], before["likes"]),
        _card("Comments", f"{now['comments']:,}", now["comments"], before["comments"]),
    ]


def _net(totals: TotalsDict) -> int:
    return int(totals["subscribers_gained"] - totals["subscribers_lost"])


def _card(
    label: str, value: str, now: float | None, before: float | None, *, note: str = ""
) -> dict[str, object]:
    return {"label": label, "value": value, "note": note, "change": _change(now, before)}


def _change(now: float | None, before: float | None) -> dict[str, str] | None:
    """Return ``{direction: up|down|same, text}`` relative to the previous period; ``None`` without a comparison."""
    if now is None or before is None or (now == 0 and before == 0):
        return None
    if now == before:
        return {"direction": "same", "text": "as before"}
    direction = "up" if now > before else "down"
    if before <= 0:
        return {"direction": direction, "text": f"from {before:,.0f}"}
    return {"direction": direction, "text": f"{100 * (now - before) / before:+,.0f} %"}
