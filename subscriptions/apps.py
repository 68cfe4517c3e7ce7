"""The subscriptions app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubscriptionsConfig(AppConfig):
    """Django's configuration of the app."""

    name = "subscriptions"
    verbose_name = _("Subscriptions")

    def ready(self) -> None:
        """Connect receivers; register counters, repairs, the subscribe button, and the home page's shelf."""
        from streamsite import copied_texts
        from streamsite.mongo import counters, repairs
        from subscriptions import receivers as app_receivers  # noqa: F401
        from subscriptions.copies import COPIES
        from subscriptions.counters import COUNTERS
        from subscriptions.notifications import (  # noqa: F401
            comment_receivers,
            receivers,
        )
        from subscriptions.notifications.push import receivers as push_receivers  # noqa: F401
        from subscriptions.posts import integrations  # noqa: F401
        from subscriptions.posts import receivers as post_receivers  # noqa: F401
        from subscriptions.queries import feed_shelf, notify_stages
        from subscriptions.repairs import REPAIRS
        from subscriptions.views.channels import channel_context
        from subscriptions.webhooks import receivers as webhook_receivers  # noqa: F401
        from videos import viewer_state
        from videos.hooks import home_page, watch_page

        copied_texts.register_copies(*COPIES)
        counters.register_counters(*COUNTERS)
        repairs.register_repairs(*REPAIRS)
        watch_page.register_context_builder(channel_context)
        viewer_state.register_viewer_state_provider(notify_stages)
        home_page.register_shelf(feed_shelf, rank=20)
