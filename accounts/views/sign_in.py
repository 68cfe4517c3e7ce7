"""Signing in and out, and registering."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout as sign_out
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import forms, page_sessions, services, sign_in
from accounts.models import User
from streamsite.errors import SiteError, Throttled
from streamsite.limits import REGISTER, client_address, enforce
from streamsite.pages import safe_next, show_problems


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Sign in with name and password."""
    target = safe_next(request, "/")
    if request.user.is_authenticated:
        return redirect(target)
    form = forms.LoginForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                user = sign_in.check_password(
                    request, form.cleaned_data["login"], form.cleaned_data["password"]
                )
            except SiteError as error:
                show_problems(form, error)
                status = error.status
            else:
                _sign_in(request, user, remember=form.cleaned_data["remember"])
                return redirect(target)
    context = {"form": form, "next": target if target != "/" else ""}
    return render(request, "accounts/login.html", context, status=status)


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
                enforce(REGISTER, client_address(request))
                user = services.register(request, **form.cleaned_data)
            except Throttled:
                raise
            except SiteError as error:
                show_problems(form, error)
            else:
                _sign_in(request, user, remember=False)
                messages.success(request, f"Welcome, {user.get_full_name()}. This is your Streamsite.")
                return redirect(target)
    context = {"form": form, "next": target if target != "/" else ""}
    return render(request, "accounts/register.html", context, status=status)


def _sign_in(request: HttpRequest, user: User, *, remember: bool) -> None:
    page_sessions.sign_in(request, user, remember=remember, amr=sign_in.PASSWORD_ONLY)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out of this device."""
    sign_out(request)
    return redirect("home")
