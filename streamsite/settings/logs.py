"""Log lines."""

from __future__ import annotations

from streamsite import env

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
# Whether the lines of requests name the client's address and the account: docs/decisions/0052-metrics-and-logs.md.
LOG_CLIENTS = env.flag("LOG_CLIENTS")
# Every how many requests for files that were sent one is written at INFO; 0 for none.
LOG_MEDIA_EVERY = env.integer("LOG_MEDIA_EVERY", 0, least=0, most=1_000_000)
# From how many milliseconds on a database command is written; 0 for never.
SLOW_COMMAND_MS = env.integer("SLOW_COMMAND_MS", 1_000, least=0, most=600_000)
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
        # One of ours says once that traces cannot be delivered: streamsite/telemetry/tracing.py.
        "opentelemetry": {"level": "CRITICAL"},
        # Who delivers reports says that it could not: streamsite/telemetry/sentry.py.
        "urllib3.connectionpool": {"level": "ERROR"},
        # Below warnings these write what they sign and with which signature.
        **{name: {"level": "WARNING"} for name in ("boto3", "botocore", "s3transfer", "urllib3")},
    },
}
