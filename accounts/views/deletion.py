"""Deleting one's account, and restoring it while it waits to be erased."""

from __future__ import annotations

import time
from functools import partial
from typing import TypedDict

from django.conf import settings
from django.contrib.auth import logout as sign_out
from django.contrib.auth.decorators import login_not_required, login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import credentials, deactivation, forms, totp
from accounts.current_user import signed_in_user
from accounts.models import User
from accounts.views.reauthentication import confirm_first
from streamsite.cache_headers import never_cached
from streamsite.view_actions import perform, posted_data, redirect_with_message, refusal_status
from streamsite.view_helpers import allow_get_and_post

# In the page's session, for five minutes: the closed account whose right password was given.
CLOSED_ACCOUNT_KEY = "closed_account"
CLOSED_ACCOUNT_SECONDS = 300


class ClosedAccount(TypedDict):
    """A closed account whose owner gave the password. ``at`` is in seconds since 1970."""

    user: str
    epoch: int
    at: float


@never_cached
@sensitive_post_parameters("current_password")
@login_required
@allow_get_and_post
def delete_account(request: HttpRequest) -> HttpResponse:
    """Close the account; it is erased when the waiting time is over."""
    user = signed_in_user(request)
    form = forms.DeleteAccountForm(posted_data(request), username=user.username)
    forms.ask_no_missing_password(form, user)

    def close(_: None) -> HttpResponse:
        due = deactivation.deactivate(request, user)
        sign_out(request)
        return render(request, "accounts/closed.html", {"due": due})

    response = perform(
        request,
        form,
        lambda: credentials.confirm_owner(request, user, form.cleaned_data.get("current_password", "")),
        close,
        refused=partial(confirm_first, request.path),
    )
    if response is not None:
        return response
    context = {"form": form, "days": settings.ERASE_AFTER_DAYS}
    return render(request, "accounts/settings_delete.html", context, status=refusal_status(form))


def offer_restore(request: HttpRequest, user: User) -> HttpResponse:
    """Redirect the owner of a closed account, who just gave the right password, to the page that restores it."""
    request.session.cycle_key()
    request.session[CLOSED_ACCOUNT_KEY] = ClosedAccount(
        user=user.pk, epoch=user.security_epoch, at=time.time()
    )
    return redirect("restore")


@login_not_required
@never_cached
@sensitive_post_parameters("password", "otp")
@allow_get_and_post
def restore_account(request: HttpRequest) -> HttpResponse:
    """Restore an account that waits to be erased; ask for its password unless it was given just now."""
    account = _authenticated_account(request)
    form = _restore_form(request, account)

    def restore() -> User:
        if account is not None:
            return deactivation.reactivate(request, account, form.cleaned_data.get("otp", ""))
        return deactivation.reactivate_by_credentials(request, **form.cleaned_data)

    def done(_user: User) -> HttpResponse:
        request.session.pop(CLOSED_ACCOUNT_KEY, None)
        return redirect_with_message(request, _("Your account is restored. Sign in to continue."), "login")

    response = perform(request, form, restore, done)
    if response is not None:
        return response
    context = {"form": form, "account": account}
    return render(request, "accounts/restore.html", context, status=refusal_status(form))


def _authenticated_account(request: HttpRequest) -> User | None:
    """Return the closed account whose password was given in this session within the last five minutes."""
    proved: ClosedAccount | None = request.session.get(CLOSED_ACCOUNT_KEY)
    if not proved or time.time() - proved["at"] > CLOSED_ACCOUNT_SECONDS:
        return None
    rows = User.objects.filter(pk=proved["user"], security_epoch=proved["epoch"], is_active=False)
    return rows.exclude(erase_at=None).first()


def _restore_form(request: HttpRequest, account: User | None) -> Form:
    data = posted_data(request)
    if account is None:
        return forms.RestoreForm(data)
    if totp.is_enabled(account.pk):
        return forms.OtpForm(data)
    return Form(data)
