"""What viewers see of videos that are marked as sensitive: the choices of the site and of each viewer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Tells filters that a page is for adults: https://www.rtalabel.org/.
RTA_LABEL = "RTA-5042-1996-1400-1577-RTA"


class SensitiveContent(models.TextChoices):
    """The choices, the strictest first."""

    HIDE = "hide", _("Hide videos")
    BLUR = "blur", _("Blur thumbnails and ask before playing")
    WARN = "warn", _("Ask before playing")
    SHOW = "show", pgettext_lazy("sensitive videos", "Show")
