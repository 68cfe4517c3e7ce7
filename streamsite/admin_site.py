"""The site of Django admin: models under headings, and a dashboard as its first page.

An admin names its heading by ``admin_group``, one of ``GROUPS``, and its place below it by ``admin_rank``. Apps add
sections to the dashboard by ``register_section``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONTENT, PEOPLE, MODERATION, SYSTEM = "content", "people", "moderation", "system"
GROUPS: dict[str, str | Promise] = {
    MODERATION: _("Moderation"),
    CONTENT: _("Content"),
    PEOPLE: _("People"),
    SYSTEM: _("System"),
}
LAST_RANK = 100


@dataclass(frozen=True)
class Section:
    """A section of the dashboard. ``build`` returns the context of ``template``, with few and bounded commands.

    It returns ``None`` when there is nothing to show.

    It is called for callers with one of ``permissions`` only. ``rank`` orders the sections.
    """

    name: str
    title: str | Promise
    template: str
    build: Callable[[HttpRequest], dict[str, object] | None]
    permissions: tuple[str, ...]
    rank: int = LAST_RANK
    is_wide: bool = False


@dataclass(frozen=True)
class Link:
    """A page below one of the headings that belongs to no model. ``url`` is the name of its URL."""

    url: str
    title: str | Promise
    group: str
    permission: str
    rank: int = 0


_sections: dict[str, Section] = {}
_links: dict[str, Link] = {}


def register_link(link: Link) -> None:
    """Add a page to the lists of models, for callers with its permission."""
    _links[link.url] = link


def register_section(section: Section) -> None:
    """Add a section to the dashboard."""
    _sections[section.name] = section


def sections_for(request: HttpRequest) -> list[dict[str, object]]:
    """Return the sections that the caller may see, with their contexts."""
    allowed = (
        section
        for section in sorted(_sections.values(), key=lambda section: section.rank)
        if any(request.user.has_perm(name) for name in section.permissions)
    )
    built = ((section, section.build(request)) for section in allowed)
    return [{"section": section, "context": context} for section, context in built if context is not None]


def _as_model(link: Link) -> dict[str, object]:
    """Return a link in the form that the templates of lists expect."""
    url = reverse(link.url)
    return {
        "name": link.title,
        "object_name": link.url,
        "admin_url": url,
        "add_url": None,
        "view_only": False,
    }


class SiteAdmin(admin.AdminSite):
    """The admin of the site."""

    index_template = "admin/dashboard.html"
    index_title = _("Dashboard")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, object]]:
        """Return the models that the caller may see under the headings of ``GROUPS``, or those of one app."""
        apps: list[dict[str, object]] = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        found: dict[str, list[tuple[int, str, dict[str, object]]]] = {name: [] for name in GROUPS}
        for app in apps:
            for model in app["models"]:  # type: ignore[attr-defined]
                registered = self._registry[model["model"]]
                group = getattr(registered, "admin_group", SYSTEM)
                rank = getattr(registered, "admin_rank", LAST_RANK)
                found[group].append((rank, str(model["name"]), model))
        for link in _links.values():
            if request.user.has_perm(link.permission):
                found[link.group].append((link.rank, str(link.title), _as_model(link)))
        return [
            {
                "name": title,
                "app_label": name,
                "app_url": "",
                "has_module_perms": True,
                "models": [model for _rank, _name, model in sorted(found[name], key=lambda row: row[:2])],
            }
            for name, title in GROUPS.items()
            if found[name]
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> TemplateResponse:
        """Show the dashboard."""
        context = {"dashboard": sections_for(request), **(extra_context or {})}
        return super().index(request, context)
