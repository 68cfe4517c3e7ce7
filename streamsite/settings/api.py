"""The JSON API: limits, other origins, REST framework, the schema."""

from __future__ import annotations

from streamsite import cors, env

MAX_JSON_BYTES = 2_000_000
# The largest body of a page or of JSON; ``streamsite.bodies.rules`` names the routes that take more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_HANDLERS = ["streamsite.bodies.handlers.MemoryHandler"]
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
THROTTLE_SCALE = env.integer("STREAMSITE_THROTTLE_SCALE", 1, least=1, most=1_000_000)
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, least=0, most=10)
# Set by script/server for a site that only its own nginx reaches: one more that adds to X-Forwarded-For.
BEHIND_FRONT = env.flag("STREAMSITE_FRONT")
FORWARDED_HOPS = TRUSTED_PROXIES + BEHIND_FRONT
# A reader that takes nothing for this long is cut: by nginx, or by the site itself where there is none.
WRITE_TIMEOUT_SECONDS = env.integer("WRITE_TIMEOUT_SECONDS", 30, least=2, most=600)
# How long the same bytes answer every visitor who asks for the same: see ``streamsite.kept_answers``.
KEPT_ANSWER_SECONDS = 1.0
# How long requests that only read may use documents of accounts, videos and playlists again: see
# ``streamsite.mongo.engine.kept_documents``.
KEPT_ROW_SECONDS = 1.0
# Pages of other sites that may call the API with a bearer token: exact origins. Cookies never go along.
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = cors.API_METHODS
CORS_ALLOW_HEADERS = cors.API_REQUEST_HEADERS
CORS_EXPOSE_HEADERS = cors.API_RESPONSE_HEADERS
CORS_PREFLIGHT_MAX_AGE = cors.PREFLIGHT_SECONDS
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.ApiTokenAuthentication",
        "accounts.authentication.PageSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["streamsite.api.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["streamsite.api.parsing.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "streamsite.api.renderers.JsonNegotiation",
    "DEFAULT_THROTTLE_CLASSES": ["streamsite.api.throttling.GroupThrottle"],
    "EXCEPTION_HANDLER": "streamsite.api.errors.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "streamsite.api.schema.StreamsiteSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Streamsite API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PUBLIC": True,
    "DEFAULT_GENERATOR_CLASS": "streamsite.api.document.generator.DocumentGenerator",
    "POSTPROCESSING_HOOKS": [],
}
