"""Settings: passkeys."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.current_user import page_session_id, signed_in_user
from accounts.passkeys import relying_party, services
from accounts.passkeys.forms import NewPasskeyForm
from accounts.reauthentication import ProofRequired
from accounts.views.reauthentication import confirm_first, redirect_to_confirmation
from streamsite.api.renderers import iso
from streamsite.cache_headers import never_cached
from streamsite.errors import SiteError
from streamsite.templatetags.streamsite import device
from streamsite.view_actions import (
    attempt,
    perform,
    perform_and_redirect,
    posted_data,
    redirect_with_message,
    refusal_status,
)
from streamsite.view_helpers import allow_get_and_post


@never_cached
@login_required
@allow_get_and_post
def settings_passkeys(request: HttpRequest) -> HttpResponse:
    """List the passkeys, and add one that the page's script has had made."""
    user = signed_in_user(request)
    initial = {"name": device(request.headers.get("User-Agent", ""))}
    form = NewPasskeyForm(posted_data(request), initial=initial)

    response = perform(
        request,
        form,
        lambda: services.add(request, user, session_id=page_session_id(request), **form.cleaned_data),
        lambda _made: redirect_with_message(request, _("Passkey added."), "settings-passkeys"),
        refused=partial(confirm_first, request.path),
    )
    if response is not None:
        return response
    listed = [
        {**row, "created_at": iso(row["created_at"]), "last_used_at": iso(row["last_used_at"])}
        for row in services.list_passkeys(user)
    ]
    context = {"form": form, "passkeys": listed, "is_available": relying_party.is_available()}
    return render(request, "accounts/settings_passkeys.html", context, status=refusal_status(form))


@login_required
@require_POST
def rename_passkey(request: HttpRequest, passkey_id: str) -> HttpResponse:
    """Rename a passkey."""
    return perform_and_redirect(
        request,
        lambda: services.rename(signed_in_user(request), passkey_id, request.POST.get("name", "")),
        _("Passkey renamed."),
        "settings-passkeys",
    )


@login_required
@require_POST
def remove_passkey(request: HttpRequest, passkey_id: str) -> HttpResponse:
    """Remove a passkey and sign every other device out."""
    user, session_id = signed_in_user(request), page_session_id(request)
    result = attempt(lambda: services.remove(request, user, passkey_id, session_id=session_id))
    if isinstance(result, ProofRequired):
        return redirect_to_confirmation(reverse("settings-passkeys"))
    if isinstance(result, SiteError):
        messages.error(request, result.detail)
        return redirect("settings-passkeys")
    done = _("Passkey removed. Your other devices were signed out.")
    return redirect_with_message(request, done, "settings-passkeys")
