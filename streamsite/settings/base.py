"""Folders and the address of the site; every other module of settings starts from these."""

from __future__ import annotations

from pathlib import Path

from streamsite import env, running_site
from streamsite.front.caddy import domain

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env.load_dotenv(BASE_DIR / ".env")

DATA_DIR = env.folder("STREAMSITE_DATA_DIR", BASE_DIR / "var")
KEYS_DIR = env.folder("STREAMSITE_KEYS_DIR", DATA_DIR / "keys")
TOKEN_KEYS_DIR = KEYS_DIR / "tokens"
MEDIA_ROOT = DATA_DIR / "media"
WORK_DIR = DATA_DIR / "work"
FILE_UPLOAD_TEMP_DIR = str(WORK_DIR / "incoming")

DEBUG = env.flag("DEBUG")
# The defaults of what staff may change at /admin/site/.
SITE_NAME = env.text("SITE_NAME", "Streamsite")
SITE_DESCRIPTION = env.text("SITE_DESCRIPTION")
SECURITY_CONTACT = env.contact("SECURITY_CONTACT")
_site = env.server_url(
    "SITE_URL",
    domain.site_url() or running_site.read(DATA_DIR) or "http://localhost:8000",
    example="https://video.example.org",
)
SITE_URL = _site.geturl()
IS_HTTPS = _site.scheme == "https"
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
# Set by ``script/server --host``: this machine's addresses and names in its network, as a Host header has them.
NETWORK_HOSTS = () if IS_HTTPS else tuple(env.text_list("STREAMSITE_NETWORK_HOSTS"))
# Without brackets where it is an IPv6 address.
SITE_HOST = str(_site.hostname)
_site_host = f"[{SITE_HOST}]" if ":" in SITE_HOST else SITE_HOST
if not IS_HTTPS and _site_host not in {*LOOPBACK_HOSTS, *NETWORK_HOSTS}:
    raise env.invalid_value(
        "SITE_URL",
        "plain http is accepted for localhost only, and with script/server --host for this machine's own addresses; "
        "use https://",
    )
ALLOWED_HOSTS = [
    *env.hosts("ALLOWED_HOSTS", (_site_host, *(() if IS_HTTPS else LOOPBACK_HOSTS))),
    *NETWORK_HOSTS,
]
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS", (SITE_URL,) if IS_HTTPS else ())
SECRET_KEY = env.secret("SECRET_KEY", KEYS_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.text_list("SECRET_KEY_FALLBACKS")
