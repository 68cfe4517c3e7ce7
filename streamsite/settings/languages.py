"""Languages of pages, emails and API messages."""

from __future__ import annotations

from streamsite.settings.base import BASE_DIR, IS_HTTPS

LANGUAGE_CODE = "en"
# Each by its own name. docs/translating.md says what else a new language needs.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
LANGUAGE_COOKIE_NAME = "__Host-language" if IS_HTTPS else "language"
LANGUAGE_COOKIE_AGE = 365 * 86_400
LANGUAGE_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
