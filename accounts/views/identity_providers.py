"""``/admin/identity-providers/``: the providers that people sign in by. For superusers, whom no provider makes."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.current_user import page_session_id, signed_in_user
from accounts.oidc import flow, providers
from accounts.oidc.staff_forms import ProviderForm, values_of
from accounts.reauthentication import ProofRequired, require_recent_proof
from accounts.registration.views.staff import admin_context, staff_page
from accounts.views.reauthentication import confirm_first, redirect_to_confirmation
from streamsite.cache_headers import never_cached
from streamsite.errors import Absent, SiteError
from streamsite.oidc_provider import OidcProvider
from streamsite.view_actions import attempt, form_status, perform, posted_data, redirect_with_message
from streamsite.view_helpers import allow_get_and_post


@staff_page(providers.PERMISSION)
@never_cached
@sensitive_post_parameters("client_secret")
@allow_get_and_post
def identity_providers(request: HttpRequest) -> HttpResponse:
    """List the providers, and add one."""
    form = ProviderForm(posted_data(request))
    return _save(request, form, None)


@staff_page(providers.PERMISSION)
@never_cached
@sensitive_post_parameters("client_secret")
@allow_get_and_post
def identity_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Change a provider that was added here."""
    provider = providers.find(provider_id)
    if providers.is_fixed(provider_id):
        raise Absent
    form = ProviderForm(posted_data(request), initial=values_of(provider))
    del form.fields["name"]
    return _save(request, form, provider)


def _save(request: HttpRequest, form: ProviderForm, provider: OidcProvider | None) -> HttpResponse:
    user = signed_in_user(request)

    def save() -> OidcProvider:
        require_recent_proof(user, page_session_id(request))
        name = provider.id if provider is not None else form.cleaned_data["name"]
        return providers.save(name, form.cleaned_data, actor=user, request=request, is_new=provider is None)

    def done(_saved: OidcProvider) -> HttpResponse:
        return redirect_with_message(request, _("Saved."), "identity-providers")

    response = perform(request, form, save, done, refused=partial(confirm_first, request.path))
    if response is not None:
        return response
    rows = [
        {
            "id": one.id,
            "label": one.label,
            "issuer": one.issuer,
            "callback": flow.callback_url(one),
            "is_fixed": providers.is_fixed(one.id),
        }
        for one in providers.all_providers()
    ]
    context = admin_context(request, _("Identity providers")) | {
        "form": form,
        "provider": provider,
        "rows": rows,
    }
    return render(request, "admin/identity_providers.html", context, status=form_status(form))


@staff_page(providers.PERMISSION)
@require_POST
def remove_identity_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Remove a provider that was added here."""
    user = signed_in_user(request)

    def remove() -> None:
        require_recent_proof(user, page_session_id(request))
        providers.remove(provider_id, actor=user, request=request)

    result = attempt(remove, ProofRequired)
    if isinstance(result, SiteError):
        return redirect_to_confirmation(reverse("identity-providers"))
    return redirect_with_message(request, _("Provider removed."), "identity-providers")
