"""Settings: password, address, second factor, recent activity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit, credentials, forms, reauthentication, totp, web_sessions
from accounts.models import User
from accounts.web_sessions import SESSION_KEY
from streamsite.api.pagination import paginate
from streamsite.errors import SiteError
from streamsite.view_helpers import add_form_errors, is_htmx, safe_next

MAX_EVENTS = 5


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _session_id(request: HttpRequest) -> str | None:
    return cast("str | None", request.session.get(SESSION_KEY))


def _page(request: HttpRequest, status: int = 200, **bound: Form) -> HttpResponse:
    """The page with every form; ``bound`` ones show what was typed and what was wrong with it."""
    user = _user(request)
    unbound = {
        "password_form": forms.ChangePasswordForm(),
        "email_form": forms.ChangeEmailForm(
            auto_id="email_%s", initial={"email": user.pending_email or user.email}
        ),
        "code_form": forms.OtpForm(auto_id="totp_%s"),
        "proof_form": forms.PasswordForm(auto_id="proof_%s"),
        "factor_form": forms.SecondFactorForm(auto_id="factor_%s"),
    }
    context: dict[str, Any] = unbound | bound
    context["totp"] = totp.load_status(user.pk)
    context["events"] = [
        audit.serialize_event(row)
        for row in audit.events_for_user(user.pk).order_by(*audit.NEWEST)[:MAX_EVENTS]
    ]
    return render(request, "accounts/settings_security.html", context, status=status)


def _attempt(
    request: HttpRequest, name: str, form: Form, work: Callable[[], object], done: str
) -> HttpResponse:
    """Run ``work`` when the form is good; the page again with what was wrong otherwise."""
    if not form.is_valid():
        return _page(request, 400, **{name: form})
    try:
        work()
    except SiteError as error:
        add_form_errors(form, error)
        return _page(request, error.status, **{name: form})
    messages.success(request, done)
    return redirect("settings-security")


@never_cache
@login_required
@require_safe
def settings_security(request: HttpRequest) -> HttpResponse:
    """Password, address, second factor and the last events."""
    return _page(request)


@never_cache
@sensitive_post_parameters("current_password", "new_password")
@login_required
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; every other device is signed out."""
    form = forms.ChangePasswordForm(request.POST)

    def work() -> None:
        user = credentials.change_password(
            request, _user(request), session_id=_session_id(request), **form.cleaned_data
        )
        web_sessions.keep_signed_in(request, user)

    return _attempt(
        request, "password_form", form, work, "Your password was changed. Other devices were signed out."
    )


@never_cache
@sensitive_post_parameters("current_password")
@login_required
@require_POST
def change_email(request: HttpRequest) -> HttpResponse:
    """Ask a new address for its confirmation."""
    form = forms.ChangeEmailForm(request.POST, auto_id="email_%s")
    return _attempt(
        request,
        "email_form",
        form,
        lambda: credentials.change_email(
            request,
            _user(request),
            form.cleaned_data["email"],
            current_password=form.cleaned_data["current_password"],
        ),
        "Open the link that we sent to that address to confirm it.",
    )


@login_required
@require_POST
def resend_email(request: HttpRequest) -> HttpResponse:
    """Mail the confirmation link again."""
    address = credentials.resend_verification(_user(request))
    if address:
        messages.success(request, f"A new link is on its way to {address}.")
    return redirect(safe_next(request, reverse("settings-security")))


@never_cache
@sensitive_post_parameters("current_password", "otp")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup_totp(request: HttpRequest) -> HttpResponse:
    """Make the secret (POST with the password, unless it was given a moment ago), show its QR code (GET)."""
    user = _user(request)
    if totp.is_enabled(user.pk):
        return redirect("settings-security")
    if request.method == "POST":
        form = forms.PasswordForm(request.POST, auto_id="proof_%s")
        if not reauthentication.has_recent_proof(user, _session_id(request)):
            if not form.is_valid():
                return _page(request, 400, proof_form=form)
            try:
                credentials.confirm_password(request, user, form.cleaned_data["current_password"])
            except SiteError as error:
                add_form_errors(form, error)
                return _page(request, error.status, proof_form=form)
        totp.start_setup(user)
        return redirect("settings-totp")
    return _totp_page(request, forms.OtpForm(auto_id="totp_%s"))


def _totp_page(request: HttpRequest, form: Form, status: int = 200) -> HttpResponse:
    secret = totp.pending_setup(_user(request))
    if secret is None:
        return redirect("settings-security")
    return render(request, "accounts/settings_totp.html", {"form": form, "secret": secret}, status=status)


@never_cache
@sensitive_post_parameters("otp")
@login_required
@require_POST
def enable_totp(request: HttpRequest) -> HttpResponse:
    """Switch the second factor on and show the recovery codes, once."""
    form = forms.OtpForm(request.POST, auto_id="totp_%s")
    if not form.is_valid():
        return _totp_page(request, form, 400)
    try:
        codes = credentials.enable_totp(
            request, _user(request), form.cleaned_data["otp"], session_id=_session_id(request)
        )
    except SiteError as error:
        add_form_errors(form, error)
        return _totp_page(request, form, error.status)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": True})


@never_cache
@sensitive_post_parameters("otp")
@login_required
@require_POST
def disable_totp(request: HttpRequest) -> HttpResponse:
    """Switch the second factor off, with one of its codes."""
    form = forms.SecondFactorForm(request.POST, auto_id="factor_%s")
    return _attempt(
        request,
        "factor_form",
        form,
        lambda: credentials.disable_totp(
            request, _user(request), otp=form.cleaned_data["otp"], session_id=_session_id(request)
        ),
        "Two-factor authentication is off. Your other devices were signed out.",
    )


@never_cache
@sensitive_post_parameters("otp")
@login_required
@require_POST
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, shown once."""
    form = forms.SecondFactorForm(request.POST, auto_id="factor_%s")
    if not form.is_valid():
        return _page(request, 400, factor_form=form)
    try:
        codes = credentials.renew_recovery_codes(request, _user(request), otp=form.cleaned_data["otp"])
    except SiteError as error:
        add_form_errors(form, error)
        return _page(request, error.status, factor_form=form)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": False})


@never_cache
@login_required
@require_safe
def activity(request: HttpRequest) -> HttpResponse:
    """Everything that happened to the account in the last 180 days."""
    user = _user(request)
    page = paginate(request, audit.events_for_user(user.pk), audit.NEWEST, absolute=False).body(
        audit.serialize_event
    )
    template = "accounts/_events.html" if is_htmx(request) else "accounts/settings_activity.html"
    return render(request, template, {"page": page, "events": page["results"]})
