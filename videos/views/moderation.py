"""Pages about reports, decisions against one's own things, and blocked channels."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import channel_for_unsubscribing, channel_for_viewing
from accounts.mappers import serialize_badge
from accounts.models import User
from streamsite.api.pagination import paginate
from streamsite.errors import Absent, SiteError
from streamsite.view_helpers import add_form_errors, is_htmx, safe_next
from videos import blocks, strikes
from videos.forms import AppealForm, ReportForm
from videos.moderation import access, cases, reportable

METHODS = ("GET", "HEAD", "POST")


@login_required
@require_http_methods(METHODS)
def report(request: HttpRequest, about: str, name: str) -> HttpResponse:
    """Tell the people who run the site about a video, comment or channel."""
    kind = reportable.find_reportable_type(about)
    if kind is None:
        raise Absent
    thing = kind.open(request, name)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            cases.report(cast(User, request.user), thing, form.cleaned_data)
        except SiteError as error:
            add_form_errors(form, error)
        else:
            messages.success(request, "Thank you. The people who run this site will look at it.")
            return redirect(thing.url)
    template = "moderation/_report_form.html" if is_htmx(request) else "moderation/report.html"
    return render(request, template, {"form": form, "thing": thing}, status=400 if form.is_bound else 200)


@login_required
@require_POST
def block(request: HttpRequest, username: str) -> HttpResponse:
    """Block a channel, or no longer."""
    user = cast(User, request.user)
    other = channel_for_unsubscribing(username, lambda other: blocks.has_blocked(user.pk, other.pk))
    if request.POST.get("act") == "unblock":
        blocks.unblock(user, other)
        messages.success(request, f"@{other.username} is no longer blocked.")
    else:
        blocks.block(user, channel_for_viewing(username))
        messages.success(request, f"@{other.username} is blocked.")
    return redirect(safe_next(request, "/settings/blocked"))


@login_required
@require_safe
def blocked_channels(request: HttpRequest) -> HttpResponse:
    """Whom the caller blocks."""
    page = paginate(request, blocks.blocks_of_user(str(request.user.pk)), blocks.RECENT, absolute=False)
    return render(
        request, "moderation/blocked.html", {"page": page.body(lambda row: serialize_badge(row.blocked))}
    )


@login_required
@require_safe
def account_decisions(request: HttpRequest) -> HttpResponse:
    """Violations that were found in what is the caller's, and how many of them count."""
    user_id = str(request.user.pk)
    page = paginate(request, cases.cases_against(user_id), cases.NEWEST, absolute=False)
    context = {
        "page": page.body(lambda case: cases.owner_body(case) | {"token": access.appeal_token(case)}),
        "strikes": len(strikes.active_strikes(user_id)),
        "most": strikes.MAX_STRIKES,
    }
    return render(request, "moderation/decisions.html", context)


@require_http_methods(METHODS)
def decision(request: HttpRequest, token: str) -> HttpResponse:
    """One decision, and the form of its appeal. Who was sent the link need not be able to sign in."""
    case = access.case_by_token(token)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            cases.appeal(case, form.cleaned_data["text"])
        except SiteError as error:
            add_form_errors(form, error)
        else:
            messages.success(request, "Your appeal was sent. You will hear how it was decided.")
            return redirect("decision", token)
    context = {"case": cases.owner_body(case), "form": form, "token": token}
    return render(request, "moderation/decision.html", context, status=400 if form.is_bound else 200)
