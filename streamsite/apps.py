"""The project package as an app: commands, template tags and checks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StreamsiteConfig(AppConfig):
    """Makes the folders of the data folder and registers the project's system checks."""

    name = "streamsite"
    verbose_name = _("System")

    def ready(self) -> None:
        """Make missing folders, whatever process this is, name models, and import what registers itself."""
        from streamsite import (
            checks,  # noqa: F401
            folder_checks,  # noqa: F401
            folders,
            model_names,
        )
        from streamsite.backup import last_backup_time
        from streamsite.doctor import clocks  # noqa: F401
        from streamsite.metrics import site_figures
        from streamsite.mongo import checks as mongo_checks  # noqa: F401
        from streamsite.site_mode import examination, figures, section  # noqa: F401
        from streamsite.site_settings import (  # noqa: F401
            features_section,
            identity_form,
            pages_section,
            storage_section,
        )
        from streamsite.tasks import job_totals  # noqa: F401

        site_figures.register_backup_time(last_backup_time)
        model_names.apply()
        folders.create_missing_if_possible()
