"""System checks for mistakes between settings."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's own name


@register()
def settings_fit_together(**extra: Any) -> list[CheckMessage]:
    """Settings that are each right and wrong together."""
    found: list[CheckMessage] = []
    if settings.DEBUG and settings.IS_HTTPS:
        found.append(Error("DEBUG shows internals and must be off on a public site.", id="streamsite.E001"))
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS must not contain '*'.", id="streamsite.E002"))
    if settings.TASK_BACKEND == "celery" and find_spec("celery") is None:
        found.append(
            Error("TASK_BACKEND=celery needs the packages of requirements-celery.txt.", id="streamsite.E003")
        )
    if settings.IS_HTTPS and not settings.EMAIL_HOST:
        found.append(
            Warning(
                "EMAIL_HOST is not set: mail is written to files in the data folder.", id="streamsite.W001"
            )
        )
    if settings.S3_BUCKET and any(find_spec(name) is None for name in ("boto3", "storages")):
        found.append(
            Error(
                "S3_BUCKET is set and its packages are missing: pip install -r requirements-s3.txt",
                id="streamsite.E004",
            )
        )
    return found
