"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Django's handle on the app."""

    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Connect the sign-in signals, and register repairs and the pictures that belong to the database."""
        from accounts import (
            image_storage,
            signals,  # noqa: F401
        )
        from accounts.repairs import ALL
        from streamsite import site_id, trash
        from streamsite.mongo import repairs

        repairs.register(*ALL)
        trash.register(lambda: image_storage.folder_path(""), depth=1, is_named=image_storage.is_named)
        site_id.register(
            "pictures",
            there=image_storage.names_on_disk,
            known=image_storage.known,
            expects=image_storage.is_expected,
        )
