"""Forms of the webhook pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from subscriptions.models import Webhook, WebhookScope
from subscriptions.models.webhook import MAX_URL_LENGTH
from subscriptions.webhooks.events import EVENTS
from subscriptions.webhooks.services import MAX_DESCRIPTION_LENGTH

Data = Mapping[str, object] | None


class WebhookForm(forms.Form):
    """The fields of a webhook."""

    url = forms.CharField(
        label=_("Address"),
        max_length=MAX_URL_LENGTH,
        help_text=_("Where events are sent by POST. It must be reachable from the internet."),
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://", "dir": "ltr"}
        ),
    )
    description = forms.CharField(label=_("Description"), max_length=MAX_DESCRIPTION_LENGTH, required=False)
    events = forms.MultipleChoiceField(
        label=_("Events"), choices=list(EVENTS.items()), widget=forms.CheckboxSelectMultiple
    )

    @classmethod
    def of(cls, webhook: Webhook, data: Data = None, *, draft: Data = None) -> WebhookForm:
        """Return the form of a stored webhook, with what ``draft`` has in place of what is stored."""
        stored = {"url": webhook.url, "description": webhook.description, "events": webhook.events}
        return cls(data, initial=stored | dict(draft or {}))


class NewWebhookForm(WebhookForm):
    """A new webhook; staff choose its scope."""

    scope = forms.ChoiceField(
        label=_("Events of"), choices=WebhookScope.choices, initial=WebhookScope.CHANNEL, required=False
    )

    def __init__(self, data: Data = None, *, user: User, initial: Data = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        if not user.is_staff:
            del self.fields["scope"]
