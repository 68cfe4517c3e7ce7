"""The studio's pages of figures: of the channel, and of one video."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from videos import access, mappers
from videos.studio import date_ranges, formatting, report


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How the caller's channel does."""
    user: Any = request.user
    found = report.of_channel(user.pk, date_ranges.asked(request.GET))
    context = {"report": found, "cards": formatting.cards(found), "ranges": formatting.RANGES}
    return render(request, "videos/studio_overview.html", context)


@login_required
@require_safe
def video(request: HttpRequest, video_id: str) -> HttpResponse:
    """How one of the caller's videos does."""
    row = access.video_for_editing(request.user, video_id)
    found = report.of_video(row, date_ranges.asked(request.GET))
    context = {
        "report": found,
        "cards": formatting.cards(found),
        "ranges": formatting.RANGES,
        "video": mappers.managed(row),
    }
    return render(request, "videos/edit/stats.html", context)
