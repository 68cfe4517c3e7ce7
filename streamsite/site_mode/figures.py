"""The mode at ``/metrics`` and on the dashboard of the admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from streamsite.admin_site import Section, register_section
from streamsite.metrics.registry import Family, Reading, Source, register_source
from streamsite.site_mode.section import SECTION
from streamsite.site_mode.state import Mode, site_mode
from streamsite.site_settings.views import PERMISSION

MODE = Family("streamsite_mode", "1 for the site's mode, 0 for the others.", ("mode",))


def _read() -> Reading:
    now = site_mode().mode
    return {MODE.name: {(mode.value,): mode == now for mode in Mode}}


def mode_context(request: HttpRequest) -> dict[str, object]:
    """Return the mode with the address of the page that changes it."""
    state = site_mode()
    return {
        "state": state,
        "label": Mode(state.mode).label,
        "url": reverse("site-settings-section", args=[SECTION.key]),
    }


register_source(Source((MODE,), _read, needs_database=False, seconds=1.0))
register_section(
    Section("mode", _("Site mode"), "admin/dashboard/mode.html", mode_context, (PERMISSION,), rank=15)
)
