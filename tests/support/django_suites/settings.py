"""Settings of Django's test suites; ``script/test-engine`` sets the two environment variables."""

from __future__ import annotations

import os


def _database(name: str) -> dict[str, object]:
    return {
        "ENGINE": "streamsite.mongo.engine",
        "NAME": f"{os.environ['ENGINE_SUITE']}_{name}",
        "ENFORCE_SCHEMA": False,
        "CLIENT": {"host": os.environ["MONGODB_URI"]},
        # Django's tests of the lookup `regex` bring their own harmless patterns.
        "OPTIONS": {"allow_regex": True, "max_time_ms": 60_000},
    }


DATABASES = {"default": _database("default"), "other": _database("other")}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
SECRET_KEY = "only-for-django-s-tests"
USE_TZ = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEST_RUNNER = "tests.support.django_suites.runner.ReportingRunner"
