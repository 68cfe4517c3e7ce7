"""Static files and headers of pages."""

from __future__ import annotations

from streamsite import assets, env
from streamsite.settings.base import BASE_DIR, DATA_DIR, DEBUG, IS_HTTPS

STATICFILES_DIRS = [BASE_DIR / "static"]
# Each version of the files has addresses of its own; while developing, they are served as they are at the moment.
_SOURCES = [BASE_DIR / "static", BASE_DIR / "requirements.txt", BASE_DIR / "streamsite" / "assets.py"]
STATIC_VERSION = "" if DEBUG else assets.compute_version(_SOURCES)
STATIC_URL = f"/static/{STATIC_VERSION}/" if STATIC_VERSION else "/static/"
ASSETS_DIR = DATA_DIR / "assets"
STATIC_ROOT = ASSETS_DIR / "static" / STATIC_VERSION
WHITENOISE_ROOT = None if DEBUG else ASSETS_DIR
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 60
WHITENOISE_IMMUTABLE_FILE_TEST = assets.IMMUTABLE
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "streamsite.assets.CompressedStorage"},
}
TIME_ZONE = "UTC"
USE_TZ = True
PAGE_SIZE = 20
# How often each process looks whether staff changed the site's settings.
SITE_SETTINGS_POLL_SECONDS = 4.0

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_INCLUDE_SUBDOMAINS")
BEHIND_TLS_PROXY = env.flag("BEHIND_TLS_PROXY")
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = IS_HTTPS

# Whether all subdomains are https as well, and whether browsers are to ship that, is for the domain's owner to say. The
# folder for uploads is made by every process that takes some, so it is not missing before the first start.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "files.E001"]
