"""Sign-in by identity providers: to the provider, back, the sign-up of somebody new, and proofs of identity."""

from __future__ import annotations

import logging
import time
from typing import TypedDict

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import sign_in, web_sessions
from accounts.current_user import page_session_id, signed_in_user
from accounts.models import User
from accounts.oidc import flow, providers, services, states
from accounts.oidc.errors import OidcFailed
from accounts.oidc.forms import ProviderSignUpForm
from accounts.oidc.id_token import Claims
from accounts.oidc.states import State
from accounts.registration import admission, rules
from accounts.views.deletion import offer_restore
from accounts.views.sign_in import PROVIDER_KEY, begin_second_step
from streamsite.cache_headers import never_cached
from streamsite.errors import Absent, Forbidden, SiteError, Throttled
from streamsite.oidc_provider import OidcProvider
from streamsite.rate_limits import REGISTER, enforce, throttle_key
from streamsite.view_actions import attempt, form_status, perform, posted_data
from streamsite.view_helpers import allow_get_and_post, safe_next

logger = logging.getLogger("streamsite.oidc")

# In the page's session, for some minutes: somebody new whom a provider has named, or who is to be linked to an account.
NEW_KEY, LINK_KEY = "oidc_new", "oidc_link"
PENDING_SECONDS = 900


class PendingIdentity(TypedDict):
    """A person at a provider, until they choose a username or confirm the link. ``at`` is in seconds since 1970."""

    provider: str
    issuer: str
    subject: str
    values: dict[str, object]
    next: str
    remember: bool
    at: float


@login_not_required
@never_cached
@require_safe
def oidc_start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to a provider: to sign in, or for the account that is signed in to link it or as a proof.

    A link and not a form: the content policy lets forms lead nowhere else, also by a redirect. Nothing happens to an
    account until somebody comes back.
    """
    provider = providers.find(provider_id)
    intent = request.GET.get("intent", flow.SIGN_IN)
    if intent not in flow.INTENTS:
        raise Absent
    target = safe_next(request, "/")
    if intent == flow.SIGN_IN and request.user.is_authenticated:
        return redirect(target)
    user_id = signed_in_user(request).pk if intent != flow.SIGN_IN else ""
    state = State(intent=intent, next=target, user=user_id, remember=request.GET.get("remember") == "on")
    browser = states.browser_of(request)
    url = attempt(lambda: flow.start(request, provider, state, browser), OidcFailed)
    if isinstance(url, SiteError):
        return _failed_page(request, provider, url)
    response = HttpResponseRedirect(url)
    states.set_browser(response, browser)
    return response


@login_not_required
@never_cached
@require_safe
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take somebody back from a provider."""
    provider = providers.find(provider_id)
    found = attempt(lambda: flow.finish(request, provider))
    if isinstance(found, Throttled):
        raise found
    if isinstance(found, SiteError):
        return _failed_page(request, provider, found)
    if found.state["intent"] == flow.SIGN_IN:
        return _sign_in(request, provider, found)
    if not request.user.is_authenticated or request.user.pk != found.state["user"]:
        return _failed_page(request, provider, OidcFailed("another account is signed in by now"))
    if found.state["intent"] == flow.LINK:
        request.session[LINK_KEY] = _pending(provider, found)
        return redirect("settings-providers-confirm")
    return _prove(request, provider, found)


def _sign_in(request: HttpRequest, provider: OidcProvider, found: flow.Return) -> HttpResponse:
    """Sign the person in, or let somebody new choose a username."""
    if request.user.is_authenticated:
        return redirect(found.state["next"])
    user = services.find_user(found.claims)
    if user is None:
        refused = attempt(lambda: services.require_sign_up(provider))
        if isinstance(refused, SiteError):
            return _failed_page(request, provider, refused)
        request.session.cycle_key()
        request.session[NEW_KEY] = _pending(provider, found)
        return redirect("oidc-register")
    account = attempt(lambda: sign_in.require_active(request, user))
    if isinstance(account, sign_in.AccountClosed):
        return offer_restore(request, account.user)
    if isinstance(account, SiteError):
        return _failed_page(request, provider, account)
    services.apply_groups(request, account, provider, found.claims)
    return _enter(request, account, provider, found.claims, found.state["next"], found.state["remember"])


def _enter(
    request: HttpRequest, user: User, provider: OidcProvider, claims: Claims, target: str, remember: bool
) -> HttpResponse:
    """Sign in, or ask for the code of the account's second factor first."""
    if (
        second := begin_second_step(request, user, remember, target, first=sign_in.PROVIDER_ONLY)
    ) is not None:
        return second
    web_sessions.sign_in(
        request, user, remember=remember, amr=sign_in.PROVIDER_ONLY, is_proof=services.is_fresh(claims)
    )
    request.session[PROVIDER_KEY] = provider.id
    return redirect(target)


def _prove(request: HttpRequest, provider: OidcProvider, found: flow.Return) -> HttpResponse:
    """Take a password that was just given to the provider for a proof of identity."""
    user = signed_in_user(request)
    proved = attempt(lambda: services.prove(request, user, found.claims, session_id=page_session_id(request)))
    if isinstance(proved, SiteError):
        return _failed_page(request, provider, proved)
    return redirect(found.state["next"])


@login_not_required
@never_cached
@allow_get_and_post
def oidc_register(request: HttpRequest) -> HttpResponse:
    """Let somebody whom a provider has named choose a username, and make their account."""
    pending = read_pending(request, NEW_KEY)
    if pending is None or request.user.is_authenticated:
        request.session.pop(NEW_KEY, None)
        messages.info(request, _("Your sign-in timed out. Please sign in again."))
        return redirect("login")
    provider, claims = providers.find(pending["provider"]), claims_of(pending)
    form = ProviderSignUpForm(
        posted_data(request),
        claims=claims,
        needs_invitation=rules.current().mode == rules.Mode.INVITATION,
    )
    invitation = request.POST.get("invitation", "")
    admitted = attempt(lambda: admission.admit(invitation), Forbidden)
    if isinstance(admitted, admission.RegistrationClosed):
        return _failed_page(request, provider, admitted)

    def create() -> User:
        enforce(REGISTER, throttle_key(request))
        return services.sign_up(request, provider, claims, **form.cleaned_data)

    def welcome(user: User) -> HttpResponse:
        del request.session[NEW_KEY]
        if user.is_waiting:
            return redirect("register-waiting")
        services.apply_groups(request, user, provider, claims)
        return _enter(request, user, provider, claims, pending["next"], pending["remember"])

    response = perform(request, form, create, welcome)
    context = {
        "form": form,
        "provider": provider,
        "name": services.display_name(claims),
        "must_wait": not isinstance(admitted, SiteError) and admitted.must_wait,
    }
    return response or render(request, "accounts/oidc_register.html", context, status=form_status(form))


def _pending(provider: OidcProvider, found: flow.Return) -> PendingIdentity:
    """Return the person as the page's session keeps them: the claims that are used, and no token."""
    kept = ("email", "email_verified", "preferred_username", "name", provider.groups_claim)
    values = {name: found.claims.values[name] for name in kept if name in found.claims.values}
    return PendingIdentity(
        provider=provider.id,
        issuer=found.claims.issuer,
        subject=found.claims.subject,
        values=values | {"auth_time": found.claims.auth_time},
        next=found.state["next"],
        remember=found.state["remember"],
        at=time.time(),
    )


def read_pending(request: HttpRequest, key: str) -> PendingIdentity | None:
    """Return the person that the page's session keeps under ``key``, ``None`` after some minutes."""
    pending: PendingIdentity | None = request.session.get(key)
    return None if pending is None or time.time() - pending["at"] > PENDING_SECONDS else pending


def claims_of(pending: PendingIdentity) -> Claims:
    """Return the claims of a person whom the page's session keeps."""
    auth_time = pending["values"].get("auth_time")
    return Claims(
        pending["issuer"],
        pending["subject"],
        auth_time if isinstance(auth_time, int) else None,
        pending["values"],
    )


def _failed_page(request: HttpRequest, provider: OidcProvider, error: SiteError) -> HttpResponse:
    """Say that it did not work. The reason is for the log: it may be an attacker's doing."""
    if isinstance(error, OidcFailed):
        logger.warning("sign-in by %s failed: %s", provider.id, error.reason)
    sentence = error.page_detail or error.detail
    context = {"provider": provider, "sentence": sentence, "back": reverse("login")}
    return render(request, "accounts/oidc_failed.html", context, status=error.status)
