"""Writes of a channel's front page arrangement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from streamsite.errors import Invalid, SiteError, Stale
from subscriptions.channel_page import store
from subscriptions.channel_page.shelf_types import get_shelf_type
from subscriptions.models import ChannelPage
from videos.access import video_for_editing

MAX_SHELVES = 8


def arrange(owner: User, data: Mapping[str, object], *, expected_version: int | None = None) -> ChannelPage:
    """Set ``featured`` and ``trailer`` (ids of the owner's videos, or ``""``), and ``shelves``, each if given.

    ``shelves`` is ``[{"kind", "value"}]``.

    Raises ``Invalid`` with field errors, and ``Stale`` if the page is no longer at ``expected_version`` (0: never
    arranged).
    """
    changes = clean_arrangement(owner, data) | {"updated_at": timezone.now()}
    empty: dict[str, object] = {"featured": "", "trailer": "", "shelves": []}
    defaults = {name: value for name, value in empty.items() if name not in changes}
    if expected_version == 0:
        applied = store.insert(owner.pk, defaults | changes)
    else:
        applied = store.update(owner.pk, changes, defaults, expected_version)
    if not applied:
        raise Stale
    return ChannelPage.objects.get(pk=owner.pk)


def clean_arrangement(owner: User, data: Mapping[str, object]) -> dict[str, object]:
    """Return those of ``featured``, ``trailer`` and ``shelves`` that ``data`` has, as they are stored.

    Raises ``Invalid`` with field errors.
    """
    clean: dict[str, object] = {}
    for name in ("featured", "trailer"):
        if name in data:
            clean[name] = _clean_video(owner, name, data[name])
    if "shelves" in data:
        clean["shelves"] = _clean_shelves(owner, data["shelves"])
    return clean


def preview(owner: User, data: Mapping[str, object]) -> ChannelPage:
    """Return the unsaved page that ``arrange`` would store for a complete arrangement. Raises ``Invalid``."""
    clean = clean_arrangement(owner, data)
    return ChannelPage(
        user_id=owner.pk,
        featured=cast(str, clean["featured"]),
        trailer=cast(str, clean["trailer"]),
        shelves=clean["shelves"],
    )


def delete_for_user(user_id: str) -> None:
    """Delete a deleted account's arrangement."""
    ChannelPage.objects.filter(pk=user_id).delete()


def _clean_video(owner: User, name: str, value: object) -> str:
    if value in ("", None):
        return ""
    try:
        return video_for_editing(owner, str(value)).pk
    except SiteError:
        raise Invalid(
            _("That video wasn't found."),
            fields={name: [_("Choose one of your videos, or leave this empty.")]},
        ) from None


def _clean_shelves(owner: User, value: object) -> list[dict[str, str]]:
    if not isinstance(value, list) or len(value) > MAX_SHELVES:
        raise Invalid(
            _("Please fix the errors below."),
            fields={
                "shelves": [
                    ngettext("Add up to %(limit)d section.", "Add up to %(limit)d sections.", MAX_SHELVES)
                    % {"limit": MAX_SHELVES}
                ]
            },
        )
    clean: list[dict[str, str]] = []
    for row in value:
        if not isinstance(row, dict) or not isinstance(row.get("value", ""), str):
            raise Invalid(
                _("Please fix the errors below."),
                fields={"shelves": [_("Each section must be an object with “kind” and “value”.")]},
            )
        kind = get_shelf_type(row.get("kind"))
        shelf = {"kind": kind.name, "value": kind.clean(owner, row.get("value", ""))}
        if shelf not in clean:
            clean.append(shelf)
    return clean
