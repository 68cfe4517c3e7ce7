"""Shared by views of several objects."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest


def toggle_reaction(
    request: HttpRequest, current: str | None, give: Callable[[str], object], withdraw: Callable[[], object]
) -> None:
    """Give the reaction that a button sent, or withdraw it when the caller's ``current`` one is the same."""
    value = request.POST.get("value", "")
    if value == current:
        withdraw()
    else:
        give(value)
