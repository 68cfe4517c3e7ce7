"""The page that asks for the password or a code again before an action that needs a recent proof of identity."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from accounts import credentials, forms, totp
from accounts.current_user import page_session_id, signed_in_user
from accounts.models import User
from accounts.oidc import providers
from accounts.oidc import store as identity_store
from accounts.passkeys import services as passkeys
from accounts.passkeys.forms import PasskeyForm
from accounts.reauthentication import ProofRequired
from streamsite.cache_headers import never_cached
from streamsite.errors import SiteError
from streamsite.view_actions import perform, posted_data, refusal_status
from streamsite.view_helpers import allow_get_and_post, safe_next


def _linked_issuers(user: User) -> set[str]:
    return {row["issuer"] for row in identity_store.list_for_user(user.pk)}


def redirect_to_confirmation(back: str) -> HttpResponse:
    """Redirect to the page that asks, which returns people to the path ``back``."""
    return redirect(f"{reverse('settings-confirm')}?{urlencode({'next': back})}")


def confirm_first(back: str, error: SiteError) -> HttpResponse | None:
    """Return the redirect to the page that asks if the error is that a proof is too old, else ``None``."""
    return redirect_to_confirmation(back) if isinstance(error, ProofRequired) else None


@never_cached
@sensitive_post_parameters("current_password", "otp")
@login_required
@allow_get_and_post
def confirm_identity(request: HttpRequest) -> HttpResponse:
    """Take the password, a two-factor code, or a passkey once more and return to ``next``."""
    user = signed_in_user(request)
    target = safe_next(request, reverse("settings-security"))
    passkey_form = PasskeyForm(request.POST) if "credential" in request.POST else None
    asked_form = forms.IdentityForm(
        None if passkey_form else posted_data(request), has_factor=totp.is_enabled(user.pk)
    )
    form = passkey_form or asked_form
    response = perform(
        request,
        form,
        lambda: credentials.confirm_identity(
            request, user, session_id=page_session_id(request), **form.proof
        ),
        lambda _: redirect(target),
    )
    if response is not None:
        return response
    context = {
        "form": asked_form,
        "passkey_form": passkey_form,
        "has_passkeys": passkeys.can_use(user),
        "providers": [one for one in providers.all_providers() if one.issuer in _linked_issuers(user)],
        "next": target,
    }
    return render(request, "accounts/settings_confirm.html", context, status=refusal_status(form))
