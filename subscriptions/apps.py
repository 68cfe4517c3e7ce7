"""The subscriptions app."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """Django's handle on the app."""

    name = "subscriptions"
    verbose_name = "Subscriptions"
