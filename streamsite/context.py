"""The context of every template about the site."""

from django.conf import settings
from django.http import HttpRequest

from streamsite import origin


def site(request: HttpRequest) -> dict[str, str]:
    """Return the site's name and address."""
    return {"site_name": settings.SITE_NAME, "site_url": origin.current()}
