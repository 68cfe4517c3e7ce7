"""The images of the site's identity, processed and stored like those of accounts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import IO

from accounts import icon_files, image_processing, image_storage
from streamsite.errors import Invalid
from streamsite.site_files.icons import LARGE
from streamsite.site_settings import images


def prepare(given: Mapping[str, IO[bytes]]) -> dict[str, dict[str, bytes]]:
    """Return the files of each image by its kind. Raises ``Invalid`` or ``TooLarge`` with errors on the kinds."""
    prepared: dict[str, dict[str, bytes]] = {}
    problems: dict[str, list[str]] = {}
    for kind, content in given.items():
        try:
            prepared[kind] = image_processing.prepare_image(
                content, image_processing.SITE_IMAGES[kind], field=kind
            )
        except Invalid as error:
            problems |= error.fields or {}
    if problems:
        raise Invalid(fields=problems)
    if "icon" in prepared:
        prepared["icon"] |= icon_files.extra_files(prepared["icon"][LARGE])
    return prepared


def store(prepared: Mapping[str, Mapping[str, bytes]]) -> AbstractContextManager[dict[str, str]]:
    """Store images, and delete them again if what follows fails; yield the ids of their folders by kind."""
    return image_storage.stored_images(prepared)


def register() -> None:
    """Give the site's settings their images, and keep the cleanup from taking them."""
    images.use(prepare, store)
    image_storage.register_folder_lookup(
        lambda folders: folders & images.stored_folders(), expects=lambda: bool(images.stored_folders())
    )
