"""The context of every template about the site."""

from django.http import HttpRequest

from streamsite import origin
from streamsite.site_settings.identity import site_name


def site(request: HttpRequest) -> dict[str, str]:
    """Return the site's name and address."""
    return {"site_name": site_name(), "site_url": origin.current()}
