"""The subscriptions app."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """Django's handle on the app."""

    name = "subscriptions"
    verbose_name = "Subscriptions"

    def ready(self) -> None:
        """Follow what happens to accounts, and put the subscribe button on the watch page."""
        from streamsite import copies
        from streamsite.mongo import counters, repairs
        from subscriptions import signals  # noqa: F401
        from subscriptions.copies import ALL as COPIES
        from subscriptions.counters import ALL
        from subscriptions.notifications import (  # noqa: F401
            comment_receivers,
            receivers,
        )
        from subscriptions.posts import integrations  # noqa: F401
        from subscriptions.queries import bell, shelf
        from subscriptions.repairs import ALL as REPAIRS
        from subscriptions.views.channels import watch_panel
        from videos import viewer_state
        from videos.hooks import home_page, watch_page

        copies.register(*COPIES)
        counters.register(*ALL)
        repairs.register(*REPAIRS)
        watch_page.register(watch_panel)
        viewer_state.register(bell)
        home_page.register(shelf)
