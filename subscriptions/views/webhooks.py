"""Studio pages of webhooks: the list, and one webhook with what was sent to it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.current_user import page_session_id, signed_in_user
from accounts.reauthentication import ProofRequired
from accounts.views.reauthentication import redirect_to_confirmation
from streamsite.api.pagination import paginate
from streamsite.cache_headers import never_cached
from streamsite.errors import SiteError
from streamsite.view_actions import (
    attempt,
    form_status,
    perform,
    perform_and_redirect,
    posted_data,
    redirect_with_message,
)
from streamsite.view_helpers import allow_get_and_post
from subscriptions.models import Webhook
from subscriptions.webhooks import access, services
from subscriptions.webhooks.events import EVENTS
from subscriptions.webhooks.forms import NewWebhookForm, WebhookForm

# In the page's session: the form as it was when the identity had to be confirmed first, by the page's path.
DRAFT_KEY = "webhook_draft"


def _take_draft(request: HttpRequest) -> dict[str, object] | None:
    drafts: dict[str, dict[str, object]] = request.session.pop(DRAFT_KEY, None) or {}
    return drafts.get(request.path)


def _confirm_first(request: HttpRequest, form: WebhookForm, error: SiteError) -> HttpResponse | None:
    """Keep the form and redirect to the page that asks if the error is that a proof is too old, else ``None``."""
    if not isinstance(error, ProofRequired):
        return None
    request.session[DRAFT_KEY] = {request.path: form.cleaned_data}
    return redirect_to_confirmation(request.path)


@never_cached
@login_required
@allow_get_and_post
def webhooks_page(request: HttpRequest) -> HttpResponse:
    """List the caller's webhooks and create one, whose secret only the answer to its creation shows."""
    user = signed_in_user(request)
    form = NewWebhookForm(posted_data(request), user=user, initial=_take_draft(request))

    def created(found: tuple[Webhook, str]) -> HttpResponse:
        webhook, secret = found
        audit.record("webhook_created", user.pk, request=request)
        return _webhook_page(request, webhook, WebhookForm.of(webhook), secret=secret, status=201)

    response = perform(
        request,
        form,
        lambda: services.create(user, form.cleaned_data, session_id=page_session_id(request)),
        created,
        refused=lambda error: _confirm_first(request, form, error),
    )
    context = {"form": form, "webhooks": access.webhooks_of(user).order_by(*access.NEWEST)}
    return response or render(request, "webhooks/list.html", context, status=form_status(form))


@never_cached
@login_required
@allow_get_and_post
def webhook_page(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Show a webhook and its deliveries, and change it."""
    webhook = access.webhook_for_owner(signed_in_user(request), webhook_id)
    form = WebhookForm.of(webhook, posted_data(request), draft=_take_draft(request))
    response = perform(
        request,
        form,
        lambda: services.update(webhook, form.cleaned_data, session_id=page_session_id(request)),
        lambda changed: redirect_with_message(request, _("Changes saved."), "studio-webhook", changed.pk),
        refused=lambda error: _confirm_first(request, form, error),
    )
    return response or _webhook_page(request, webhook, form, status=form_status(form))


def _webhook_page(
    request: HttpRequest, webhook: Webhook, form: WebhookForm, *, secret: str = "", status: int = 200
) -> HttpResponse:
    page = paginate(request, access.deliveries_of(webhook), access.NEWEST, absolute=False)
    context = {
        "webhook": webhook,
        "form": form,
        "secret": secret,
        "page": page,
        "labels": [EVENTS[name] for name in webhook.events if name in EVENTS],
    }
    return render(request, "webhooks/webhook.html", context, status=status)


@never_cached
@login_required
@require_POST
def replace_secret(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Replace the secret, which only this answer shows."""
    user = signed_in_user(request)
    webhook = access.webhook_for_owner(user, webhook_id)
    renewed = attempt(
        lambda: services.rotate_secret(webhook, session_id=page_session_id(request)), ProofRequired
    )
    if isinstance(renewed, SiteError):
        return redirect_to_confirmation(reverse("studio-webhook", args=[webhook.pk]))
    webhook, secret = renewed
    audit.record("webhook_secret_replaced", user.pk, request=request)
    return _webhook_page(request, webhook, WebhookForm.of(webhook), secret=secret)


@login_required
@require_POST
def change_state(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Pause or resume a webhook."""
    webhook = access.webhook_for_owner(signed_in_user(request), webhook_id)
    is_paused = request.POST.get("paused") == "1"
    return perform_and_redirect(
        request,
        lambda: services.update(webhook, {"paused": is_paused}),
        _("Webhook paused.") if is_paused else _("Webhook resumed."),
        f"/studio/webhooks/{webhook.pk}",
    )


@login_required
@require_POST
def send_test(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Send a test event."""
    webhook = access.webhook_for_owner(signed_in_user(request), webhook_id)
    return perform_and_redirect(
        request,
        lambda: services.send_test(webhook),
        _("Test event queued. Reload the page to see the answer."),
        f"/studio/webhooks/{webhook.pk}",
    )


@login_required
@require_POST
def redeliver(request: HttpRequest, webhook_id: str, delivery_id: str) -> HttpResponse:
    """Send an event again."""
    webhook = access.webhook_for_owner(signed_in_user(request), webhook_id)
    return perform_and_redirect(
        request,
        lambda: services.redeliver(webhook, delivery_id),
        _("Event queued again. Reload the page to see the answer."),
        f"/studio/webhooks/{webhook.pk}",
    )


@login_required
@require_POST
def delete_webhook(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Delete a webhook with its deliveries."""
    user = signed_in_user(request)
    services.delete(access.webhook_for_owner(user, webhook_id))
    audit.record("webhook_deleted", user.pk, request=request)
    return redirect_with_message(request, _("Webhook deleted."), "studio-webhooks")
