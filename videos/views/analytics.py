"""The studio's analytics of the channel and of one video."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.current_user import signed_in_user
from videos import access, mappers
from videos.studio import date_ranges, formatting, reports
from videos.studio.serializers import RangeQuerySerializer


@login_required
@require_safe
def channel_analytics(request: HttpRequest) -> HttpResponse:
    """Show the analytics of the caller's channel."""
    user = signed_in_user(request)
    found = reports.build_channel_report(
        user.pk, date_ranges.get_period(RangeQuerySerializer.from_query(request)["range"])
    )
    context = {"report": found, "cards": formatting.summary_cards(found), "ranges": formatting.RANGE_LABELS}
    return render(request, "videos/studio_overview.html", context)


@login_required
@require_safe
def video_analytics(request: HttpRequest, video_id: str) -> HttpResponse:
    """Show the analytics of one of the caller's videos."""
    row = access.video_for_editing(request.user, video_id)
    found = reports.build_video_report(
        row, date_ranges.get_period(RangeQuerySerializer.from_query(request)["range"])
    )
    context = {
        "report": found,
        "cards": formatting.summary_cards(found),
        "ranges": formatting.RANGE_LABELS,
        "video": mappers.serialize_studio_video(row),
    }
    return render(request, "videos/edit/analytics.html", context)
