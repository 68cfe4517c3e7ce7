"""What others see of the account."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import forms, profile
from accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_profile(request: HttpRequest) -> HttpResponse:
    """The display name and the text about the channel."""
    user = cast(User, request.user)
    form = forms.ProfileForm(request.POST or None, initial={"full_name": user.full_name, "bio": user.bio})
    if request.method == "POST" and form.is_valid():
        profile.update(user, form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("settings-profile")
    return render(
        request,
        "accounts/settings_profile.html",
        {"form": form},
        status=400 if form.is_bound else 200,
    )
