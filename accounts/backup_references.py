"""Folders of images that rows of accounts name, for the verification of backups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accounts.image_processing import PROFILE_IMAGES


def profile_images(document: dict[str, Any]) -> Iterator[str]:
    """Yield the folders of an account's avatar and cover."""
    for kind in PROFILE_IMAGES:
        if folder := document.get(kind):
            yield f"media/profiles/{folder}/"
