"""System checks for mistakes between settings.

``unsafe_settings.py`` has the settings that a public site refuses to start with; these checks only warn.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import get_close_matches
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's own name

from streamsite import env, start_gate, unsafe_settings
from streamsite.mail.options import NONE, is_loopback

# The tag of checks that need no code but the settings.
SETTINGS = "settings"
# Set by the supervisor. Kubernetes gives pods variables that look like them, such as STREAMSITE_PORT.
INTERNAL = {"STREAMSITE_FRONT", "STREAMSITE_NETWORK_HOSTS", start_gate.VARIABLE}
# Variables of deploy/compose.yml that resemble a setting.
COMPOSES = {"MONGO_PASSWORD"}
# Variables of the tests' own.
TEST_PREFIX = "STREAMSITE_TEST_"
# MONGODB_NAEM and MONGODB_URL are above it, names of other programs below.
MIN_SIMILARITY = 0.85


@register(SETTINGS)
def check_setting_combinations(**extra: object) -> list[CheckMessage]:
    """Check settings that are valid alone and contradict each other."""
    found: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS must not contain '*'.", id="streamsite.E002"))
    if settings.TASK_BACKEND == "celery" and find_spec("celery") is None:
        found.append(
            Error("TASK_BACKEND=celery needs the packages of requirements-celery.lock.", id="streamsite.E003")
        )
    if settings.IS_HTTPS and not settings.EMAIL_HOST:
        found.append(
            Warning(
                "EMAIL_HOST is not set: mail is written to files in the data folder.", id="streamsite.W001"
            )
        )
    if settings.S3_BUCKET and find_spec("boto3") is None:
        found.append(
            Error(
                "S3_BUCKET is set and its packages are missing: install requirements-s3.lock (docs/operations.md).",
                id="streamsite.E004",
            )
        )
    return found


@register(SETTINGS)
def check_unknown_variables(**extra: object) -> list[CheckMessage]:
    """Warn about variables that look like a mistyped setting: nothing else would say that they have no effect."""
    return [
        Warning(
            f"{name} is not a setting, so it has no effect.",
            hint=f"Did you mean {meant}?",
            id="streamsite.W030",
        )
        for name in sorted(os.environ)
        if (meant := _meant(name))
    ]


def _meant(name: str) -> str:
    """Return the setting that a variable seems to be meant for, "" for the many that are others' business."""
    known = env.known_variables | {f"{known}_FILE" for known in env.known_variables}
    if name in known | COMPOSES or not name.isupper() or name.startswith(TEST_PREFIX):
        return ""
    return next(iter(get_close_matches(name, known - INTERNAL, n=1, cutoff=MIN_SIMILARITY)), "")


@register(Tags.security, deploy=True)
def check_deployment(**extra: object) -> list[CheckMessage]:
    """Check what ``check --deploy`` adds: what a public site may run with and should not."""
    return list(_of_deployment())


def _of_deployment() -> Iterator[CheckMessage]:
    if not settings.IS_HTTPS:
        yield Warning(
            "SITE_URL is not https: passwords and sessions can be intercepted.",
            hint="Run script/server --domain your.name, or set SITE_URL=https://your.name behind a proxy that ends"
            " TLS.",
            id="streamsite.W002",
        )
        return
    # script/server sets it for the processes of a site with DOMAIN.
    if not settings.BEHIND_TLS_PROXY and not env.text("DOMAIN"):
        yield Warning(
            "BEHIND_TLS_PROXY is not set: plain requests are not sent on to https.",
            hint="Set BEHIND_TLS_PROXY=1 and TRUSTED_PROXIES when a proxy in front ends TLS.",
            id="streamsite.W003",
        )
    if any(unsafe_settings.key_weakness(key) for key in settings.SECRET_KEY_FALLBACKS):
        yield Warning(
            "SECRET_KEY_FALLBACKS holds a key that is short or can be guessed: what it signs is still accepted.",
            hint="Drop it as soon as people have signed in again and renewed their second factor.",
            id="streamsite.W004",
        )
    if _is_open(Path(settings.KEYS_DIR)):
        yield Warning(
            "Other users of this machine can enter the keys folder (STREAMSITE_KEYS_DIR).",
            hint="chmod 700 on the folder.",
            id="streamsite.W005",
        )
    yield from _of_mail()
    if settings.LOG_LEVEL == "DEBUG":
        yield Warning(
            "LOG_LEVEL=DEBUG writes more about visitors than a public site should keep.",
            hint="Set LOG_LEVEL=INFO.",
            id="streamsite.W006",
        )
    if settings.OUTBOUND_PRIVATE_HOSTS:
        names = ", ".join(f"{one.name}:{one.port}" for one in settings.OUTBOUND_PRIVATE_HOSTS)
        yield Warning(
            f"OUTBOUND_PRIVATE_HOSTS lets users have requests sent to {names} in your own network.",
            hint="Unset it unless these hosts are meant for them.",
            id="streamsite.W008",
        )
    if settings.IS_BUNDLED_MONGODB:
        yield Warning(
            "The bundled MongoDB (6.0, past its end of life) is for trying out and one machine.",
            hint="Move to a maintained MongoDB: docs/operations.md, 'Moving to MongoDB 8'.",
            id="streamsite.W007",
        )


def _of_mail() -> Iterator[CheckMessage]:
    if not settings.EMAIL_HOST:
        return
    if settings.EMAIL_SECURITY == NONE and not is_loopback(settings.EMAIL_HOST):
        yield Warning(
            f"Mail goes to {settings.EMAIL_HOST} unencrypted: password reset links can be intercepted.",
            hint="Set EMAIL_SECURITY=starttls or tls.",
            id="streamsite.W020",
        )
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].lower()
    if "." not in sender or is_loopback(sender):
        yield Warning(
            f"DEFAULT_FROM_EMAIL ends in @{sender}, which other mail servers refuse.",
            hint="Set DEFAULT_FROM_EMAIL to an address of your own domain.",
            id="streamsite.W021",
        )


def _is_open(folder: Path) -> bool:
    return folder.is_dir() and bool(folder.stat().st_mode & 0o077)
