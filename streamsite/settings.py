"""Settings, all of them from the environment through ``streamsite.env``; see ``.env.example``.

A wrong value stops the start with the variable's name. Secrets may come from files (``NAME_FILE``).
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from streamsite import assets, cors, env, posture
from streamsite.mail import options as mail_options
from streamsite.mail import retry_schedule as mail_schedule
from streamsite.mongo import uri as mongodb_uri
from videos.transcoding.profiles import AV1, H264, PRESETS, STANDARD_SHORT_SIDES, VP9, Profile

BASE_DIR = Path(__file__).resolve().parent.parent
env.load_dotenv(BASE_DIR / ".env")

# --- where things are kept ----------------------------------------------------------------------
DATA_DIR = env.folder("STREAMSITE_DATA_DIR", BASE_DIR / "var")
KEYS_DIR = env.folder("STREAMSITE_KEYS_DIR", DATA_DIR / "keys")
TOKEN_KEYS_DIR = KEYS_DIR / "tokens"
MEDIA_ROOT = DATA_DIR / "media"
WORK_DIR = DATA_DIR / "work"
FILE_UPLOAD_TEMP_DIR = str(WORK_DIR / "incoming")

# --- the site's address -------------------------------------------------------------------------
DEBUG = env.flag("DEBUG")
SITE_NAME = "Streamsite"
_site = env.server_url("SITE_URL", "http://localhost:8000", example="https://video.example.org")
SITE_URL = _site.geturl()
IS_HTTPS = _site.scheme == "https"
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
# Set by ``script/server --host``: this machine's addresses and names in its network, as a Host header has them.
NETWORK_HOSTS = () if IS_HTTPS else tuple(env.text_list("STREAMSITE_NETWORK_HOSTS"))
_site_host = _site.hostname or ""
_site_host = f"[{_site_host}]" if ":" in _site_host else _site_host
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

# --- applications -------------------------------------------------------------------------------
INSTALLED_APPS = [
    "accounts",
    "videos",
    "playlists",
    "subscriptions",
    "streamsite",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "corsheaders",
    "django_tasks",
]

MIDDLEWARE = [
    # Probes ask for an address, and nothing may refuse them.
    "streamsite.health.HealthMiddleware",
    "streamsite.middleware.RequestIdMiddleware",
    "streamsite.front.middleware.FrontMiddleware",
    "streamsite.origin.OriginMiddleware",
    "streamsite.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "streamsite.middleware.ApiCorsMiddleware",
    "streamsite.download_slots.SendLimitMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "streamsite.middleware.PageCompressionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "streamsite.middleware.ErrorMiddleware",
    "streamsite.method_not_allowed.RefusedMethodMiddleware",
    "streamsite.middleware.TrailingSlashMiddleware",
    # Writes are counted before bodies are looked at, and both before the CSRF check.
    "streamsite.page_limits.PageLimitMiddleware",
    "streamsite.bodies.middleware.BodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    # Behind the CSRF check, which has read the form.
    "streamsite.drafts.DraftMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionGovernanceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "streamsite.urls"
WSGI_APPLICATION = "streamsite.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "streamsite.context.site",
                "accounts.context.me",
            ],
            # Tags that need no {% load %}.
            "builtins": ["streamsite.templatetags.icons"],
        },
    },
]

# --- data: MongoDB through the djongo-based engine ----------------------------------------------
MONGODB_NAME = env.matching(
    "MONGODB_NAME",
    "streamsite",
    r"[^\s/\\.\"$*<>:|?\0]{1,63}",
    allowed="use up to 63 letters, digits, - and _",
)
_running_uri = DATA_DIR / "run" / "mongodb-uri"
_bundled_uri = _running_uri.read_text(encoding="utf-8").strip() if _running_uri.is_file() else ""
MONGODB_URI = env.text("MONGODB_URI") or _bundled_uri
if not MONGODB_URI:
    raise ImproperlyConfigured(
        "MONGODB_URI is not set and no embedded MongoDB runs for this data folder: "
        "start script/server, or set MONGODB_URI to a replica set's connection string"
    )
if _malformed := mongodb_uri.uri_problem(MONGODB_URI):
    raise ImproperlyConfigured(
        f"MONGODB_URI is not a connection string ({_malformed}): {mongodb_uri.EXAMPLE}"
    )
IS_BUNDLED_MONGODB = _bundled_uri == MONGODB_URI
MONGODB_TIME_LIMIT_MS = env.integer("MONGODB_TIME_LIMIT_MS", 10_000, least=100, most=600_000)
DATABASES = {
    "default": {
        "ENGINE": "streamsite.mongo.engine",
        "NAME": MONGODB_NAME,
        "ENFORCE_SCHEMA": False,
        "CLIENT": {
            "host": MONGODB_URI,
            "tz_aware": False,
            "appname": "streamsite",
            "serverSelectionTimeoutMS": env.integer(
                "MONGODB_SERVER_SELECTION_TIMEOUT_MS", 5_000, least=100, most=60_000
            ),
            # A server that does not answer a heartbeat in this time is taken for hung: see engine/pulse.py.
            "connectTimeoutMS": env.integer("MONGODB_CONNECT_TIMEOUT_MS", 2_000, least=500, most=60_000),
            "heartbeatFrequencyMS": 500,
            "maxPoolSize": env.integer("MONGODB_MAX_POOL_SIZE", 50, least=1, most=1_000),
            "w": "majority",
            "journal": True,
            "retryWrites": True,
        },
        "OPTIONS": {"max_time_ms": MONGODB_TIME_LIMIT_MS},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------------------------
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

PASSWORD_RESET_TIMEOUT = 30 * 60
EMAIL_LINK_SECONDS = 3 * 86_400
ERASE_AFTER_DAYS = env.integer("ERASE_AFTER_DAYS", 14, least=0, most=90)
# Publishing needs a verified address where mail can be sent: without a mail server nobody could get the link.
REQUIRE_VERIFIED_EMAIL = env.flag("REQUIRE_VERIFIED_EMAIL", bool(env.text("EMAIL_HOST")))
STAFF_NEED_TOTP = env.flag("STAFF_NEED_TOTP", IS_HTTPS)
API_TOKEN_MOST_DAYS = 366
MAX_API_TOKENS_PER_USER = 50

# --- tokens -------------------------------------------------------------------------------------
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

# --- API ----------------------------------------------------------------------------------------
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
    "DESCRIPTION": "Videos, channels, playlists and subscriptions of a self-hosted video site.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PUBLIC": True,
    "POSTPROCESSING_HOOKS": [],
}

# --- tasks --------------------------------------------------------------------------------------
# Jobs are kept in MongoDB in any case; with "celery", Celery's workers carry them out.
TASK_BACKEND = env.choice("TASK_BACKEND", "mongodb", ("mongodb", "celery"))
CELERY_BROKER_URL = env.secret("CELERY_BROKER_URL") or "redis://127.0.0.1:6379/0"
if not re.match(r"[a-z][a-z0-9+.-]*://", CELERY_BROKER_URL):
    raise env.invalid_value(
        "CELERY_BROKER_URL", "it must look like redis://127.0.0.1:6379/0 or amqp://user@host/", is_secret=True
    )
TASKS = {
    "default": {
        "BACKEND": {
            "mongodb": "streamsite.tasks.backend.MongoTaskBackend",
            "celery": "streamsite.tasks.celery_backend.CeleryTaskBackend",
        }[TASK_BACKEND],
        "QUEUES": ["default", "mail", "transcode", "storage"],
        "OPTIONS": {
            "lease_seconds": env.integer("TASK_LEASE_SECONDS", 20, least=2, most=600),
            "resend_seconds": env.integer("TASK_RESEND_SECONDS", 15, least=1, most=600),
            # A mail server may be away for two days: docs/decisions/0029-mail.md.
            "max_tries_of": {"mail": mail_schedule.MAX_TRIES},
            "pauses_of": {"mail": mail_schedule.PAUSES},
            # Seconds that one try may take. What ffmpeg does has limits of its own, by the length of the video.
            "time_limits": {
                "default": 3_600,
                "mail": env.integer("TASK_MAIL_SECONDS", 60, least=1, most=3_600),
                "storage": 12 * 3_600,
                "transcode": 7 * 86_400,
            },
            "time_limits_of_tasks": {
                # Look at every row.
                "streamsite.tasks.reconcile.reconcile_counters": 6 * 3_600,
                "videos.tasks.rebuild_search": 6 * 3_600,
                # Short, and waited for: a video appears at the time that its owner set.
                "videos.tasks.change_visibility": 300,
                "videos.tasks.count_views": 300,
            },
        },
    }
}

# Seconds between the runs of a task.
PERIODIC_TASKS = {
    "videos.tasks.change_visibility": 60,
    "videos.tasks.count_views": 60,
    "subscriptions.tasks.send_mails": 3_600,
    "streamsite.tasks.reconcile.reconcile_counters": 86_400,
    "videos.tasks.sweep": env.integer("SWEEP_SECONDS", 1_800, least=1, most=86_400),
}
SWEEP_GRACE_SECONDS = env.integer("SWEEP_GRACE_SECONDS", 3_600, least=1, most=7 * 86_400)
# How long what the sweeper took away waits in the trash.
TRASH_DAYS = env.integer("TRASH_DAYS", 7, least=1, most=365)

# --- uploads and media --------------------------------------------------------------------------
MAX_UPLOAD_BYTES = env.integer("MAX_UPLOAD_BYTES", 4 * 1024**3, least=1_000, most=10 * 1024**4)
TRANSCODE_PROFILE = Profile(
    codec=env.choice("TRANSCODE_CODEC", H264, (H264, VP9, AV1)),
    short_sides=env.integer_list("TRANSCODE_RUNGS", STANDARD_SHORT_SIDES, among=STANDARD_SHORT_SIDES),
    bitrate_percent=env.integer("TRANSCODE_BITRATE_PERCENT", 100, least=25, most=400),
    preset=env.choice("TRANSCODE_PRESET", "veryfast", PRESETS),
)
MAX_VIDEO_SECONDS = env.integer("MAX_VIDEO_SECONDS", 6 * 3600, least=1, most=48 * 3600)
# What one account may upload in all, 0 for no limit; staff can give an account a quota of its own.
USER_QUOTA_BYTES = env.integer("USER_QUOTA_BYTES", 0, least=0, most=10 * 1024**5)
UPLOAD_EXPIRES_HOURS = env.integer("UPLOAD_EXPIRES_HOURS", 48, least=1, most=30 * 24)
MAX_OPEN_UPLOADS_PER_USER = 100
# Parts of files that wait to be joined; they have no draft of their own.
MAX_PARTIAL_UPLOADS_PER_USER = 1_000
MAX_CAPTIONS_PER_VIDEO = 60
MAX_SHARE_LINKS_PER_VIDEO = 100
# What one account may have in all, so that nobody can fill the database within the rate limits.
MAX_CAPTIONS_PER_USER = env.integer("MAX_CAPTIONS_PER_USER", 10_000, least=1, most=10**7)
MAX_SHARE_LINKS_PER_USER = env.integer("MAX_SHARE_LINKS_PER_USER", 5_000, least=1, most=10**7)
MAX_PLAYLISTS_PER_USER = env.integer("MAX_PLAYLISTS_PER_USER", 1_000, least=1, most=10**7)
MAX_PLAYLIST_ITEMS_PER_USER = env.integer("MAX_PLAYLIST_ITEMS_PER_USER", 200_000, least=1, most=10**9)
MAX_SAVED_PLAYLISTS_PER_USER = env.integer("MAX_SAVED_PLAYLISTS_PER_USER", 5_000, least=1, most=10**7)
MAX_SUBSCRIPTIONS_PER_USER = env.integer("MAX_SUBSCRIPTIONS_PER_USER", 5_000, least=1, most=10**7)
MAX_BLOCKS_PER_USER = env.integer("MAX_BLOCKS_PER_USER", 10_000, least=1, most=10**7)
DISK_WATERMARK_BYTES = env.integer("DISK_WATERMARK_BYTES", 512 * 1024**2, least=0, most=10 * 1024**4)
MEDIA_TOKEN_SECONDS = env.integer("MEDIA_TOKEN_SECONDS", 6 * 3600, least=60, most=7 * 86_400)
MEDIA_STATE_CACHE_SECONDS = 2.0
MEDIA_ACCEL_PREFIX = env.matching(
    "MEDIA_ACCEL_PREFIX",
    "/internal/" if BEHIND_FRONT else "",
    r"(?:/[\w.~-]+)+/?|",
    allowed="use the path of nginx's internal location, such as /internal/",
)
# Read by ``videos.transcoding``; a wrong one is better known before the first video.
env.executable("FFMPEG_BIN")
if not all(Path(folder).is_dir() for folder in env.text("FFMPEG_LIBRARIES").split(os.pathsep) if folder):
    raise env.invalid_value("FFMPEG_LIBRARIES", f"use folders that exist, separated by {os.pathsep}")

# --- a bucket for what is served of videos (requirements-s3.txt) --------------------------------
# Where complete videos belong. With a bucket named and "local" here, what is in the bucket is still served from there.
MEDIA_STORAGE = env.choice("MEDIA_STORAGE", "local", ("local", "s3"))
S3_BUCKET = env.matching(
    "S3_BUCKET", "", r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}|", allowed="use the name of a bucket, not its address"
)
if MEDIA_STORAGE == "s3" and not S3_BUCKET:
    raise ImproperlyConfigured("MEDIA_STORAGE=s3 needs S3_BUCKET, the name of the bucket")
S3_REGION = env.matching(
    "S3_REGION", "us-east-1", r"[A-Za-z0-9-]+", allowed="use a region such as eu-central-1"
)
# Empty: Amazon's own.
_s3_server = f"https://s3.{S3_REGION}.amazonaws.com"
_endpoint = env.server_url("S3_ENDPOINT_URL", _s3_server, example="https://s3.example.org")
S3_ENDPOINT_URL = _endpoint.geturl() if env.text("S3_ENDPOINT_URL") else ""
S3_ACCESS_KEY_ID = env.text("S3_ACCESS_KEY_ID")
S3_SECRET_ACCESS_KEY = env.secret("S3_SECRET_ACCESS_KEY") if S3_BUCKET else ""
if bool(S3_ACCESS_KEY_ID) != bool(S3_SECRET_ACCESS_KEY) and S3_BUCKET:
    raise ImproperlyConfigured(
        "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together, or neither for the machine's role"
    )
S3_PREFIX = env.text("S3_PREFIX").strip("/")
# Together with MEDIA_STATE_CACHE_SECONDS this is how long a video that was made private can still be fetched.
S3_URL_SECONDS = env.integer("S3_URL_SECONDS", 3, least=1, most=3_600)
# Certificates cover one label before the endpoint's name, so a bucket with a dot in its name goes into the path.
S3_BUCKET_IN_HOST = not S3_ENDPOINT_URL and "." not in S3_BUCKET
# What browsers are sent on to, for the content security policy; empty without a bucket.
S3_ORIGIN = (
    f"{_endpoint.scheme}://{f'{S3_BUCKET}.' if S3_BUCKET_IN_HOST else ''}{_endpoint.netloc}"
    if S3_BUCKET
    else ""
)

# --- pages --------------------------------------------------------------------------------------
STATICFILES_DIRS = [BASE_DIR / "static"]
# Each version of the files has addresses of its own; while developing, they are served as they are at the moment.
STATIC_VERSION = "" if DEBUG else assets.compute_version([BASE_DIR / "static", BASE_DIR / "requirements.txt"])
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
LANGUAGE_CODE = "en"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True
PAGE_SIZE = 20

# --- headers ------------------------------------------------------------------------------------
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

# Whether all subdomains are https as well, and whether browsers are to ship that, is for the domain's owner to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# --- what a public site does not start with -----------------------------------------------------
POSTURE = posture.Posture(
    is_public=IS_HTTPS,
    debug=DEBUG,
    secret_key=SECRET_KEY,
    throttle_scale=THROTTLE_SCALE,
    behind_tls_proxy=BEHIND_TLS_PROXY,
    trusted_proxies=TRUSTED_PROXIES,
)
if _unsafe := posture.find_problems(POSTURE):
    raise ImproperlyConfigured(posture.refusal_message(_unsafe))

# --- mail ---------------------------------------------------------------------------------------
_mail = mail_options.read_options()
EMAIL_HOST, EMAIL_PORT, EMAIL_SECURITY = _mail.host, _mail.port, _mail.security
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
DEFAULT_FROM_EMAIL = mail_options.default_sender(SITE_NAME, str(_site.hostname))
# Seconds to connect, and for each answer of the mail server.
EMAIL_TIMEOUT = env.integer("EMAIL_TIMEOUT", 10, least=1, most=120)
EMAIL_BACKEND = f"streamsite.mail.backends.{'SmtpBackend' if EMAIL_HOST else 'EmlFileBackend'}"
EMAIL_FILE_PATH = DATA_DIR / "mail"

# --- logs ---------------------------------------------------------------------------------------
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "context": {"()": "streamsite.logs.ContextFilter"},
        "faults_only": {"()": "streamsite.expected_errors.FaultsOnly"},
        "without_expected_tracebacks": {"()": "streamsite.expected_errors.WithoutExpectedTracebacks"},
        "without_secrets_in_paths": {"()": "streamsite.logs.WithoutSecretsInPaths"},
    },
    "formatters": {
        "text": {"()": "streamsite.logs.TextFormatter"},
        "json": {"()": "streamsite.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["context", "without_expected_tracebacks"],
            "formatter": env.choice("LOG_FORMAT", "text", ("text", "json")),
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would write lines of another form, and each of them a second time.
        "django": {"handlers": []},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        # Refusals are in the line that every request has; here are faults with their tracebacks.
        "django.request": {"level": "ERROR", "filters": ["faults_only", "without_secrets_in_paths"]},
        "django.security": {"level": "ERROR"},
        # Scanners ask for other hosts all day: the request's line says it.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "pymongo": {"level": "WARNING"},
        # Two lines per message; the worker's own say what was run.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # Below warnings these write what they sign and with which signature.
        **{name: {"level": "WARNING"} for name in ("boto3", "botocore", "s3transfer", "urllib3")},
    },
}
