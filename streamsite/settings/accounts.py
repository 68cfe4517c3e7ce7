"""Accounts, sessions and tokens."""

from __future__ import annotations

from datetime import timedelta

from streamsite import env
from streamsite.settings.base import IS_HTTPS, SITE_HOST, SITE_URL

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.LoginBackend"]
PASSWORD_HASHERS = [
    "accounts.password_hashing.Argon2Hasher",
    "accounts.password_hashing.PBKDF2Hasher",
]
PASSWORD_MIN_LENGTH = 10
PASSWORD_MAX_LENGTH = 4096
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "email", "full_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

SESSION_ENGINE = "accounts.session_engine"
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
# "__Host-": no other host or path, and no plain connection, can set it. Known to ``static/js/api.js`` as well.
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "streamsite.error_responses.csrf_failure"

# Defaults of the registration settings (``accounts.registration.rules``), which staff change at /admin/site/.
REGISTRATION = env.choice("REGISTRATION", "open", ("open", "approval", "invitation", "closed"))
LOGIN_REQUIRED = env.flag("LOGIN_REQUIRED")
UPLOADS = env.choice("UPLOADS", "everyone", ("everyone", "approved", "staff"))
ALLOWED_EMAIL_DOMAINS = env.hosts("ALLOWED_EMAIL_DOMAINS", ())
DENIED_EMAIL_DOMAINS = env.hosts("DENIED_EMAIL_DOMAINS", ())

PASSWORD_RESET_TIMEOUT = 30 * 60
EMAIL_LINK_SECONDS = 3 * 86_400
ERASE_AFTER_DAYS = env.integer("ERASE_AFTER_DAYS", 14, least=0, most=90)
# Publishing needs a verified address where mail can be sent: without a mail server nobody could get the link.
REQUIRE_VERIFIED_EMAIL = env.flag("REQUIRE_VERIFIED_EMAIL", bool(env.text("EMAIL_HOST")))
STAFF_NEED_TOTP = env.flag("STAFF_NEED_TOTP", IS_HTTPS)
# The domain that passkeys belong to: SITE_URL's host, or a domain above it that several sites share.
PASSKEY_DOMAIN = env.domain_above("PASSKEY_DOMAIN", SITE_HOST)
MAX_PASSKEYS_PER_USER = 20
API_TOKEN_MAX_DAYS = 366
MAX_API_TOKENS_PER_USER = 50

# How long requests that change nothing may know their caller from the request before: ``accounts.kept_callers``.
KEPT_CALLER_SECONDS = 2.0
ACCESS_TOKEN_SECONDS = env.integer("ACCESS_TOKEN_SECONDS", 600, least=30, most=3_600)
REFRESH_GRACE_SECONDS = 10
SESSION_LIFETIMES = {
    # Keyed by "remember me"; each pair is the idle and the absolute lifetime.
    True: (timedelta(days=14), timedelta(days=90)),
    False: (timedelta(hours=24), timedelta(days=7)),
}
MAX_SESSIONS_PER_USER = 50
TOKEN_LEEWAY_SECONDS = 5
TOKEN_AUDIENCE = f"{SITE_URL}/api"
SIMPLE_JWT = {
    "ALGORITHM": "EdDSA",
    "SIGNING_KEY": "",
    "ISSUER": SITE_URL,
    "AUDIENCE": TOKEN_AUDIENCE,
    "LEEWAY": TOKEN_LEEWAY_SECONDS,
    "ACCESS_TOKEN_LIFETIME": timedelta(seconds=ACCESS_TOKEN_SECONDS),
    "REFRESH_TOKEN_LIFETIME": SESSION_LIFETIMES[True][0],
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": False,
    "USER_ID_FIELD": "id",
    "USER_ID_CLAIM": "sub",
    "UPDATE_LAST_LOGIN": False,
    "AUTH_HEADER_TYPES": ("Bearer",),
}
