"""Settings: personal API tokens."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import api_tokens, audit, forms, tasks
from accounts.current_user import page_session_id, signed_in_user
from accounts.models import ApiToken, User
from accounts.reauthentication import ProofRequired
from accounts.views.reauthentication import redirect_to_confirmation
from streamsite.cache_headers import never_cached
from streamsite.errors import SiteError
from streamsite.view_actions import form_status, perform, posted_data, redirect_with_message
from streamsite.view_helpers import allow_get_and_post

# In the page's session: the form as it was when the identity had to be confirmed first: {name, scopes, days}.
DRAFT_KEY = "api_token_draft"


@never_cached
@login_required
@allow_get_and_post
def api_tokens_page(request: HttpRequest) -> HttpResponse:
    """List the tokens and create one, whose text only the answer to its creation shows."""
    user = signed_in_user(request)
    form = forms.ApiTokenForm(posted_data(request), initial=request.session.pop(DRAFT_KEY, None))

    def created(found: tuple[ApiToken, str]) -> HttpResponse:
        token, text = found
        audit.record("api_token_created", user.pk, request=request)
        tasks.enqueue_mail("api_token_created", user, token_name=token.name)
        return _page(request, forms.ApiTokenForm(), text, status=201)

    def confirm_first(error: SiteError) -> HttpResponse | None:
        if not isinstance(error, ProofRequired):
            return None
        request.session[DRAFT_KEY] = form.cleaned_data
        return redirect_to_confirmation(request.path)

    response = perform(request, form, lambda: _create(request, user, form), created, refused=confirm_first)
    return response or _page(request, form, status=form_status(form))


def _create(request: HttpRequest, user: User, form: forms.ApiTokenForm) -> tuple[ApiToken, str]:
    data = form.cleaned_data
    return api_tokens.create(
        user,
        session_id=page_session_id(request),
        name=data["name"],
        scopes=data["scopes"],
        expires_at=timezone.now() + timedelta(days=int(data["days"])),
    )


def _page(
    request: HttpRequest, form: forms.ApiTokenForm, new_text: str = "", *, status: int = 200
) -> HttpResponse:
    rows = api_tokens.current_tokens(signed_in_user(request)).order_by(*api_tokens.NEWEST)
    context = {"form": form, "new_token": new_text, "tokens": [api_tokens.serialize(row) for row in rows]}
    return render(request, "accounts/settings_api_tokens.html", context, status=status)


@login_required
@require_POST
def revoke_api_token(request: HttpRequest, token_id: str) -> HttpResponse:
    """Delete a token: programs that use it are refused at once."""
    user = signed_in_user(request)
    if not api_tokens.revoke(user.pk, token_id):
        return redirect("settings-api-tokens")
    audit.record("api_token_revoked", user.pk, request=request)
    return redirect_with_message(request, _("Token deleted."), "settings-api-tokens")
