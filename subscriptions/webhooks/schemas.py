"""API responses of the webhook endpoints."""

from __future__ import annotations

from typing import Annotated, TypedDict

from streamsite.api.json_types import Timestamp, choices
from subscriptions.models import DeliveryError, DeliveryState, DisabledBecause, WebhookScope, WebhookState
from subscriptions.webhooks.events import EVENTS, TEST

EVENT_CHOICES = choices(sorted(EVENTS))


class WebhookDict(TypedDict):
    """A webhook."""

    id: str
    url: str
    description: str
    events: Annotated[list[str], "Names of events, such as `video.ready`."]
    scope: Annotated[str, choices(WebhookScope.choices)]
    state: Annotated[str, choices(WebhookState.choices)]
    disabled_because: Annotated[str | None, choices(DisabledBecause.choices)]
    failing_since: Annotated[Timestamp | None, "The first failure after the last delivery."]
    delivered_at: Annotated[Timestamp | None, "The last delivery."]
    former_secret_until: Annotated[Timestamp | None, "Until when the replaced secret signs as well."]
    created_at: Timestamp


class NewWebhookDict(WebhookDict):
    """A webhook with its secret, which is shown once."""

    secret: Annotated[str, "Begins with `whsec_`; the libraries of Standard Webhooks take it as it is."]


class DeliveryAnswerDict(TypedDict):
    """A receiver's answer."""

    status: int
    body: Annotated[str, "The first 4,096 bytes."]


class DeliveryDict(TypedDict):
    """An event on its way to a webhook."""

    id: Annotated[str, "The `webhook-id` of the request, the same at every try."]
    type: Annotated[str, choices(sorted([*EVENTS, TEST]))]
    state: Annotated[str, choices(DeliveryState.choices)]
    tries: int
    created_at: Timestamp
    next_try_at: Timestamp | None
    sent_at: Annotated[Timestamp | None, "The last try."]
    duration: Annotated[float | None, "Seconds that the last try took."]
    request: Annotated[str, "The request's body."]
    response: DeliveryAnswerDict | None
    error: Annotated[str | None, choices(DeliveryError.choices)]
