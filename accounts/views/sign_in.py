"""Signing in and out, and registering."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout as sign_out
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import forms, services, sign_in, totp, web_sessions
from accounts.models import User
from accounts.views.deletion import offer_restore
from streamsite.errors import Forbidden, SiteError, Throttled
from streamsite.rate_limits import REGISTER, enforce, refund_on_unavailable, throttle_key
from streamsite.view_helpers import add_form_errors, safe_next

# Who has given the right password and still owes a code: kept in the page's session, for five minutes.
PENDING_KEY = "sign_in_pending"
PENDING_SECONDS = 300


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Sign in with name and password; with a second factor, its code is asked for next."""
    target = safe_next(request, "/")
    if request.user.is_authenticated:
        return redirect(target)
    form = forms.LoginForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                user = sign_in.authenticate_password(
                    request, form.cleaned_data["login"], form.cleaned_data["password"]
                )
            except sign_in.AccountClosed as closed:
                return offer_restore(request, closed.user)
            except sign_in.AccountSuspended as suspended:
                form.add_error(None, suspended.sentence)
                status = suspended.status
            except SiteError as error:
                add_form_errors(form, error)
                status = error.status
            else:
                return _after_password(request, user, remember=form.cleaned_data["remember"], target=target)
    return render(request, "accounts/login.html", _context(form, target), status=status)


def _after_password(request: HttpRequest, user: User, *, remember: bool, target: str) -> HttpResponse:
    if not totp.is_enabled(user.pk):
        web_sessions.sign_in(request, user, remember=remember, amr=sign_in.PASSWORD_ONLY)
        return redirect(target)
    request.session.cycle_key()
    request.session[PENDING_KEY] = {
        "user": user.pk,
        "epoch": user.security_epoch,
        "remember": remember,
        "next": target,
        "at": time.time(),
    }
    return redirect("login-code")


@never_cache
@sensitive_post_parameters("otp")
@require_http_methods(["GET", "HEAD", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the authenticator app, or a recovery code."""
    pending: dict[str, Any] = request.session.get(PENDING_KEY) or {}
    user = _pending_user(pending)
    if user is None:
        request.session.pop(PENDING_KEY, None)
        messages.info(request, "Please log in again: the code was not given in time.")
        return redirect("login")
    form = forms.OtpForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                amr = sign_in.verify_second_factor(request, user, form.cleaned_data["otp"])
            except SiteError as error:
                add_form_errors(form, error)
                status = error.status
            else:
                del request.session[PENDING_KEY]
                web_sessions.sign_in(request, user, remember=pending["remember"], amr=amr)
                return redirect(pending["next"])
    return render(request, "accounts/login_code.html", {"form": form}, status=status)


def _pending_user(pending: dict[str, Any]) -> User | None:
    if not pending or time.time() - pending["at"] > PENDING_SECONDS:
        return None
    return User.objects.filter(pk=pending["user"], is_active=True, security_epoch=pending["epoch"]).first()


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Create an account and sign in."""
    target = safe_next(request, "/")
    if request.user.is_authenticated:
        return redirect(target)
    form = forms.RegisterForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                counted = (REGISTER, throttle_key(request))
                enforce(*counted)
                with refund_on_unavailable(counted):
                    user = services.create_account(request, **form.cleaned_data)
            except Throttled:
                raise
            except SiteError as error:
                add_form_errors(form, error)
            else:
                web_sessions.sign_in(request, user, remember=False, amr=sign_in.PASSWORD_ONLY)
                messages.success(
                    request,
                    f"Welcome, {user.get_full_name()}. We have sent a link to {user.email}: please confirm it.",
                )
                return redirect(target)
    return render(request, "accounts/register.html", _context(form, target), status=status)


def _context(form: Any, target: str) -> dict[str, Any]:
    return {"form": form, "next": target if target != "/" else ""}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def staff_login(request: HttpRequest) -> HttpResponse:
    """Django admin's log-in is the site's own, second factor included."""
    if request.user.is_authenticated:
        raise Forbidden("This part of the site is for its staff.")
    return redirect(f"{reverse('login')}?{urlencode({'next': safe_next(request, '/admin/')})}")


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out of this device."""
    sign_out(request)
    return redirect("home")
