"""The playlists app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlaylistsConfig(AppConfig):
    """Django's configuration of the app."""

    name = "playlists"
    verbose_name = _("Playlists")

    def ready(self) -> None:
        """Connect receivers; register the queue, Watch later, shelves, search, oEmbed, sitemap, and bulk action."""
        from playlists import oembed, queries, receivers, store, studio_action  # noqa: F401
        from playlists.channel_shelf import SHELF
        from playlists.copies import COPIES
        from playlists.counters import COUNTERS
        from playlists.repairs import REPAIRS
        from playlists.search import FINDER
        from playlists.sitemap import SECTION
        from playlists.video_imports import HOOK
        from playlists.views.play import queue_context
        from streamsite import copied_texts
        from streamsite.mongo import counters, repairs
        from subscriptions.channel_page import shelf_types
        from videos import viewer_state
        from videos.hooks import watch_page
        from videos.imports import playlist_hook
        from videos.search import finders
        from videos.studio.bulk_actions import register_action
        from videos.syndication import sitemaps

        copied_texts.register_copies(*COPIES)
        counters.register_counters(*COUNTERS)
        repairs.register_repairs(*REPAIRS)
        shelf_types.register_shelf_type(SHELF)
        finders.register_finder(FINDER)
        sitemaps.register_section(SECTION)
        playlist_hook.register_playlists(HOOK)
        watch_page.register_context_builder(queue_context)
        register_action("playlist", studio_action.ACTION)
        viewer_state.register_viewer_state_provider(
            lambda user_id, video: store.watch_later_stages(queries.watch_later_id(user_id), video.pk)
        )
