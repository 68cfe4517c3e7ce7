"""Delete the account, and come back while it waits for that."""

from __future__ import annotations

import time
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as sign_out
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import credentials, deactivation, forms, totp
from accounts.models import User
from streamsite.errors import SiteError
from streamsite.view_helpers import add_form_errors

# Who has given the right password of a closed account: kept in the page's session, for five minutes.
CLOSED_ACCOUNT_KEY = "closed_account"
CLOSED_ACCOUNT_SECONDS = 300


@never_cache
@sensitive_post_parameters("current_password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
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
                add_form_errors(form, error)
                status = error.status
            else:
                due = deactivation.deactivate(request, user)
                sign_out(request)
                return render(request, "accounts/closed.html", {"due": due})
    context = {"form": form, "days": settings.ERASE_AFTER_DAYS}
    return render(request, "accounts/settings_delete.html", context, status=status)


def offer_restore(request: HttpRequest, user: User) -> HttpResponse:
    """Lead the owner of a closed account, whose password was just proved, to the page that restores it."""
    request.session.cycle_key()
    request.session[CLOSED_ACCOUNT_KEY] = {"user": user.pk, "epoch": user.security_epoch, "at": time.time()}
    return redirect("restore")


@never_cache
@sensitive_post_parameters("password", "otp")
@require_http_methods(["GET", "HEAD", "POST"])
def restore_account(request: HttpRequest) -> HttpResponse:
    """Undo the deletion of an account while it waits; the password is asked for unless it was given just now."""
    account = _proved_account(request)
    form = _restore_form(request, account)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                if account is not None:
                    deactivation.reactivate(request, account, form.cleaned_data.get("otp", ""))
                else:
                    deactivation.reactivate_by_credentials(request, **form.cleaned_data)
            except SiteError as error:
                add_form_errors(form, error)
                status = error.status
            else:
                request.session.pop(CLOSED_ACCOUNT_KEY, None)
                messages.success(request, "Your account is restored. Log in to use it.")
                return redirect("login")
    return render(request, "accounts/restore.html", {"form": form, "account": account}, status=status)


def _proved_account(request: HttpRequest) -> User | None:
    proved: dict[str, Any] = request.session.get(CLOSED_ACCOUNT_KEY) or {}
    if not proved or time.time() - proved["at"] > CLOSED_ACCOUNT_SECONDS:
        return None
    rows = User.objects.filter(pk=proved["user"], security_epoch=proved["epoch"], is_active=False)
    return rows.exclude(erase_at=None).first()


def _restore_form(request: HttpRequest, account: User | None) -> Form:
    data = request.POST if request.method == "POST" else None
    if account is None:
        return forms.RestoreForm(data)
    if totp.is_enabled(account.pk):
        return forms.OtpForm(data)
    return Form(data)
