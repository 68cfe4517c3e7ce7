"""The web app manifest, with which the site can be installed (https://www.w3.org/TR/appmanifest/)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from streamsite.languages import direction
from streamsite.site_files import icons
from streamsite.site_settings import colors
from streamsite.site_settings.features import features
from streamsite.site_settings.identity import identity

CONTENT_TYPE = "application/manifest+json"


def build_manifest() -> dict[str, object]:
    """Return the manifest in the active language."""
    site, home = identity(), reverse("home")
    found: dict[str, object] = {
        "id": home,
        "name": site.name,
        "short_name": site.name,
        "lang": get_language(),
        "dir": direction(),
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "theme_color": site.accent_light,
        "background_color": colors.LIGHT.surfaces[0],
        "categories": ["entertainment", "video"],
        "icons": [
            _icon(icons.SMALL, 192),
            _icon(icons.LARGE, 512),
            _icon(icons.MASKABLE, 512) | {"purpose": "maskable"},
        ],
        "shortcuts": [{"name": name, "url": reverse(route)} for route, name in _shortcuts()],
    }
    return found | ({"description": site.description} if site.description else {})


def _icon(name: str, size: int) -> dict[str, str]:
    return {"src": icons.icon_url(name), "sizes": f"{size}x{size}", "type": "image/png"}


def _shortcuts() -> list[tuple[str, str]]:
    """Return URL name and label of the pages that an installed site offers, the most important first."""
    found = [("feed", _("Subscriptions")), ("watch-later", _("Watch later")), ("upload", _("Upload"))]
    return [*found, ("trending", _("Trending"))] if features().trending else found
