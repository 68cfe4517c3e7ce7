"""The project package as an app: commands, template tags and checks."""

from django.apps import AppConfig


class StreamsiteConfig(AppConfig):
    """Registers the project's system checks."""

    name = "streamsite"
    verbose_name = "Streamsite"

    def ready(self) -> None:
        """Import what registers itself."""
        from streamsite import checks, folder_checks  # noqa: F401
        from streamsite.mongo import checks as mongo_checks  # noqa: F401
