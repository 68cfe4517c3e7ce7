"""The unsafe settings that a public site does not start with."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from streamsite import unsafe_settings
from streamsite.settings.api import THROTTLE_SCALE, TRUSTED_PROXIES
from streamsite.settings.base import DEBUG, IS_HTTPS, SECRET_KEY
from streamsite.settings.pages import BEHIND_TLS_PROXY

START_SETTINGS = unsafe_settings.StartSettings(
    is_public=IS_HTTPS,
    debug=DEBUG,
    secret_key=SECRET_KEY,
    throttle_scale=THROTTLE_SCALE,
    behind_tls_proxy=BEHIND_TLS_PROXY,
    trusted_proxies=TRUSTED_PROXIES,
)
if _unsafe := unsafe_settings.find_problems(START_SETTINGS):
    raise ImproperlyConfigured(unsafe_settings.refusal_message(_unsafe))
