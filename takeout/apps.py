"""The takeout app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TakeoutConfig(AppConfig):
    """Django's configuration of the app."""

    name = "takeout"
    verbose_name = _("Export and import")

    def ready(self) -> None:
        """Connect receivers."""
        from takeout import receivers  # noqa: F401
