"""The licenses that a video can have. ``standard`` reserves all rights and has no page of its own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

CREATIVE_COMMONS = "https://creativecommons.org/"


class License(models.TextChoices):
    """A license by its short name."""

    STANDARD = "standard", _("All rights reserved")
    BY = "cc-by", _("Creative Commons Attribution")
    BY_SA = "cc-by-sa", _("Creative Commons Attribution-ShareAlike")
    BY_ND = "cc-by-nd", _("Creative Commons Attribution-NoDerivatives")
    BY_NC = "cc-by-nc", _("Creative Commons Attribution-NonCommercial")
    BY_NC_SA = "cc-by-nc-sa", _("Creative Commons Attribution-NonCommercial-ShareAlike")
    BY_NC_ND = "cc-by-nc-nd", _("Creative Commons Attribution-NonCommercial-NoDerivatives")
    CC0 = "cc0", _("Creative Commons Zero (public domain)")


def license_url(name: str) -> str:
    """Return the address of a license's text, "" for ``standard``."""
    if name == License.STANDARD:
        return ""
    if name == License.CC0:
        return f"{CREATIVE_COMMONS}publicdomain/zero/1.0/"
    return f"{CREATIVE_COMMONS}licenses/{name.removeprefix('cc-')}/4.0/"
