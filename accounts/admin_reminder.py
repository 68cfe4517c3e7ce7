"""The command that creates a first administrator without a browser."""

from __future__ import annotations

from accounts.models import User

COMMAND = "manage.py createsuperuser"
ELSEWHERE = '(for Docker Compose, Kubernetes, and systemd see docs/operations.md, "First steps")'


def missing_admin_reminder() -> str:
    """Return instructions for creating a superuser, or ``""`` if there is an active one."""
    if User.objects.filter(is_superuser=True, is_active=True).exists():
        return ""
    return f"create an administrator with 'python {COMMAND}' {ELSEWHERE}"
