"""``DOMAIN`` as the settings read it: the address of a site that ``script/server`` serves under a name."""

from __future__ import annotations

from streamsite import env
from streamsite.front.caddy.names import DomainError, PublicName, parse_name

HTTPS_PORT = 443


def site_url() -> str:
    """Return the site's address by ``DOMAIN`` and ``HTTPS_PORT``, "" without them.

    Raise ``ImproperlyConfigured`` for what is no name.
    """
    given = env.text("DOMAIN")
    if not given:
        return ""
    try:
        return url_of(parse_name(given), env.integer("HTTPS_PORT", HTTPS_PORT, least=1, most=65_535))
    except DomainError as error:
        raise env.invalid_value("DOMAIN", str(error)) from error


def url_of(name: PublicName, https_port: int) -> str:
    """Return the address of a site with this name and port."""
    return f"https://{name.in_url}" + ("" if https_port == HTTPS_PORT else f":{https_port}")
