"""Pages behind mailed links. The link's token moves into a cookie of its page: no address or database keeps it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import credentials, email_changes, email_tokens, forms
from accounts.views._links import invalid_link_page, move_token_to_cookie
from streamsite.cache_headers import never_cached
from streamsite.errors import SiteError
from streamsite.view_actions import attempt, perform, posted_data, refusal_status
from streamsite.view_helpers import allow_get_and_post

# Names of the cookies.
RESET, VERIFY = "reset_link", "email_link"


def _token(request: HttpRequest, name: str) -> str:
    return str(request.COOKIES.get(name, ""))


def _redirect_after_use(page: str, cookie: str) -> HttpResponse:
    """Redirect to ``page`` and delete the cookie of the link, which is used up."""
    response = redirect(page)
    response.delete_cookie(cookie, path=reverse({RESET: "reset-password", VERIFY: "verify-email"}[cookie]))
    return response


@login_not_required
@never_cached
@allow_get_and_post
def verify_email(request: HttpRequest) -> HttpResponse:
    """Confirm an address. The page asks for a click, because mail scanners open links."""
    if (
        moved := move_token_to_cookie(request, VERIFY, "verify-email", settings.PASSWORD_RESET_TIMEOUT)
    ) is not None:
        return moved
    token = _token(request, VERIFY)
    found = attempt(lambda: email_tokens.read_email_token(token))
    if isinstance(found, SiteError):
        return invalid_link_page(request, found)
    if request.method == "POST":
        verified = attempt(lambda: email_changes.verify_email(request, token))
        if isinstance(verified, SiteError):
            return invalid_link_page(request, verified)
        messages.success(request, _("%(email)s is confirmed.") % {"email": verified.email})
        return _redirect_after_use("settings-security" if request.user.is_authenticated else "login", VERIFY)
    user, key = found
    address = user.email if key == user.email_key else user.pending_email
    return render(request, "accounts/verify_email.html", {"address": address, "account": user})


@login_not_required
@never_cached
@allow_get_and_post
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Ask for a reset link. The answer is the same whether or not an account has the address."""
    form = forms.ForgotPasswordForm(posted_data(request))

    def sent(_: None) -> HttpResponse:
        return render(request, "accounts/forgot_sent.html", {"address": form.cleaned_data["email"]})

    response = perform(
        request, form, lambda: credentials.request_password_reset(request, form.cleaned_data["email"]), sent
    )
    return response or render(request, "accounts/forgot.html", {"form": form}, status=refusal_status(form))


@login_not_required
@never_cached
@sensitive_post_parameters("new_password")
@allow_get_and_post
def reset_password(request: HttpRequest) -> HttpResponse:
    """Choose a new password by a mailed link."""
    if (
        moved := move_token_to_cookie(request, RESET, "reset-password", settings.PASSWORD_RESET_TIMEOUT)
    ) is not None:
        return moved
    token = _token(request, RESET)
    user = attempt(lambda: email_tokens.read_reset_token(token))
    if isinstance(user, SiteError):
        return invalid_link_page(request, user, again="forgot-password")
    form = forms.NewPasswordForm(posted_data(request))

    def changed(_user: object) -> HttpResponse:
        messages.success(request, _("Password changed. Sign in with your new password."))
        return _redirect_after_use("login", RESET)

    response = perform(
        request,
        form,
        lambda: credentials.reset_password(request, token, form.cleaned_data["new_password"]),
        changed,
    )
    if response is not None:
        return response
    context = {"form": form, "account": user}
    return render(request, "accounts/reset_password.html", context, status=refusal_status(form))
