"""Reporting, decisions against one's own content, and blocked channels."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import sanction_store
from accounts.access import channel_for_unsubscribing, channel_for_viewing
from accounts.current_user import signed_in_user
from accounts.mappers import serialize_badge
from streamsite.api.pagination import paginate
from streamsite.errors import Absent
from streamsite.view_actions import (
    form_status,
    perform,
    posted_data,
    redirect_back_with_message,
    redirect_with_message,
)
from streamsite.view_helpers import allow_get_and_post, render_page_or_part
from videos import blocks, strikes
from videos.forms import AppealForm, ReportForm
from videos.moderation import access, cases, reportable

MAX_WARNINGS = 20


@login_required
@allow_get_and_post
def report(request: HttpRequest, about: str, name: str) -> HttpResponse:
    """Report a video, comment, post, playlist or channel to the moderators."""
    kind = reportable.find_reportable_type(about)
    if kind is None:
        raise Absent
    target = kind.open(request, name)
    form = ReportForm(posted_data(request))
    response = perform(
        request,
        form,
        lambda: cases.report(signed_in_user(request), target, form.cleaned_data),
        lambda report: redirect_with_message(request, _("Thanks. We'll review your report."), target.url),
    )
    return response or render_page_or_part(
        request,
        "moderation/report.html",
        "moderation/_report_form.html",
        {"form": form, "target": target},
        form_status(form),
    )


@login_required
@require_POST
def block(request: HttpRequest, username: str) -> HttpResponse:
    """Block a channel, or unblock it (``act=unblock``)."""
    user = signed_in_user(request)
    other = channel_for_unsubscribing(username, lambda other: blocks.has_blocked(user.pk, other.pk))
    if request.POST.get("act") == "unblock":
        blocks.unblock(user, other)
        message = _("@%(username)s unblocked.") % {"username": other.username}
    else:
        blocks.block(user, channel_for_viewing(username))
        message = _("@%(username)s blocked.") % {"username": other.username}
    return redirect_back_with_message(request, message, "settings-blocked")


@login_required
@require_safe
def blocked_channels(request: HttpRequest) -> HttpResponse:
    """List the channels that the caller blocks."""
    rows = blocks.blocks_of_user(signed_in_user(request).pk)
    page = paginate(request, rows, blocks.RECENT, absolute=False)
    context = {"page": page.body(lambda row: serialize_badge(row.blocked))}
    return render(request, "moderation/blocked.html", context)


@login_required
@require_safe
def account_decisions(request: HttpRequest) -> HttpResponse:
    """List the violations found in the caller's content, and the number of active strikes."""
    user_id = signed_in_user(request).pk
    page = paginate(request, cases.cases_against(user_id), cases.NEWEST, absolute=False)
    context = {
        "page": page.body(lambda case: cases.owner_body(case) | {"token": access.appeal_token(case)}),
        "strikes": len(strikes.active_strikes(user_id)),
        "max_strikes": strikes.MAX_STRIKES,
        "warnings": sanction_store.list_for_user(user_id, most=MAX_WARNINGS, kind=sanction_store.WARNING),
    }
    return render(request, "moderation/decisions.html", context)


@login_not_required  # people who are suspended open it by its link
@allow_get_and_post
def decision(request: HttpRequest, token: str) -> HttpResponse:
    """Show one decision and the form of its appeal. The token of the mailed link is enough, no sign-in is needed."""
    case = access.case_by_token(token)
    form = AppealForm(posted_data(request))
    response = perform(
        request,
        form,
        lambda: cases.appeal(case, form.cleaned_data["text"]),
        lambda case: redirect_with_message(
            request, _("Appeal sent. We'll let you know what we decide."), "decision", token
        ),
    )
    if response is not None:
        return response
    context = {"case": cases.owner_body(case), "form": form, "token": token}
    return render(request, "moderation/decision.html", context, status=form_status(form))
