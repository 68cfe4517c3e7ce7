"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Django's handle on the app."""

    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Connect the sign-in signals."""
        from accounts import signals  # noqa: F401
        from accounts.repairs import ALL
        from streamsite.mongo import repairs

        repairs.register(*ALL)
