"""Settings: the identity providers that sign in to the account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.current_user import page_session_id, signed_in_user
from accounts.oidc import providers, services, store
from accounts.reauthentication import ProofRequired
from accounts.views.oidc import LINK_KEY, claims_of, read_pending
from accounts.views.reauthentication import redirect_to_confirmation
from streamsite.api.renderers import iso
from streamsite.cache_headers import never_cached
from streamsite.errors import SiteError
from streamsite.view_actions import attempt, redirect_with_message
from streamsite.view_helpers import allow_get_and_post


@never_cached
@login_required
@require_safe
def settings_providers(request: HttpRequest) -> HttpResponse:
    """List the providers that are connected, and those that can be."""
    rows = store.list_for_user(signed_in_user(request).pk)
    linked = [
        {
            "id": row["_id"],
            "label": services.provider_label(row),
            "name": row["name"],
            "last_used_at": iso(row["last_used_at"]),
        }
        for row in rows
    ]
    issuers = {row["issuer"] for row in rows}
    others = [one for one in providers.all_providers() if one.issuer not in issuers]
    return render(request, "accounts/settings_providers.html", {"linked": linked, "others": others})


@never_cached
@login_required
@allow_get_and_post
def confirm_link(request: HttpRequest) -> HttpResponse:
    """Ask whether to connect the person who came back from a provider, and do so: a link alone must not."""
    pending = read_pending(request, LINK_KEY)
    if pending is None:
        request.session.pop(LINK_KEY, None)
        return redirect("settings-providers")
    provider, claims = providers.find(pending["provider"]), claims_of(pending)
    if request.method != "POST":
        context = {"provider": provider, "name": services.display_name(claims)}
        return render(request, "accounts/settings_providers_confirm.html", context)
    user, session_id = signed_in_user(request), page_session_id(request)
    result = attempt(lambda: services.link(request, user, provider, claims, session_id=session_id))
    if isinstance(result, ProofRequired):
        return redirect_to_confirmation(request.path)
    del request.session[LINK_KEY]
    if isinstance(result, SiteError):
        messages.error(request, result.detail)
        return redirect("settings-providers")
    return redirect_with_message(
        request, _("%(provider)s connected.") % {"provider": provider.label}, "settings-providers"
    )


@login_required
@require_POST
def unlink(request: HttpRequest, identity_id: str) -> HttpResponse:
    """Disconnect a provider and sign every other device out."""
    user, session_id = signed_in_user(request), page_session_id(request)
    result = attempt(lambda: services.unlink(request, user, identity_id, session_id=session_id))
    if isinstance(result, ProofRequired):
        return redirect_to_confirmation(reverse("settings-providers"))
    if isinstance(result, SiteError):
        messages.error(request, result.detail)
        return redirect("settings-providers")
    done = _("Disconnected. Your other devices were signed out.")
    return redirect_with_message(request, done, "settings-providers")
