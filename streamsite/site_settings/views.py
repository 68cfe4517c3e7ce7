"""``/admin/site/``: the pages on which staff change the site's settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from streamsite.cache_headers import IMMUTABLE
from streamsite.context import BANNER_COOKIE
from streamsite.errors import Absent
from streamsite.markdown_pages import render_text
from streamsite.site_settings import colors, history, live, pages, sections, services
from streamsite.site_settings.forms import SectionForm
from streamsite.site_settings.identity import identity
from streamsite.site_settings.sections import Section
from streamsite.view_actions import form_status, perform, posted_data, redirect_back, redirect_with_message
from streamsite.view_helpers import allow_get_and_post

PERMISSION = "streamsite.change_sitesettings"
MAX_ENTRIES = 20
BANNER_SECONDS = 365 * 86_400
View = Callable[..., HttpResponse]


def for_staff(view: View) -> Callable[..., HttpResponseBase]:
    """Let only staff with the permission call a view; others meet the admin's sign-in page or a 403."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded: Callable[..., HttpResponseBase] = admin.site.admin_view(checked)
    return guarded


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """List the sections and the latest changes."""
    document = live.current_document()
    rows = [
        {"section": section, "count": len(sections.stored_values(section, document))}
        for section in sections.all_sections()
    ]
    changes = history.latest(MAX_ENTRIES)
    return render(
        request, "site/overview.html", page_context(request, None) | {"rows": rows, "changes": changes}
    )


@allow_get_and_post
def section_page(request: HttpRequest, name: str) -> HttpResponse:
    """Show and change a section."""
    section = sections.find_section(name)
    if section is None:
        raise Absent
    if section.view is not None:
        return section.view(request, section)
    return section_response(request, section)


def section_response(request: HttpRequest, section: Section[Any]) -> HttpResponse:
    """Show and change a section with its form."""
    form = bound_form(request, section)
    name = request.POST.get("reset", "")
    if request.method == "POST" and name in section.names:
        return _reset(request, section, name)
    response = perform(
        request,
        form,
        form.save,
        lambda names: saved(request, section, names),
    )
    context = page_context(request, section) | {"form": form}
    return response or render(request, section.template, context, status=form_status(form))


def bound_form(request: HttpRequest, section: Section[Any]) -> SectionForm:
    """Return the section's form over the current values, bound to what was posted."""
    document = live.current_document()
    return section.form(
        section,
        sections.build(section, document),
        posted_data(request),
        request.FILES or None,
        stored=frozenset(sections.stored_values(section, document)),
    )


def saved(request: HttpRequest, section: Section[Any], names: list[str]) -> HttpResponse:
    """Note a change in the audit trail, and return to the section's page."""
    actor = request.user
    history.note(str(actor.pk), section, names)
    return redirect_with_message(request, _("Saved."), "site-settings-section", section.key)


def _reset(request: HttpRequest, section: Section[Any], name: str) -> HttpResponse:
    actor = request.user
    history.note(str(actor.pk), section, services.save(section, {}, reset=[name]))
    return redirect_with_message(request, _("Reset to the default."), "site-settings-section", section.key)


@login_not_required
@require_safe
def appearance(request: HttpRequest, light: str, dark: str) -> HttpResponse:
    """Return the style sheet of two accent colors. Its address says all that it contains."""
    content = colors.stylesheet(f"#{light}", f"#{dark}")
    return IMMUTABLE.set_on(HttpResponse(content, content_type="text/css; charset=utf-8"))


@login_not_required
@require_safe
def site_page(request: HttpRequest, name: str) -> HttpResponse:
    """Show one of the site's own pages; 404 while it has no text."""
    text, language = pages.find_text(name)
    if not text:
        raise Absent
    context = {
        "title": pages.TITLES[name],
        "content": render_text(text),
        "language": language,
        "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
    }
    return render(request, "site/page.html", context)


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Redirect to the page on which the site says how to get help; 404 while it has none."""
    found = pages.links(*pages.HELPFUL)
    if not found:
        raise Absent
    return redirect(found[0].url)


@login_not_required
@require_POST
def dismiss_banner(request: HttpRequest) -> HttpResponse:
    """Remember in a cookie that the viewer dismissed this announcement. A later one is shown again."""
    response = redirect_back(request, "home")
    mark = request.POST.get("mark", "")
    if mark == identity().banner_mark:
        response.set_cookie(
            BANNER_COOKIE,
            mark,
            max_age=BANNER_SECONDS,
            secure=settings.IS_HTTPS,
            httponly=True,
            samesite="Lax",
        )
    return response


def page_context(request: HttpRequest, section: Section[Any] | None) -> dict[str, object]:
    """Return the context of every page of the settings."""
    title = section.title if section else _("Site settings")
    return {
        **admin.site.each_context(request),
        "title": title,
        "subtitle": None,
        "section": section,
        "sections": sections.all_sections(),
    }
