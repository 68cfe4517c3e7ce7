"""The context of every template about the site."""

from django.conf import settings
from django.http import HttpRequest

from streamsite import origin
from streamsite.site_mode import state
from streamsite.site_settings import pages
from streamsite.site_settings.features import features
from streamsite.site_settings.identity import identity

BANNER_COOKIE = "banner"


def site(request: HttpRequest) -> dict[str, object]:
    """Return the site's name, address, identity and mode, and whether this viewer is to see the announcement."""
    found, mode = identity(), state.site_mode()
    return {
        "site_name": found.name,
        "site_url": origin.current(),
        "site_identity": found,
        "site_pages": pages.links,
        "site_features": features(),
        "imports_enabled": settings.IMPORTS_ENABLED,
        "site_mode": mode,
        "site_mode_text": state.banner_text(mode),
        "shows_banner": found.has_banner and request.COOKIES.get(BANNER_COOKIE) != found.banner_mark,
    }
