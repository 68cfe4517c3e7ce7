"""What of a report may leave the site: a list of what is kept, so that a new field of the SDK is not sent by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from streamsite.logs import redact_text

Report = dict[str, Any]

KEPT = (
    *("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "server_name", "sdk"),
    *("transaction", "tags", "fingerprint"),
)
KEPT_OF_FRAMES = (
    *("filename", "function", "module", "lineno", "in_app"),
    *("pre_context", "context_line", "post_context"),
)
KEPT_OF_REQUESTS = ("method", "url")
KEPT_OF_USERS = ("id", "ip_address")
# Their messages quote names of this code; those of others quote values.
ABOUT_CODE = frozenset({"AttributeError", "ImportError", "ModuleNotFoundError", "NameError", "TypeError"})
QUOTED = re.compile(r"'[^'\n]{0,500}'|\"[^\"\n]{0,500}\"")


def scrub(report: Mapping[str, Any]) -> Report:
    """Return the report with what may be sent, and texts without secrets and without data of people."""
    kept = _of(report, KEPT)
    if "message" in report or "logentry" in report:
        text = str(report.get("message") or report["logentry"].get("message") or "")
        kept["message"] = redact_text(text)
    if exceptions := (report.get("exception") or {}).get("values"):
        kept["exception"] = {"values": [_scrub_exception(one) for one in exceptions]}
    for name, fields in (("request", KEPT_OF_REQUESTS), ("user", KEPT_OF_USERS)):
        if found := _of(report.get(name) or {}, fields):
            kept[name] = found
    return kept


def _scrub_exception(exception: Mapping[str, Any]) -> Report:
    kept = _of(exception, ("type", "module"))
    text = redact_text(str(exception.get("value") or ""))
    kept["value"] = text if exception.get("type") in ABOUT_CODE else QUOTED.sub("'...'", text)
    if frames := (exception.get("stacktrace") or {}).get("frames"):
        kept["stacktrace"] = {"frames": [_of(frame, KEPT_OF_FRAMES) for frame in frames]}
    if mechanism := exception.get("mechanism"):
        kept["mechanism"] = _of(
            mechanism, ("type", "handled", "exception_id", "parent_id", "source", "is_exception_group")
        )
    return kept


def _of(given: Mapping[str, Any], names: tuple[str, ...]) -> Report:
    return {name: given[name] for name in names if name in given}
