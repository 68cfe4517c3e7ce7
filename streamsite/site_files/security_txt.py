"""Where to report security problems (RFC 9116)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse

from streamsite.site_settings import pages

# The RFC recommends less than a year. It moves on by itself: what is served was true today.
GOOD_FOR = timedelta(days=180)


def build_security_txt() -> str:
    """Return the file, "" when the site names nobody. Web addresses in it must be https, says the RFC."""
    contacts = [settings.SECURITY_CONTACT] if settings.SECURITY_CONTACT else []
    if settings.IS_HTTPS:
        contacts += [f"{settings.SITE_URL}{page.url}" for page in pages.links("contact")]
    if not contacts:
        return ""
    expires = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + GOOD_FOR
    lines = [f"Contact: {contact}" for contact in contacts]
    lines.append(f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}")
    if settings.IS_HTTPS:
        lines.append(f"Canonical: {settings.SITE_URL}{reverse('security-txt')}")
    return "".join(f"{line}\n" for line in lines)
