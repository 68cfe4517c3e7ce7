"""What others see of the account, and how the site behaves for it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import forms, image_processing, image_storage, mappers, preferences, profile
from accounts.models import User
from streamsite.errors import Invalid, TooLarge
from streamsite.rate_limits import IMAGE_UPLOAD, enforce
from streamsite.view_helpers import add_form_errors


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_profile(request: HttpRequest) -> HttpResponse:
    """Name, text, links and pictures of the channel."""
    user = cast(User, request.user)
    shown = {"full_name": user.full_name, "bio": user.bio, "links": "\n".join(user.links)}
    form = forms.ProfileForm(request.POST or None, request.FILES or None, initial=shown)
    if form.is_bound and form.is_valid() and _change_profile(user, form):
        messages.success(request, "Saved.")
        return redirect("settings-profile")
    context = {"form": form, "channel": mappers.serialize_channel(user, None)}
    return render(request, "accounts/settings_profile.html", context, status=400 if form.is_bound else 200)


def _change_profile(user: User, form: forms.ProfileForm) -> bool:
    """Whether everything in the form could be kept; otherwise nothing is, and the form says why."""
    data = form.cleaned_data
    given = {name: data[name] for name in image_processing.PROFILE_IMAGES}
    try:
        if any(given.values()):
            enforce(IMAGE_UPLOAD, user.pk)
        prepared = image_processing.prepare_images(given)
        profile.update(user, data)
    except (Invalid, TooLarge) as error:
        add_form_errors(form, error)
        return False
    for kind, files in prepared.items():
        image_storage.replace_image(user, kind, files)
    return True


@login_required
@require_POST
def remove_picture(request: HttpRequest) -> HttpResponse:
    """Take the avatar or the cover away."""
    kind = image_processing.PROFILE_IMAGES.get(request.POST.get("kind", ""))
    if kind is not None:
        image_storage.remove_image(cast(User, request.user), kind.name)
        messages.success(request, f"The {kind.name} was removed.")
    return redirect("settings-profile")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_preferences(request: HttpRequest) -> HttpResponse:
    """Theme, playback, history and privacy."""
    user = cast(User, request.user)
    form = forms.PreferencesForm(request.POST or None, initial=preferences.with_defaults(user.preferences))
    if form.is_bound and form.is_valid():
        profile.update_preferences(user, form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("settings-preferences")
    return render(
        request, "accounts/settings_preferences.html", {"form": form}, status=400 if form.is_bound else 200
    )
