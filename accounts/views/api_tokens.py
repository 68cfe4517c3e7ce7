"""Settings: personal API tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import api_tokens, audit, forms, tasks
from accounts.models import User
from accounts.reauthentication import ProofRequired
from accounts.views.reauthentication import redirect_to_confirmation
from accounts.web_sessions import SESSION_KEY
from streamsite.errors import SiteError
from streamsite.view_helpers import add_form_errors

# What was typed before the identity had to be confirmed, kept in the page's session: {name, scopes, days}.
DRAFT_KEY = "api_token_draft"


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def api_tokens_page(request: HttpRequest) -> HttpResponse:
    """The tokens; a new one's text is shown in the answer to its making and never again."""
    user = cast(User, request.user)
    form = forms.ApiTokenForm(request.POST or None, initial=request.session.pop(DRAFT_KEY, None))
    made = ""
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            ends = timezone.now() + timedelta(days=int(data["days"]))
            try:
                token, made = api_tokens.create(
                    user,
                    session_id=request.session.get(SESSION_KEY),
                    name=data["name"],
                    scopes=data["scopes"],
                    expires_at=ends,
                )
            except ProofRequired:
                request.session[DRAFT_KEY] = data
                return redirect_to_confirmation(request.path)
            except SiteError as error:
                add_form_errors(form, error)
            else:
                audit.record("api_token_created", user.pk, request=request)
                tasks.enqueue_mail("api_token_created", user, token_name=token.name)
                form = forms.ApiTokenForm()
                status = 201
    rows = api_tokens.current_tokens(user).order_by(*api_tokens.NEWEST)
    context = {"form": form, "made": made, "tokens": [api_tokens.serialize(row) for row in rows]}
    return render(request, "accounts/settings_api_tokens.html", context, status=status)


@login_required
@require_POST
def revoke_api_token(request: HttpRequest, token_id: str) -> HttpResponse:
    """Delete a token: programs that use it are refused at once."""
    user = cast(User, request.user)
    if api_tokens.revoke(user.pk, token_id):
        audit.record("api_token_revoked", user.pk, request=request)
        messages.success(request, "The token is deleted.")
    return redirect("settings-api-tokens")
