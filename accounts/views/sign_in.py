"""Signing in, signing out and signing up."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import NotRequired, TypedDict
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout as sign_out
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import forms, password_sign_in, services, sign_in, totp, web_sessions
from accounts.models import User
from accounts.oidc import flow, providers
from accounts.passkeys import relying_party
from accounts.passkeys import services as passkeys
from accounts.passkeys.forms import PasskeyForm
from accounts.registration import admission
from accounts.views.deletion import offer_restore
from streamsite.cache_headers import never_cached
from streamsite.errors import Forbidden, SiteError, Throttled
from streamsite.rate_limits import REGISTER, enforce, refund_on_unavailable, throttle_key
from streamsite.view_actions import (
    attempt,
    form_status,
    found_or_none,
    perform,
    posted_data,
    redirect_with_message,
    refusal_status,
)
from streamsite.view_helpers import allow_get_and_post, safe_next

# In the page's session, for five minutes: the account that gave the right password and still owes a code.
PENDING_KEY = "sign_in_pending"
PENDING_SECONDS = 300
# In the page's session: the provider by which it began.
PROVIDER_KEY = "oidc_provider"


class PendingSignIn(TypedDict):
    """A sign-in between its password and its code. ``at`` is in seconds since 1970, ``next`` a path of this site.

    ``first`` is how the account was authenticated before; one that an earlier version began has none.
    """

    user: str
    epoch: int
    remember: bool
    next: str
    at: float
    first: NotRequired[list[str]]


@login_not_required
@never_cached
@sensitive_post_parameters("password")
@allow_get_and_post
def login(request: HttpRequest) -> HttpResponse:
    """Sign in with name and password. Accounts with a second factor continue on the page for its code."""
    target = safe_next(request, "/")
    if request.user.is_authenticated:
        return redirect(target)
    form = forms.LoginForm(posted_data(request))

    def authenticate() -> User:
        data = form.cleaned_data
        return sign_in.authenticate_password(request, data["login"], data["password"])

    response = perform(
        request,
        form,
        authenticate,
        lambda user: _after_password(request, user, form.cleaned_data["remember"], target),
        refused=partial(_offer_restore, request),
    )
    context = _context(form, target) | _passkey_context(None)
    return response or render(request, "accounts/login.html", context, status=refusal_status(form))


@login_not_required
@never_cached
@require_POST
def login_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey, which the sign-in page's script has asked the browser for."""
    target = safe_next(request, "/")
    if request.user.is_authenticated:
        return redirect(target)
    form = PasskeyForm(request.POST)

    def finish(proved: tuple[User, list[str]]) -> HttpResponse:
        user, amr = proved
        web_sessions.sign_in(request, user, remember=form.cleaned_data["remember"], amr=amr)
        return redirect(target)

    response = perform(
        request,
        form,
        lambda: sign_in.authenticate_passkey(request, form.cleaned_data["credential"]),
        finish,
        refused=partial(_offer_restore, request),
    )
    if response is not None:
        return response
    context = _context(forms.LoginForm(), target) | _passkey_context(form)
    return render(request, "accounts/login.html", context, status=refusal_status(form))


def _offer_restore(request: HttpRequest, error: SiteError) -> HttpResponse | None:
    return offer_restore(request, error.user) if isinstance(error, sign_in.AccountClosed) else None


def _passkey_context(form: Form | None) -> dict[str, object]:
    """Return which ways to sign in the page offers, and the form of a passkey that was refused."""
    has_password = password_sign_in.is_open()
    return {
        "has_password": has_password,
        "has_passkeys": has_password and relying_party.is_available(),
        "passkey_form": form,
        "providers": providers.all_providers(),
    }


def _after_password(request: HttpRequest, user: User, remember: bool, target: str) -> HttpResponse:
    """Finish the sign-in, or ask for the code of the second factor first."""
    second = begin_second_step(request, user, remember, target, first=sign_in.PASSWORD_ONLY)
    if second is not None:
        return second
    web_sessions.sign_in(request, user, remember=remember, amr=sign_in.PASSWORD_ONLY)
    return redirect(target)


def begin_second_step(
    request: HttpRequest, user: User, remember: bool, target: str, *, first: Sequence[str]
) -> HttpResponse | None:
    """Return the redirect to the page for the second factor, ``None`` for accounts without one.

    ``first`` is how the account was authenticated so far.
    """
    if not totp.is_enabled(user.pk):
        return None
    request.session.cycle_key()
    request.session[PENDING_KEY] = PendingSignIn(
        user=user.pk,
        epoch=user.security_epoch,
        remember=remember,
        next=target,
        at=time.time(),
        first=list(first),
    )
    return redirect("login-code")


@login_not_required
@never_cached
@sensitive_post_parameters("otp")
@allow_get_and_post
def login_code(request: HttpRequest) -> HttpResponse:
    """Complete a sign-in with a code of the authenticator app, a recovery code, or a passkey."""
    pending: PendingSignIn | None = request.session.get(PENDING_KEY)
    user = _pending_user(pending)
    if pending is None or user is None:
        request.session.pop(PENDING_KEY, None)
        messages.info(request, _("Your sign-in timed out. Please sign in again."))
        return redirect("login")
    passkey_form = PasskeyForm(request.POST) if "credential" in request.POST else None
    form = passkey_form or forms.OtpForm(posted_data(request))

    def verify() -> list[str]:
        data = form.cleaned_data
        first = pending.get("first", sign_in.PASSWORD_ONLY)
        return sign_in.verify_second_factor(
            request, user, data.get("otp", ""), data.get("credential"), first=first
        )

    def finish(amr: list[str]) -> HttpResponse:
        del request.session[PENDING_KEY]
        web_sessions.sign_in(request, user, remember=pending["remember"], amr=amr)
        return redirect(pending["next"])

    response = perform(request, form, verify, finish)
    if response is not None:
        return response
    context = {
        "form": forms.OtpForm() if passkey_form else form,
        "passkey_form": passkey_form,
        "has_passkeys": passkeys.can_use(user),
    }
    return render(request, "accounts/login_code.html", context, status=refusal_status(form))


def _pending_user(pending: PendingSignIn | None) -> User | None:
    if not pending or time.time() - pending["at"] > PENDING_SECONDS:
        return None
    return User.objects.filter(pk=pending["user"], is_active=True, security_epoch=pending["epoch"]).first()


@login_not_required
@never_cached
@sensitive_post_parameters("password")
@allow_get_and_post
def register(request: HttpRequest) -> HttpResponse:
    """Create an account and sign in, unless it has to wait for approval."""
    target = safe_next(request, "/")
    if request.user.is_authenticated:
        return redirect(target)
    invitation = request.POST.get("invitation") or request.GET.get("invitation") or ""
    admitted = attempt(lambda: _admit(invitation), Forbidden)
    if isinstance(admitted, SiteError):
        return _not_admitted(request, admitted)
    form = forms.RegisterForm(posted_data(request), initial={"invitation": invitation})

    def create_account() -> User:
        counted = (REGISTER, throttle_key(request))
        enforce(*counted)
        with refund_on_unavailable(counted):
            return services.create_account(request, **form.cleaned_data)

    def welcome(user: User) -> HttpResponse:
        if user.is_waiting:
            return redirect("register-waiting")
        web_sessions.sign_in(request, user, remember=False, amr=sign_in.PASSWORD_ONLY)
        sentence = _("Welcome, %(name)s! Check %(email)s for a link to confirm your email.") % {
            "name": user.get_full_name(),
            "email": user.email,
        }
        return redirect_with_message(request, sentence, target)

    def refused(error: SiteError) -> HttpResponse | None:
        if isinstance(error, Throttled):
            raise error  # the error page: no change to the form would help
        return _not_admitted(request, error) if isinstance(error, Forbidden) else None

    response = perform(request, form, create_account, welcome, refused=refused)
    context = _context(form, target) | {"must_wait": admitted.must_wait}
    return response or render(request, "accounts/register.html", context, status=form_status(form))


def _admit(invitation: str) -> admission.Admission:
    password_sign_in.require_open()
    return admission.admit(invitation)


def _not_admitted(request: HttpRequest, error: SiteError) -> HttpResponse:
    """Say why there is no form: sign-up is closed, or it needs an invitation."""
    return render(request, "registration/closed.html", {"error": error}, status=error.status)


@login_not_required
@require_safe
def register_waiting(request: HttpRequest) -> HttpResponse:
    """Say that a new account waits for approval."""
    return render(request, "registration/waiting.html")


def _context(form: Form, target: str) -> dict[str, object]:
    return {"form": form, "next": target if target != "/" else ""}


@login_not_required
@never_cached
@allow_get_and_post
def staff_login(request: HttpRequest) -> HttpResponse:
    """Send staff from Django admin's sign-in page to the site's own, which asks for the second factor."""
    if request.user.is_authenticated:
        raise Forbidden(_("This part of the site is for staff only."))
    return redirect(f"{reverse('login')}?{urlencode({'next': safe_next(request, '/admin/')})}")


@never_cached
@allow_get_and_post
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out of this device. Who opens the address is asked first: a link must not sign anyone out."""
    if request.method != "POST" and request.user.is_authenticated:
        return render(request, "accounts/logout.html")
    if request.method != "POST":
        return redirect("home")
    provider = _offered_logout(request)
    sign_out(request)
    return (
        render(request, "accounts/signed_out.html", {"provider": provider}) if provider else redirect("home")
    )


def _offered_logout(request: HttpRequest) -> dict[str, str] | None:
    """Return the name and the sign-out page of the provider by which the page's session began."""
    known = request.session.get(PROVIDER_KEY)
    for provider in providers.all_providers():
        if provider.id == known and provider.offers_logout:
            url = found_or_none(partial(flow.logout_url, provider))
            return {"label": provider.label, "url": url} if url else None
    return None
