"""Where mailed links lead. The link's token moves into a cookie of that page: no address or database keeps it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import credentials, email_tokens, forms
from streamsite.errors import SiteError
from streamsite.view_helpers import add_form_errors

RESET, VERIFY = "reset_link", "email_link"


def _keep_token(request: HttpRequest, name: str, page: str) -> HttpResponse | None:
    """Move ``?token=`` into a cookie that only this page gets, and come back without it."""
    token = request.GET.get("token")
    if token is None:
        return None
    response = redirect(page)
    response.set_cookie(
        name,
        token[: email_tokens.MAX_TOKEN_LENGTH],
        max_age=settings.PASSWORD_RESET_TIMEOUT,
        path=response.url,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",  # the click comes from a mail
    )
    return response


def _token(request: HttpRequest, name: str) -> str:
    return str(request.COOKIES.get(name, ""))


def _done(page: str, cookie: str) -> HttpResponse:
    """Go on to ``page``; the link is used up."""
    response = redirect(page)
    response.delete_cookie(cookie, path=reverse({RESET: "reset-password", VERIFY: "verify-email"}[cookie]))
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_email(request: HttpRequest) -> HttpResponse:
    """Confirm an address. A click is asked for, because mail scanners open links."""
    if (moved := _keep_token(request, VERIFY, "verify-email")) is not None:
        return moved
    token = _token(request, VERIFY)
    try:
        user, key = email_tokens.read_email_token(token)
        if request.method == "POST":
            verified = credentials.verify_email(request, token)
            messages.success(request, f"{verified.email} is confirmed.")
            return _done("settings-security" if request.user.is_authenticated else "login", VERIFY)
    except SiteError as error:
        return render(
            request, "accounts/link_invalid.html", {"error": error, "again": ""}, status=error.status
        )
    address = user.email if key == user.email_key else user.pending_email
    return render(request, "accounts/verify_email.html", {"address": address, "account": user})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Ask for a reset link. The answer is the same whether or not anybody has the address."""
    form = forms.ForgotPasswordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                credentials.request_password_reset(request, form.cleaned_data["email"])
            except SiteError as error:
                add_form_errors(form, error)
                status = error.status
            else:
                return render(request, "accounts/forgot_sent.html", {"address": form.cleaned_data["email"]})
    return render(request, "accounts/forgot.html", {"form": form}, status=status)


@never_cache
@sensitive_post_parameters("new_password")
@require_http_methods(["GET", "HEAD", "POST"])
def reset_password(request: HttpRequest) -> HttpResponse:
    """Choose a new password by a mailed link."""
    if (moved := _keep_token(request, RESET, "reset-password")) is not None:
        return moved
    token = _token(request, RESET)
    try:
        user = email_tokens.read_reset_token(token)
    except SiteError as error:
        return render(
            request,
            "accounts/link_invalid.html",
            {"error": error, "again": "forgot-password"},
            status=error.status,
        )
    form = forms.NewPasswordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                credentials.reset_password(request, token, form.cleaned_data["new_password"])
            except SiteError as error:
                add_form_errors(form, error)
                status = error.status
            else:
                messages.success(request, "Your password is changed. Log in with the new one.")
                return _done("login", RESET)
    return render(request, "accounts/reset_password.html", {"form": form, "account": user}, status=status)
