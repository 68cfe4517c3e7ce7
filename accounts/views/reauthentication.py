"""The page that asks for the password or a code again before something that needs a recent proof."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import credentials, forms, totp
from accounts.models import User
from accounts.web_sessions import SESSION_KEY
from streamsite.errors import SiteError
from streamsite.view_helpers import add_form_errors, safe_next


def redirect_to_confirmation(back: str) -> HttpResponse:
    """Redirect to the page that asks, from which people return to the page ``back``."""
    return redirect(f"{reverse('settings-confirm')}?{urlencode({'next': back})}")


@never_cache
@sensitive_post_parameters("current_password", "otp")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_identity(request: HttpRequest) -> HttpResponse:
    """Take the password or a two-factor code once more and return to ``next``."""
    user = cast(User, request.user)
    target = safe_next(request, reverse("settings-security"))
    form = forms.IdentityForm(request.POST or None, has_factor=totp.is_enabled(user.pk))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                credentials.confirm_identity(
                    request, user, session_id=request.session.get(SESSION_KEY), **form.proof
                )
            except SiteError as error:
                add_form_errors(form, error)
                status = error.status
            else:
                return redirect(target)
    return render(request, "accounts/settings_confirm.html", {"form": form, "next": target}, status=status)
