"""The demo app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """Django's configuration of the app."""

    name = "demo"
    verbose_name = _("Demo")
