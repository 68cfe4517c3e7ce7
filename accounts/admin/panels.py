"""Panels that other apps add to an account's page in Django admin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from accounts.models import User

ContextBuilder = Callable[[HttpRequest, User], dict[str, object] | None]


@dataclass(frozen=True)
class AccountPanel:
    """A panel. ``build`` returns the template's context, ``None`` for callers who may not see the panel."""

    title: str | Promise
    template: str
    build: ContextBuilder


_panels: list[AccountPanel] = []


def register_account_panel(panel: AccountPanel) -> None:
    """Add a panel to every account's page."""
    _panels.append(panel)


def render_panels(request: HttpRequest, account: User) -> list[tuple[str | Promise, SafeString]]:
    """Return title and content of the panels that the caller may see."""
    built = [(panel, panel.build(request, account)) for panel in _panels]
    return [
        (panel.title, render_to_string(panel.template, context, request))
        for panel, context in built
        if context is not None
    ]
