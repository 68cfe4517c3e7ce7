"""MongoDB through the engine in `streamsite/mongo/engine`."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from streamsite import env
from streamsite.mongo import uri as mongodb_uri
from streamsite.settings.base import DATA_DIR

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
# Apart from the URI a password may hold any character, and come from a file.
_user, _password = env.text("MONGODB_USER"), env.secret("MONGODB_PASSWORD")
if _password and not _user:
    raise env.invalid_value("MONGODB_PASSWORD", "set MONGODB_USER as well", is_secret=True)
if _user:
    if mongodb_uri.has_user(MONGODB_URI):
        raise env.invalid_value("MONGODB_USER", "MONGODB_URI names a user already; leave one of them out")
    if not _password:
        raise env.invalid_value("MONGODB_USER", "set MONGODB_PASSWORD or MONGODB_PASSWORD_FILE as well")
    MONGODB_URI = mongodb_uri.add_credentials(MONGODB_URI, _user, _password)
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
            # A server that does not answer a heartbeat in this time is taken for hung: see engine/server_monitor.py.
            "connectTimeoutMS": env.integer("MONGODB_CONNECT_TIMEOUT_MS", 2_000, least=500, most=60_000),
            # A question a second instead of two streams of answers: a third of the time for a process that has nothing
            # to do. Who finds no primary asks at once, and then every half second.
            "heartbeatFrequencyMS": 1_000,
            "serverMonitoringMode": "poll",
            "maxPoolSize": env.integer("MONGODB_MAX_POOL_SIZE", 50, least=1, most=1_000),
            "w": "majority",
            "journal": True,
            "retryWrites": True,
        },
        "OPTIONS": {"max_time_ms": MONGODB_TIME_LIMIT_MS},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
