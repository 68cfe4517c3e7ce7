"""``/api/v1/webhooks``: addresses that get the events of the caller's channel, or for staff of the site."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.api.base import current_session_id, no_store, signed_in_user
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent, planned_id
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from subscriptions.webhooks import access, services
from subscriptions.webhooks.mappers import serialize_delivery, serialize_webhook
from subscriptions.webhooks.schemas import DeliveryDict, NewWebhookDict, WebhookDict
from subscriptions.webhooks.serializers import WebhookChangeSerializer, WebhookInputSerializer


def _recover_webhook(view: APIView, request: Request) -> Response | None:
    """Return the answer, without the secret, when the webhook of the request is there already."""
    webhook = access.webhooks_of(signed_in_user(request)).filter(pk=planned_id(request)).first()
    return None if webhook is None else _created(serialize_webhook(webhook))


def _created(body: WebhookDict) -> Response:
    response = Response(body, status=status.HTTP_201_CREATED)
    response["Location"] = f"/api/v1/webhooks/{body['id']}"
    return no_store(response)


class WebhooksView(APIView):
    """The caller's webhooks."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="webhooks",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[WebhookDict])},
    )
    def get(self, request: Request) -> Response:
        """List the caller's webhooks, newest first."""
        rows = access.webhooks_of(signed_in_user(request))
        return no_store(Response(paginate(request, rows, access.NEWEST).body(serialize_webhook)))

    @extend_schema(
        operation_id="webhooks_create",
        request=WebhookInputSerializer,
        responses={201: described(NewWebhookDict)},
    )
    @idempotent(recover=_recover_webhook, conceal=("secret",))
    def post(self, request: Request) -> Response:
        """Create a webhook; the response is the only one with its secret."""
        data = WebhookInputSerializer.from_body(request)
        user = signed_in_user(request)
        webhook, secret = services.create(
            user, data, session_id=current_session_id(request), webhook_id=planned_id(request)
        )
        audit.record("webhook_created", user.pk, request=request._request)
        made: NewWebhookDict = {**serialize_webhook(webhook), "secret": secret}
        return _created(made)


class WebhookView(APIView):
    """One webhook."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="webhooks_read", responses={200: described(WebhookDict)})
    def get(self, request: Request, webhook_id: str) -> Response:
        """Read a webhook."""
        return no_store(
            Response(serialize_webhook(access.webhook_for_owner(signed_in_user(request), webhook_id)))
        )

    @extend_schema(
        operation_id="webhooks_update",
        request=WebhookChangeSerializer,
        responses={200: described(WebhookDict)},
    )
    def patch(self, request: Request, webhook_id: str) -> Response:
        """Change, pause, or resume a webhook."""
        webhook = access.webhook_for_owner(signed_in_user(request), webhook_id)
        data = WebhookChangeSerializer.from_body(request)
        changed = services.update(webhook, data, session_id=current_session_id(request))
        return no_store(Response(serialize_webhook(changed)))

    @extend_schema(operation_id="webhooks_delete", responses={204: OpenApiResponse(description="Deleted")})
    def delete(self, request: Request, webhook_id: str) -> Response:
        """Delete a webhook and the record of what was sent to it."""
        user = signed_in_user(request)
        services.delete(access.webhook_for_owner(user, webhook_id))
        audit.record("webhook_deleted", user.pk, request=request._request)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class WebhookSecretView(APIView):
    """The secret of a webhook."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="webhooks_rotate_secret", request=None, responses={200: described(NewWebhookDict)}
    )
    def post(self, request: Request, webhook_id: str) -> Response:
        """Replace the secret; the former one signs as well for 24 hours."""
        user = signed_in_user(request)
        webhook, secret = services.rotate_secret(
            access.webhook_for_owner(user, webhook_id), session_id=current_session_id(request)
        )
        audit.record("webhook_secret_replaced", user.pk, request=request._request)
        return no_store(Response(serialize_webhook(webhook) | {"secret": secret}))


class WebhookTestView(APIView):
    """Test events."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="webhooks_test", request=None, responses={202: described(DeliveryDict)})
    @idempotent()
    def post(self, request: Request, webhook_id: str) -> Response:
        """Send a `webhook.test` event."""
        webhook = access.webhook_for_owner(signed_in_user(request), webhook_id)
        delivery = services.send_test(webhook)
        return no_store(Response(serialize_delivery(delivery), status=status.HTTP_202_ACCEPTED))


class DeliveriesView(APIView):
    """What was sent to a webhook."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="webhooks_deliveries",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[DeliveryDict])},
    )
    def get(self, request: Request, webhook_id: str) -> Response:
        """List the events of the last 7 days with request and answer, newest first."""
        webhook = access.webhook_for_owner(signed_in_user(request), webhook_id)
        page = paginate(request, access.deliveries_of(webhook), access.NEWEST)
        return no_store(Response(page.body(serialize_delivery)))


class RedeliverView(APIView):
    """One delivery, once more."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="webhooks_redeliver", request=None, responses={202: described(DeliveryDict)})
    def post(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        """Send an event again, with the same id and body."""
        webhook = access.webhook_for_owner(signed_in_user(request), webhook_id)
        delivery = services.redeliver(webhook, delivery_id)
        return no_store(Response(serialize_delivery(delivery), status=status.HTTP_202_ACCEPTED))
