"""The rules of visibility, and the one home of the words public, unlisted and private.

*Listed* means "may appear in lists, search, feeds and counts for everybody".
*Reachable* means "may be opened by somebody who has the link". Videos and playlists share the rule.
"""

from __future__ import annotations

from typing import Protocol

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Visibility(models.TextChoices):
    """The three states an owner can choose."""

    PUBLIC = "public", _("Public")
    UNLISTED = "unlisted", _("Unlisted")
    PRIVATE = "private", _("Private")


class Viewer(Protocol):
    """Whoever asks: a user or the anonymous user."""

    @property
    def is_authenticated(self) -> bool:
        """True when the viewer is signed in."""
        ...

    @property
    def pk(self) -> object:
        """The viewer's id; ``None`` for the anonymous user."""
        ...


def listed() -> Q:
    """Return the condition for rows that may appear in anyone's lists."""
    return Q(visibility=Visibility.PUBLIC)


def listed_match() -> dict[str, str]:
    """Return the same as ``listed`` for pipelines."""
    return {"visibility": Visibility.PUBLIC.value}


def unlisted_match() -> dict[str, str]:
    """Return the condition for rows that only those with the link may open, for pipelines."""
    return {"visibility": Visibility.UNLISTED.value}


def is_listed(visibility: str) -> bool:
    """Return whether a row of this visibility may appear in lists."""
    return visibility == Visibility.PUBLIC


def is_private(visibility: str) -> bool:
    """Return whether only the owner may open a row of this visibility."""
    return visibility == Visibility.PRIVATE


def is_linkable(visibility: str) -> bool:
    """Return whether anybody with the link may open a row of this visibility."""
    return visibility in {Visibility.PUBLIC, Visibility.UNLISTED}


def is_owner(viewer: Viewer, owner_id: str) -> bool:
    """Return whether ``viewer`` is signed in and owns the row."""
    return viewer.is_authenticated and viewer.pk == owner_id
