"""Settings: delete the account."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth import logout as sign_out
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import closing, credentials, forms
from accounts.models import User
from streamsite.errors import SiteError
from streamsite.pages import show_problems


@never_cache
@sensitive_post_parameters("current_password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_delete(request: HttpRequest) -> HttpResponse:
    """Close the account; it is erased when the waiting time is over."""
    user = cast(User, request.user)
    form = forms.DeleteAccountForm(request.POST or None, username=user.username)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                credentials.confirm_password(request, user, form.cleaned_data["current_password"])
            except SiteError as error:
                show_problems(form, error)
                status = error.status
            else:
                due = closing.ask(request, user)
                sign_out(request)
                return render(request, "accounts/closed.html", {"due": due})
    context = {"form": form, "days": settings.ERASE_AFTER_DAYS}
    return render(request, "accounts/settings_delete.html", context, status=status)
