"""The site's icon by size: the one that staff uploaded, else the product's."""

from __future__ import annotations

from django.templatetags.static import static

from streamsite.site_settings.identity import identity, image_url

FAVICON, MASKABLE = "favicon.ico", "maskable-512.png"
TOUCH, SMALL, LARGE = "icon-180.png", "icon-192.png", "icon-512.png"


def icon_url(name: str) -> str:
    """Return the path of the icon's file ``name``, one of this module's constants."""
    return image_url(identity().icon, name) or static(f"images/icons/{name}")
