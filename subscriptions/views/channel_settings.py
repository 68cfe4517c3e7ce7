"""Settings: the channel's page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

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
