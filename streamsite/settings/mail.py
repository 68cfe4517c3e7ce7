"""Outgoing mail."""

from __future__ import annotations

from streamsite import env
from streamsite.mail import options
from streamsite.settings.base import DATA_DIR, SITE_HOST, SITE_NAME

_mail = options.read_options()
EMAIL_HOST, EMAIL_PORT, EMAIL_SECURITY = _mail.host, _mail.port, _mail.security
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
DEFAULT_FROM_EMAIL = options.default_sender(SITE_NAME, SITE_HOST)
# Seconds to connect, and for each answer of the mail server.
EMAIL_TIMEOUT = env.integer("EMAIL_TIMEOUT", 10, least=1, most=120)
EMAIL_BACKEND = f"streamsite.mail.backends.{'SmtpBackend' if EMAIL_HOST else 'EmlFileBackend'}"
EMAIL_FILE_PATH = DATA_DIR / "mail"
