"""Images of the site's identity. The app that processes and stores images registers how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import IO

from streamsite.site_settings import sections, store
from streamsite.site_settings.identity import IMAGE_NAMES, Identity

Prepared = Mapping[str, Mapping[str, bytes]]
Prepare = Callable[[Mapping[str, IO[bytes]]], Prepared]
Store = Callable[[Prepared], AbstractContextManager[dict[str, str]]]
_handlers: tuple[Prepare, Store] | None = None


def use(prepare_images: Prepare, store_images: Store) -> None:
    """Register the functions that process and store images."""
    global _handlers
    _handlers = prepare_images, store_images


def stored(given: Mapping[str, IO[bytes]]) -> AbstractContextManager[dict[str, str]]:
    """Process and store images; yield the ids of their folders. They are deleted if the block fails."""
    if _handlers is None:
        raise LookupError("no app stores images")
    prepare_images, store_images = _handlers
    return store_images(prepare_images(given))


def stored_folders() -> set[str]:
    """Return the folders that the settings in the database refer to."""
    identity = sections.build(sections.section_of(Identity), store.find())
    return {folder for name in IMAGE_NAMES if (folder := getattr(identity, name))}
