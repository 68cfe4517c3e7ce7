"""Security headers that every answer carries, also those that nginx gives without asking the site."""

from __future__ import annotations

from django.conf import settings

# Segments may come from a bucket, everything else from here.
_BUCKET = f" {settings.S3_ORIGIN}" if settings.S3_ORIGIN else ""
# Styles may be inline because the player's components carry theirs in shadow roots; scripts never are.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    f"media-src 'self' blob:{_BUCKET}; worker-src 'self' blob:; connect-src 'self'{_BUCKET}; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=()"


def security_headers() -> dict[str, str]:
    """Return the headers that the middleware puts on every answer, by name."""
    found = {
        "Content-Security-Policy": CONTENT_POLICY,
        "Permissions-Policy": PERMISSIONS_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.SECURE_HSTS_SECONDS:
        subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
        found["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}"
    return found
