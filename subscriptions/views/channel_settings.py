"""Settings: the channel's page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.current_user import signed_in_user
from accounts.mappers import serialize_channel
from streamsite.errors import Invalid, Stale
from streamsite.view_actions import form_status, perform, posted_data, redirect_with_message
from streamsite.view_helpers import allow_get_and_post
from subscriptions.channel_page import queries, services
from subscriptions.forms import ChannelPageForm


@login_required
@allow_get_and_post
def settings_channel(request: HttpRequest) -> HttpResponse:
    """Choose the featured video and the shelves of the channel's front page."""
    owner = signed_in_user(request)
    form = ChannelPageForm(posted_data(request), owner=owner, page=queries.get_arrangement(owner.pk))
    response = perform(
        request,
        form,
        lambda: services.arrange(owner, form.arrangement(), expected_version=form.cleaned_data["version"]),
        lambda _done: redirect_with_message(request, _("Saved."), "settings-channel"),
        refusals=(Invalid, Stale),
    )
    if response is not None:
        return response
    context = {"form": form, "channel": serialize_channel(owner, None)}
    return render(request, "subscriptions/settings_channel.html", context, status=form_status(form))


@login_required
@require_safe
def channel_preview(request: HttpRequest) -> HttpResponse:
    """Render the Home tab of an arrangement that is not saved yet, as a part of the settings page.

    The address has ``featured``, ``trailer``, a ``shelf`` ("kind:value") per section, and ``as=subscriber`` for the
    view of those who follow the channel. Raises ``Invalid``.
    """
    owner = signed_in_user(request)
    rows = [value.partition(":") for value in request.GET.getlist("shelf") if value]
    page = services.preview(
        owner,
        {
            "featured": request.GET.get("featured", ""),
            "trailer": request.GET.get("trailer", ""),
            "shelves": [{"kind": kind, "value": value} for kind, _colon, value in rows],
        },
    )
    is_follower = request.GET.get("as") == "subscriber"
    front = queries.build_front_page(request.user, owner, page, is_follower=is_follower)
    return render(request, "subscriptions/_channel_preview.html", {"front": front})
