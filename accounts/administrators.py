"""Tell at a start whether the site has an administrator, and check the passwords of new ones."""

from __future__ import annotations

from accounts.models import User

MISSING = (
    "There is no administrator yet: create one with 'python manage.py createsuperuser'"
    ' (docs/operations.md, "First steps", has the whole line for Docker Compose, Kubernetes and systemd).'
)


def reminder() -> str:
    """Return what to do as long as no active superuser exists, "" afterwards."""
    return "" if User.objects.filter(is_superuser=True, is_active=True).exists() else MISSING
