"""``/setup``: the page behind the one-time link of a new site."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import sign_in, web_sessions
from accounts.models import User
from accounts.registration import first_run
from accounts.registration.first_run import SetupLinkInvalid
from accounts.registration.forms import SetupForm
from accounts.views._links import move_token_to_cookie
from streamsite.cache_headers import never_cached
from streamsite.errors import Absent, SiteError
from streamsite.site_settings.identity import site_name
from streamsite.view_actions import attempt, form_status, perform, posted_data, redirect_with_message
from streamsite.view_helpers import allow_get_and_post

COOKIE = "setup_link"
COOKIE_SECONDS = 3600


@login_not_required
@never_cached
@sensitive_post_parameters("password")
@allow_get_and_post
def setup(request: HttpRequest) -> HttpResponse:
    """Name the site, create its administrator, choose who may sign up. Not there once the site is set up."""
    if first_run.has_staff():
        raise Absent
    if (moved := move_token_to_cookie(request, COOKIE, "setup", COOKIE_SECONDS)) is not None:
        return moved
    token = str(request.COOKIES.get(COOKIE, ""))
    refused = attempt(lambda: first_run.require_link(request, token), SetupLinkInvalid)
    if isinstance(refused, SiteError):
        return _invalid(request)
    form = SetupForm(posted_data(request), initial={"site_name": site_name()})

    def create() -> User:
        data = form.cleaned_data
        user = first_run.create_administrator(
            request, token=token, username=data["username"], email=data["email"], password=data["password"]
        )
        first_run.save_choices(user, site_name=data["site_name"], mode=data["mode"])
        return user

    def other_was_faster(error: SiteError) -> HttpResponse | None:
        if isinstance(error, Absent):
            raise error
        return _invalid(request) if isinstance(error, SetupLinkInvalid) else None

    response = perform(request, form, create, lambda user: _done(request, user), refused=other_was_faster)
    return response or render(request, "registration/setup.html", {"form": form}, status=form_status(form))


def _done(request: HttpRequest, user: User) -> HttpResponse:
    """Sign the administrator in and lead on to the settings, or first to the second factor that they may need."""
    web_sessions.sign_in(request, user, remember=False, amr=sign_in.PASSWORD_ONLY)
    if settings.STAFF_NEED_TOTP:
        sentence = _("Your site is ready. Turn on two-factor authentication to open its administration.")
        response = redirect_with_message(request, sentence, "settings-security")
    else:
        response = redirect_with_message(request, _("Your site is ready."), "site-settings")
    response.delete_cookie(COOKIE, path=request.path)
    return response


def _invalid(request: HttpRequest) -> HttpResponse:
    return render(request, "registration/setup_invalid.html", status=SetupLinkInvalid.status)
