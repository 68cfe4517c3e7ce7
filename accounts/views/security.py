"""Settings: password, address, second factor, recent activity."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import (
    audit,
    credentials,
    email_changes,
    forms,
    password_sign_in,
    reauthentication,
    totp,
    web_sessions,
)
from accounts.current_user import page_session_id, signed_in_user
from accounts.oidc import providers
from accounts.passkeys import services as passkeys
from accounts.views.reauthentication import confirm_first
from streamsite.api.pagination import paginate
from streamsite.cache_headers import never_cached
from streamsite.view_actions import perform, redirect_back, redirect_with_message, refusal_status
from streamsite.view_helpers import allow_get_and_post, render_page_or_part

T = TypeVar("T")
MAX_EVENTS = 5


def _page(request: HttpRequest, status: int = 200, **bound: Form) -> HttpResponse:
    """Show every form; ``bound`` ones, by their context names, with what was typed and what was wrong with it."""
    user = signed_in_user(request)
    unbound: dict[str, Form] = {
        "password_form": forms.ChangePasswordForm(),
        "email_form": forms.ChangeEmailForm(
            auto_id="email_%s", initial={"email": user.pending_email or user.email}
        ),
        "code_form": forms.OtpForm(auto_id="totp_%s"),
        "proof_form": forms.PasswordForm(auto_id="proof_%s"),
        "factor_form": forms.SecondFactorForm(auto_id="factor_%s"),
    }
    for form in {**unbound, **bound}.values():
        forms.ask_no_missing_password(form, user)
    events = audit.events_for_user(user.pk).order_by(*audit.NEWEST)[:MAX_EVENTS]
    context = {
        **unbound,
        **bound,
        "totp": totp.load_status(user.pk),
        "has_password_sign_in": password_sign_in.is_open(),
        "has_providers": bool(providers.all_providers()),
        "passkey_count": len(passkeys.list_passkeys(user)),
        "events": [audit.serialize_event(row) for row in events],
    }
    return render(request, "accounts/settings_security.html", context, status=status)


def _perform(
    request: HttpRequest,
    name: str,
    form: Form,
    action: Callable[[], T],
    done: str | Callable[[T], HttpResponse],
) -> HttpResponse:
    """Perform a form of the page, which is shown again with ``form`` as ``name`` when it is refused.

    ``done`` is the message of the page it leads back to, or answers in another way.
    """

    def answer(result: T) -> HttpResponse:
        return (
            redirect_with_message(request, done, "settings-security")
            if isinstance(done, str)
            else done(result)
        )

    forms.ask_no_missing_password(form, signed_in_user(request))
    back = partial(confirm_first, reverse("settings-security"))
    response = perform(request, form, action, answer, refused=back)
    return response or _page(request, refusal_status(form), **{name: form})


@never_cached
@login_required
@require_safe
def settings_security(request: HttpRequest) -> HttpResponse:
    """Show password, address, second factor and the latest events."""
    return _page(request)


@never_cached
@sensitive_post_parameters("current_password", "new_password")
@login_required
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a new password and sign every other device out."""
    form = forms.ChangePasswordForm(request.POST)

    def change() -> None:
        user = credentials.change_password(
            request,
            signed_in_user(request),
            session_id=page_session_id(request),
            current_password=form.cleaned_data.get("current_password", ""),
            new_password=form.cleaned_data["new_password"],
        )
        web_sessions.keep_signed_in(request, user)

    done = _("Password changed. Your other devices were signed out.")
    return _perform(request, "password_form", form, change, done)


@never_cached
@sensitive_post_parameters("current_password")
@login_required
@require_POST
def change_email(request: HttpRequest) -> HttpResponse:
    """Ask a new address for its confirmation."""
    form = forms.ChangeEmailForm(request.POST, auto_id="email_%s")
    return _perform(
        request,
        "email_form",
        form,
        lambda: email_changes.change_email(
            request,
            signed_in_user(request),
            form.cleaned_data["email"],
            current_password=form.cleaned_data.get("current_password", ""),
        ),
        _("Check your inbox at the new address for a link to confirm it."),
    )


@login_required
@require_POST
def resend_email(request: HttpRequest) -> HttpResponse:
    """Mail the confirmation link again."""
    address = email_changes.resend_verification(signed_in_user(request))
    if address:
        messages.success(request, _("We sent a new link to %(email)s.") % {"email": address})
    return redirect_back(request, "settings-security")


@never_cached
@sensitive_post_parameters("current_password", "otp")
@login_required
@allow_get_and_post
def setup_totp(request: HttpRequest) -> HttpResponse:
    """Make the secret (POST with the password, unless it was given a moment ago), show its QR code (GET)."""
    user = signed_in_user(request)
    if totp.is_enabled(user.pk):
        return redirect("settings-security")
    if request.method != "POST":
        return _totp_page(request, forms.OtpForm(auto_id="totp_%s"))

    def start(_: None = None) -> HttpResponse:
        totp.start_setup(user)
        return redirect("settings-totp")

    if reauthentication.has_recent_proof(user, page_session_id(request)):
        return start()
    form = forms.PasswordForm(request.POST, auto_id="proof_%s")
    return _perform(
        request,
        "proof_form",
        form,
        lambda: credentials.confirm_owner(request, user, form.cleaned_data.get("current_password", "")),
        start,
    )


def _totp_page(request: HttpRequest, form: Form, status: int = 200) -> HttpResponse:
    secret = totp.pending_setup(signed_in_user(request))
    if secret is None:
        return redirect("settings-security")
    return render(request, "accounts/settings_totp.html", {"form": form, "secret": secret}, status=status)


def _recovery_codes_page(request: HttpRequest, codes: list[str], *, is_new: bool) -> HttpResponse:
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new": is_new})


@never_cached
@sensitive_post_parameters("otp")
@login_required
@require_POST
def enable_totp(request: HttpRequest) -> HttpResponse:
    """Switch the second factor on and show the recovery codes, once."""
    form = forms.OtpForm(request.POST, auto_id="totp_%s")
    response = perform(
        request,
        form,
        lambda: credentials.enable_totp(
            request, signed_in_user(request), form.cleaned_data["otp"], session_id=page_session_id(request)
        ),
        lambda codes: _recovery_codes_page(request, codes, is_new=True),
    )
    return response or _totp_page(request, form, refusal_status(form))


@never_cached
@sensitive_post_parameters("otp")
@login_required
@require_POST
def disable_totp(request: HttpRequest) -> HttpResponse:
    """Switch the second factor off, with one of its codes."""
    form = forms.SecondFactorForm(request.POST, auto_id="factor_%s")
    return _perform(
        request,
        "factor_form",
        form,
        lambda: credentials.disable_totp(
            request,
            signed_in_user(request),
            otp=form.cleaned_data["otp"],
            session_id=page_session_id(request),
        ),
        _("Two-factor authentication is off. Your other devices were signed out."),
    )


@never_cached
@sensitive_post_parameters("otp")
@login_required
@require_POST
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make ten new recovery codes and show them, once."""
    form = forms.SecondFactorForm(request.POST, auto_id="factor_%s")
    return _perform(
        request,
        "factor_form",
        form,
        lambda: credentials.renew_recovery_codes(
            request, signed_in_user(request), otp=form.cleaned_data["otp"]
        ),
        lambda codes: _recovery_codes_page(request, codes, is_new=False),
    )


@never_cached
@login_required
@require_safe
def activity(request: HttpRequest) -> HttpResponse:
    """List everything that happened to the account in the last 180 days."""
    rows = audit.events_for_user(signed_in_user(request).pk)
    page = paginate(request, rows, audit.NEWEST, absolute=False).body(audit.serialize_event)
    context = {"page": page, "events": page["results"]}
    return render_page_or_part(request, "accounts/settings_activity.html", "accounts/_events.html", context)
