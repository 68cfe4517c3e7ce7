"""Format analytics for pages."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from streamsite import formats
from videos.studio.schemas import StatisticsDict, TotalsDict

RANGE_LABELS = {"7d": _("7 days"), "28d": _("28 days"), "90d": _("90 days"), "365d": _("365 days")}
SOURCE_LABELS = {
    "home": _("Home page"),
    "search": _("Search"),
    "related": _("Suggested videos"),
    "channel": _("Channel pages"),
    "playlist": _("Playlists"),
    "feed": _("Subscription feed"),
    "history": _("Watch history"),
    "embed": _("Embeds"),
    "external": _("External sites"),
    "direct": _("Direct or unknown"),
}
VERDICT_LABELS = {
    "started": _("Started"),
    "counted": _("Counted"),
    "open": _("Too short"),
    "refused_owner": _("Your own views"),
    "refused_bot": _("Bots"),
    "repeats": _("Repeat views (same day)"),
}


def summary_cards(report: StatisticsDict) -> list[dict[str, object]]:
    """Return the summary of the page, ``[{label, value, note, change}]``; ``change`` as returned by ``_change``."""
    now, before = report["totals"], report["previous"]
    average, share = now["average_seconds"], now["average_percentage"]
    return [
        _card(gettext("Views"), formats.number(now["views"]), now["views"], before["views"]),
        _card(
            gettext("Watch time"),
            formats.span(now["watch_seconds"]),
            now["watch_seconds"],
            before["watch_seconds"],
        ),
        _card(
            gettext("Average viewed"),
            gettext("No data") if share is None else formats.percent(share / 100),
            share,
            before["average_percentage"],
            note="" if average is None else gettext("%(time)s per view") % {"time": formats.span(average)},
        ),
        _card(
            gettext("Subscribers"),
            formats.number(_net(now), signed=True),
            _net(now),
            _net(before),
            note=gettext("%(gained)s gained, %(lost)s lost")
            % {
                "gained": formats.number(now["subscribers_gained"]),
                "lost": formats.number(now["subscribers_lost"]),
            },
        ),
        _card(gettext("Likes"), formats.number(now["likes"]), now["likes"], before["likes"]),
        _card(gettext("Comments"), formats.number(now["comments"]), now["comments"], before["comments"]),
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
        return {"direction": "same", "text": gettext("no change")}
    direction = "up" if now > before else "down"
    if before <= 0:
        return {
            "direction": direction,
            "text": gettext("from %(number)s") % {"number": formats.number(round(before))},
        }
    return {"direction": direction, "text": formats.percent((now - before) / before, signed=True)}
