"""A startup reminder to create the first administrator."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from django.conf import settings

from accounts.models import User

COMMAND = "manage.py createsuperuser"
ELSEWHERE = '(for Docker Compose, Kubernetes, and systemd see docs/operations.md, "First steps")'


def missing_admin_reminder() -> str:
    """Return instructions for creating a superuser, or ``""`` if there is an active one.

    ``script/server`` knows the whole command; elsewhere it depends on how the site is run.
    """
    if User.objects.filter(is_superuser=True, is_active=True).exists():
        return ""
    if "STREAMSITE_SUPERVISED" in os.environ:
        folder = f"STREAMSITE_DATA_DIR={shlex.quote(str(settings.DATA_DIR))}"
        line = f"{folder} {shlex.quote(str(_python()))} {COMMAND}"
        return f"No administrator yet. While the site is running, run this in {settings.BASE_DIR}: {line}"
    return f"No administrator yet. Create one with 'python {COMMAND}' {ELSEWHERE}."


def _python() -> Path:
    python = Path(sys.executable)
    return python.relative_to(settings.BASE_DIR) if python.is_relative_to(settings.BASE_DIR) else python
