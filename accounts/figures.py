"""The figures of accounts for the dashboard of the admin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts import image_storage
from accounts.models import User
from streamsite.figures.files import iter_file_sizes
from streamsite.figures.registry import DailyCount, StorageKinds

IMAGES = "images"


def count_sign_ups(since: datetime, until: datetime) -> int:
    """Return how many accounts were created from ``since`` to before ``until``."""
    return User.objects.filter(created_at__gte=since, created_at__lt=until).count()


def _measure() -> Iterator[tuple[str, int]]:
    for _path, size in iter_file_sizes(image_storage.folder_path("")):
        yield IMAGES, size


SIGN_UPS = DailyCount("signups", _("Sign-ups"), count_sign_ups)
STORAGE = StorageKinds({IMAGES: _("Profile and post images")}, _measure)
