"""Who may see what: the one home of the words public, unlisted and private.

*Listed* means "may appear in lists, search, feeds and counts for everybody".
*Reachable* means "may be opened by somebody who has the link". Videos and playlists share the rule.
"""

from __future__ import annotations

from typing import Protocol

from django.db import models
from django.db.models import Q


class Visibility(models.TextChoices):
    """The three states an owner can choose."""

    PUBLIC = "public", "Public"
    UNLISTED = "unlisted", "Unlisted"
    PRIVATE = "private", "Private"


class Viewer(Protocol):
    """Whoever asks: a user or the anonymous user."""

    @property
    def is_authenticated(self) -> bool: ...

    @property
    def pk(self) -> object: ...


def listed() -> Q:
    """Rows that may appear in anybody's lists."""
    return Q(visibility=Visibility.PUBLIC)


def listed_match() -> dict[str, str]:
    """The same as ``listed`` for pipelines."""
    return {"visibility": Visibility.PUBLIC.value}


def unlisted_match() -> dict[str, str]:
    """Rows that only those with the link may open, for pipelines."""
    return {"visibility": Visibility.UNLISTED.value}


def linkable() -> Q:
    """Rows that anybody with the link may open."""
    return Q(visibility__in=[Visibility.PUBLIC, Visibility.UNLISTED])


def is_listed(visibility: str) -> bool:
    """Whether a row of this visibility may appear in lists."""
    return visibility == Visibility.PUBLIC


def is_private(visibility: str) -> bool:
    """Whether only the owner may open a row of this visibility."""
    return visibility == Visibility.PRIVATE


def is_linkable(visibility: str) -> bool:
    """Whether anybody with the link may open a row of this visibility."""
    return visibility in {Visibility.PUBLIC, Visibility.UNLISTED}


def is_owner(viewer: Viewer, owner_id: str) -> bool:
    """Whether ``viewer`` is signed in and owns the row."""
    return viewer.is_authenticated and viewer.pk == owner_id
