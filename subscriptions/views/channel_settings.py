"""The settings of one's channel page."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.mappers import serialize_channel
from accounts.models import User
from streamsite.errors import Invalid, Stale
from streamsite.view_helpers import add_form_errors
from subscriptions.channel_page import queries, services
from subscriptions.forms import ChannelPageForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_channel(request: HttpRequest) -> HttpResponse:
    """What the front page of the channel shows."""
    owner = cast(User, request.user)
    page = queries.get_arrangement(owner.pk)
    form = ChannelPageForm(request.POST if request.method == "POST" else None, owner=owner, page=page)
    if form.is_bound and form.is_valid():
        try:
            services.arrange(owner, form.arrangement(), expected_version=form.cleaned_data["version"])
        except Invalid as error:
            add_form_errors(form, error)
        except Stale:
            form.add_error(None, "It was changed elsewhere meanwhile. Load the page again.")
        else:
            messages.success(request, "Saved.")
            return redirect("settings-channel")
    context = {"form": form, "channel": serialize_channel(owner, None)}
    status = 400 if form.is_bound else 200
    return render(request, "subscriptions/settings_channel.html", context, status=status)
