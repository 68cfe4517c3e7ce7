"""The page that asks for the password or a code again before an action that needs a recent proof of identity."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from accounts import credentials, forms, totp
from accounts.current_user import page_session_id, signed_in_user
from streamsite.cache_headers import never_cached
from streamsite.view_actions import perform, posted_data, refusal_status
from streamsite.view_helpers import allow_get_and_post, safe_next


def redirect_to_confirmation(back: str) -> HttpResponse:
    """Redirect to the page that asks, which returns people to the path ``back``."""
    return redirect(f"{reverse('settings-confirm')}?{urlencode({'next': back})}")


@never_cached
@sensitive_post_parameters("current_password", "otp")
@login_required
@allow_get_and_post
def confirm_identity(request: HttpRequest) -> HttpResponse:
    """Take the password or a two-factor code once more and return to ``next``."""
    user = signed_in_user(request)
    target = safe_next(request, reverse("settings-security"))
    form = forms.IdentityForm(posted_data(request), has_factor=totp.is_enabled(user.pk))
    response = perform(
        request,
        form,
        lambda: credentials.confirm_identity(
            request, user, session_id=page_session_id(request), **form.proof
        ),
        lambda _: redirect(target),
    )
    if response is not None:
        return response
    context = {"form": form, "next": target}
    return render(request, "accounts/settings_confirm.html", context, status=refusal_status(form))
