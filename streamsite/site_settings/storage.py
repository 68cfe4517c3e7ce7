"""How long the site keeps files that it could do without."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from streamsite.site_settings.live import read
from streamsite.site_settings.sections import setting

MAX_SOURCE_DAYS, MAX_TRASH_DAYS = 3_650, 365


@dataclass(frozen=True)
class StorageSettings:
    """Days that files are kept: original files once their video is ready (0: always), and what is in the trash."""

    source_days: int = setting(lambda: settings.SOURCE_DAYS, environment="SOURCE_DAYS")
    trash_days: int = setting(lambda: settings.TRASH_DAYS, environment="TRASH_DAYS")


def storage_settings() -> StorageSettings:
    """Return the settings as the database has them: what is deleted by them must not go by defaults."""
    return read(StorageSettings)
