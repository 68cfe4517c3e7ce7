"""Errors to Sentry and traces to OpenTelemetry (requirements-sentry.txt, requirements-otel.txt); off by default."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from streamsite import env
from streamsite.settings.base import IS_HTTPS

_COLLECTOR = r"https?://[^\s/@]+(?:/\S*)?|"
_LIKE_COLLECTOR = "it must look like https://collector.example.org:4318"
_PROTOCOLS = ("http/protobuf",)


def _require(name: str, package: str, requirements: str) -> None:
    """Raise ``ImproperlyConfigured`` when the package that the variable ``name`` needs is missing."""
    parts = package.split(".")
    above = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
    if any(find_spec(one) is None for one in above):
        raise ImproperlyConfigured(
            f"{name} needs more packages: pip install --require-hashes --no-deps -r {requirements}.lock"
        )


SENTRY_DSN = env.secret("SENTRY_DSN")
if SENTRY_DSN:
    env.require_match(
        "SENTRY_DSN",
        SENTRY_DSN,
        r"https?://[0-9A-Za-z]+@[^\s/@?#]+(?:/[^\s@?#/]+)*/[0-9]+",
        allowed="it must look like https://key@host/1, as Sentry shows it",
    )
    _require("SENTRY_DSN", "sentry_sdk", "requirements-sentry")
SENTRY_ENVIRONMENT = env.matching(
    "SENTRY_ENVIRONMENT",
    "production" if IS_HTTPS else "development",
    r"[^\s/]{1,64}",
    allowed="use a word of at most 64 characters, such as production",
)

# The SDK reads these itself, and would only warn of a wrong value in its own log.
OTEL_EXPORTER_OTLP_HEADERS = env.secret("OTEL_EXPORTER_OTLP_HEADERS")
if OTEL_EXPORTER_OTLP_HEADERS:
    env.require_match(
        "OTEL_EXPORTER_OTLP_HEADERS",
        OTEL_EXPORTER_OTLP_HEADERS,
        r"[^\s=,]+=[^,]+(?:,\s*[^\s=,]+=[^,]+)*",
        allowed="use name=value, several separated by commas",
    )
env.choice("OTEL_EXPORTER_OTLP_PROTOCOL", *_PROTOCOLS, _PROTOCOLS)
env.choice("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", *_PROTOCOLS, _PROTOCOLS)
env.choice(
    "OTEL_TRACES_SAMPLER",
    "parentbased_always_on",
    (
        *("always_on", "always_off", "traceidratio"),
        *("parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"),
    ),
)
env.matching(
    "OTEL_TRACES_SAMPLER_ARG", "1", r"0(?:\.[0-9]+)?|1(?:\.0+)?|\.[0-9]+", allowed="use a number from 0 to 1"
)
env.known_variables |= {
    *("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"),
    *("OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE"),
    *("OTEL_EXPORTER_OTLP_CLIENT_KEY", "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY"),
    *("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE"),
    *("OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"),
    *("OTEL_EXPORTER_OTLP_COMPRESSION", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"),
    *("OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT"),
    *("OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"),
    *("OTEL_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"),
    *("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"),
    *("OTEL_SPAN_EVENT_COUNT_LIMIT", "OTEL_SPAN_LINK_COUNT_LIMIT"),
    # Of other programs on the machine, and no mistakes.
    *("OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_PROPAGATORS"),
    *(
        f"OTEL_EXPORTER_OTLP_{kind}_{name}"
        for kind in ("METRICS", "LOGS")
        for name in ("ENDPOINT", "PROTOCOL")
    ),
}
_collectors = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": env.matching(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "", _COLLECTOR, allowed=_LIKE_COLLECTOR
    ),
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": env.matching(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "", _COLLECTOR, allowed=_LIKE_COLLECTOR
    ),
}
_is_off = env.flag("OTEL_SDK_DISABLED")
_exporter = env.choice("OTEL_TRACES_EXPORTER", "otlp", ("otlp", "none"))
# A collector turns traces on.
OTEL_TRACES = any(_collectors.values()) and _exporter == "otlp" and not _is_off
# The SDK stops at these, or ignores them without a word.
_QUEUE, _BATCH = "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"
_COUNTS = (
    *(_QUEUE, _BATCH, "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT"),
    *("OTEL_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"),
    *("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"),
    *("OTEL_SPAN_EVENT_COUNT_LIMIT", "OTEL_SPAN_LINK_COUNT_LIMIT"),
)
_FILES = ("CERTIFICATE", "CLIENT_KEY", "CLIENT_CERTIFICATE")
if OTEL_TRACES:
    _counts = {name: env.optional_integer(name, least=1, most=2**31 - 1) for name in _COUNTS}
    for _kind in ("OTEL_EXPORTER_OTLP", "OTEL_EXPORTER_OTLP_TRACES"):
        env.matching(
            f"{_kind}_TIMEOUT", "", r"(?:[0-9]{1,6}(?:\.[0-9]+)?)?", allowed="use a number of seconds"
        )
        env.choice(f"{_kind}_COMPRESSION", "none", ("none", "gzip", "deflate"))
        for _file in (f"{_kind}_{name}" for name in _FILES):
            if env.text(_file) and not Path(env.text(_file)).is_file():
                raise env.invalid_value(_file, "name a file that is there")
    # By default the SDK sends 512 of 2,048 at once; more at once than there may be stops it.
    if (_counts[_BATCH] or 512) > (_counts[_QUEUE] or 2048):
        _wrong = _BATCH if _counts[_BATCH] else _QUEUE
        raise env.invalid_value(_wrong, f"{_BATCH} (512 by default) is at most {_QUEUE} (2048)")
    _named = next(name for name, value in _collectors.items() if value)
    for _package in ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"):
        _require(_named, _package, "requirements-otel")
