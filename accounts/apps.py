"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Django's configuration of the app."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Connect receivers; register repairs, settings, and the image folders that belong to the database."""
        from accounts import (
            backup_references,
            examination,  # noqa: F401
            image_storage,
            receivers,  # noqa: F401
            site_images,
        )
        from accounts.figures import SESSIONS, SIGN_UPS, STORAGE
        from accounts.registration import section  # noqa: F401
        from accounts.repairs import REPAIRS
        from streamsite import site_id, trash
        from streamsite.backup import references
        from streamsite.figures import registry
        from streamsite.metrics.registry import register_source
        from streamsite.mongo import repairs

        repairs.register_repairs(*REPAIRS)
        registry.register_daily_count(SIGN_UPS)
        registry.register_storage(STORAGE)
        register_source(SESSIONS)
        site_images.register()
        references.register_references("accounts_user", backup_references.profile_images)
        trash.register_reference_check(
            lambda: image_storage.folder_path(""), depth=1, is_named=image_storage.is_referenced
        )
        site_id.register_witness(
            "pictures",
            iter_names=image_storage.folders_on_disk,
            find_known=image_storage.referenced_folders,
            expects_files=image_storage.expects_images,
        )
