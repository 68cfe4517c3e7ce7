"""The subscriptions app."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """Django's handle on the app."""

    name = "subscriptions"
    verbose_name = "Subscriptions"

    def ready(self) -> None:
        """Follow what happens to accounts, and put the subscribe button on the watch page."""
        from streamsite import copies
        from streamsite.mongo import counters
        from subscriptions import signals  # noqa: F401
        from subscriptions.copies import ALL as COPIES
        from subscriptions.counters import ALL
        from subscriptions.notifications import receivers  # noqa: F401
        from subscriptions.posts import wiring  # noqa: F401
        from subscriptions.queries import bell, shelf
        from subscriptions.views.channels import watch_panel
        from videos import panels, relations, shelves

        copies.register(*COPIES)
        counters.register(*ALL)
        panels.register(watch_panel)
        relations.register(bell)
        shelves.register(shelf)
