"""The figures of accounts for the dashboard of the admin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import auth_session_store, image_storage
from accounts.models import User
from streamsite.figures.files import iter_file_sizes
from streamsite.figures.registry import DailyCount, StorageKinds
from streamsite.metrics.registry import Family, Reading, Source

IMAGES = "images"
LIVE_SESSIONS = Family("streamsite_sessions", "Signed-in devices whose session has not ended.")


def count_sign_ups(since: datetime, until: datetime) -> int:
    """Return how many accounts were created from ``since`` to before ``until``."""
    return User.objects.filter(created_at__gte=since, created_at__lt=until).count()


def _measure() -> Iterator[tuple[str, int]]:
    for _path, size in iter_file_sizes(image_storage.folder_path("")):
        yield IMAGES, size


def _count_sessions() -> Reading:
    return {LIVE_SESSIONS.name: {(): auth_session_store.count_live(timezone.now())}}


SESSIONS = Source((LIVE_SESSIONS,), _count_sessions, seconds=60.0)
SIGN_UPS = DailyCount("signups", _("Sign-ups"), count_sign_ups)
STORAGE = StorageKinds({IMAGES: _("Profile and post images")}, _measure)
