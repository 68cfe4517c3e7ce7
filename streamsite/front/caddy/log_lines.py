"""Caddy's log for the person at the terminal: what happens to the certificate, and errors, one plain line each."""

from __future__ import annotations

import json
import re

MAX_LENGTH = 400
CERTIFICATE_LOGGERS = {"tls.obtain", "tls.renew"}
UNKNOWN_AUTHORITY = "certificate signed by unknown authority"
# Said at every start or end of every Caddy, or said again in the line that follows.
NOISE = (
    *(
        "admin endpoint disabled",
        "HTTP/2 skipped",
        "HTTP/3 skipped",
        "exiting; byeee",
        "HTTP request failed; retrying",
    ),
    *(
        "could not get certificate from issuer",
        "unable to unlock",
        "job failed",
        "deactivating authorization",
    ),
)
# How the same failure is wrapped on its way through Caddy's layers.
WRAPPING = re.compile(
    r"\[[^\]]*\] (?:Obtain|Renew): |registering account \[[^\]]*\] with server: |provisioning client: "
    r"|performing request: |\[[^\]]*\] solving challenges: |\((?:order|ca)=[^)]*\)"
)


def describe(line: str) -> str:
    """Return what to print for a line of Caddy's log, "" for nothing."""
    try:
        entry = json.loads(line)
    except ValueError:
        return _one_line(line)
    if not isinstance(entry, dict):
        return _one_line(line)
    message, level = str(entry.get("msg", "")), entry.get("level")
    if entry.get("logger") in CERTIFICATE_LOGGERS and (told := _about_certificate(message, entry)):
        return told
    if level not in {"warn", "error", "fatal", "panic"} or message.startswith(NOISE):
        return ""
    error = str(entry.get("error", ""))
    return _one_line(f"{message}: {_reason(error)}" if error else message)


def _about_certificate(message: str, entry: dict[str, object]) -> str:
    name = entry.get("identifier", "")
    if message in {"obtaining certificate", "renewing certificate"}:
        return f"{message} for {name}"
    if message in {"certificate obtained successfully", "certificate renewed successfully"}:
        return f"{message.removesuffix(' successfully')} for {name} from {entry.get('issuer', '')}"
    if message == "will retry":
        seconds = entry.get("retrying_in", 0)
        again = f"trying again in {seconds:.0f} s" if isinstance(seconds, int | float) else "trying again"
        return _one_line(f"no certificate yet: {_reason(str(entry.get('error', '')))}; {again}")
    return ""


def _reason(error: str) -> str:
    told = WRAPPING.sub("", error).strip()
    if UNKNOWN_AUTHORITY in told:
        told += " (--acme-ca-root FILE names the root certificate of an authority of your own)"
    return told


def _one_line(text: str) -> str:
    """Return the text on one line, without what a terminal would obey: an authority may quote others."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(plain.split())[:MAX_LENGTH]
