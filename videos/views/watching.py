"""Pages for viewers: home, search, watch."""

from __future__ import annotations

import math
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from streamsite.api.pagination import paginate
from streamsite.pages import is_fragment
from videos import access, mappers, panels, queries, share_links


def _grid(request: HttpRequest, page: dict[str, Any], template: str, **context: Any) -> HttpResponse:
    chosen = "videos/_grid.html" if is_fragment(request) else template
    return render(request, chosen, {"page": page, **context})


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The newest listed videos."""
    rows, order = queries.library(request.GET)
    page = paginate(request, rows, order, absolute=False).body(mappers.card)
    subscribed = getattr(request.user, "subscription_count", 0)
    return _grid(request, page, "videos/home.html", subscribed_count=subscribed)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Videos that match the words, best first."""
    words = request.GET.get("q", "").strip()
    found = queries.search(words)
    page = {"results": [mappers.card(video) for video in found], "next": None, "previous": None}
    return _grid(request, page, "videos/search.html", q=words)


@require_safe
def watch(request: HttpRequest, video_id: str) -> HttpResponse:
    """The player and what belongs to the video."""
    visit = access.visit(request, video_id)
    video = visit.video
    context = {
        "video": mappers.full(video, request.user, visit.link),
        "related": [mappers.card(other) for other in queries.next_to(video)],
        "start": seconds(request.GET.get("t", "")),
    }
    response = render(request, "videos/watch.html", context | panels.collect(request, video))
    share_links.remember(response, visit.link)
    return response


MOMENT = re.compile(r"\A(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s?)?\Z", re.ASCII)
CLOCK = re.compile(r"\A(?:(\d{1,3}):)?(\d{1,2}):(\d{2})\Z", re.ASCII)


def seconds(raw: str) -> float:
    """``?t=``: ``90``, ``90s``, ``1m30s``, ``1:30`` or ``1:02:03``; anything else is the beginning."""
    match = MOMENT.match(raw) or CLOCK.match(raw)
    if match:
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return float(hours * 3600 + minutes * 60 + seconds)
    try:
        value = float(raw)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) and 0 <= value < 1_000_000 else 0.0
