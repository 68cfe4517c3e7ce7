"""Settings: the channel's profile, and how the site behaves for the account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import forms, image_processing, image_storage, mappers, preferences, profile
from accounts.current_user import signed_in_user
from accounts.models import User
from streamsite.errors import Invalid, TooLarge
from streamsite.rate_limits import IMAGE_UPLOAD, enforce
from streamsite.view_actions import form_status, perform, posted_data, redirect_with_message
from streamsite.view_helpers import allow_get_and_post


@login_required
@require_safe
def settings_index(request: HttpRequest) -> HttpResponse:
    """List the sections of the settings."""
    return render(request, "accounts/settings_index.html")


@login_required
@allow_get_and_post
def settings_profile(request: HttpRequest) -> HttpResponse:
    """Change name, text, links and images of the channel."""
    user = signed_in_user(request)
    shown = {
        "full_name": user.full_name,
        "bio": user.bio,
        "links": "\n".join(user.links),
        "is_sensitive": user.is_sensitive,
    }
    form = forms.ProfileForm(posted_data(request), request.FILES or None, initial=shown)
    response = perform(
        request,
        form,
        lambda: _change_profile(user, form),
        lambda _done: redirect_with_message(request, _("Saved."), "settings-profile"),
        refusals=(Invalid, TooLarge),
    )
    if response is not None:
        return response
    context = {"form": form, "channel": mappers.serialize_channel(user, None)}
    return render(request, "accounts/settings_profile.html", context, status=form_status(form))


def _change_profile(user: User, form: forms.ProfileForm) -> None:
    """Save everything in the form, or nothing. Raises ``Invalid`` and ``TooLarge``."""
    data = form.cleaned_data
    given = {name: data[name] for name in image_processing.PROFILE_IMAGES}
    if any(given.values()):
        enforce(IMAGE_UPLOAD, user.pk)
    prepared = image_processing.prepare_images(given)
    profile.update(user, data)
    for kind, files in prepared.items():
        image_storage.replace_image(user, kind, files)


@login_required
@require_POST
def remove_profile_image(request: HttpRequest) -> HttpResponse:
    """Remove the avatar or the cover."""
    kind = image_processing.PROFILE_IMAGES.get(request.POST.get("kind", ""))
    if kind is not None:
        image_storage.remove_image(signed_in_user(request), kind.name)
        messages.success(request, _("Avatar removed.") if kind.name == "avatar" else _("Banner removed."))
    return redirect("settings-profile")


@login_required
@allow_get_and_post
def settings_preferences(request: HttpRequest) -> HttpResponse:
    """Change theme, playback, history and privacy."""
    user = signed_in_user(request)
    form = forms.PreferencesForm(posted_data(request), initial=preferences.with_defaults(user.preferences))
    response = perform(
        request,
        form,
        lambda: profile.update_preferences(user, form.cleaned_data),
        lambda _done: redirect_with_message(request, _("Saved."), "settings-preferences"),
    )
    return response or render(
        request, "accounts/settings_preferences.html", {"form": form}, status=form_status(form)
    )
