"""Filters that turn codes of the API into words of the page's language."""

from __future__ import annotations

from django import template

from streamsite import licenses
from streamsite.licenses import License
from streamsite.visibility import Visibility
from videos import language_names
from videos.models import CATEGORIES, Status
from videos.models.caption import CaptionKind

register = template.Library()


@register.filter
def visibility_name(code: str) -> str:
    """Return the label of a visibility: ``unlisted`` -> ``Unlisted``."""
    return str(Visibility(code).label)


register.filter("spoken_language", language_names.display_name)


@register.filter
def category_name(slug: str) -> str:
    """Return the label of a category: ``film`` -> ``Film & animation``."""
    return str(dict(CATEGORIES).get(slug, slug))


@register.filter
def license_name(code: str) -> str:
    """Return the label of a license: ``cc-by`` -> ``Creative Commons Attribution``."""
    return str(License(code).label)


@register.filter
def license_url(code: str) -> str:
    """Return the address of a license's text, "" for ``standard``."""
    return licenses.license_url(code)


@register.filter
def status_name(code: str) -> str:
    """Return the label of a video's status: ``queued`` -> ``Queued``."""
    return str(Status(code).label)


@register.filter
def caption_kind_name(code: str) -> str:
    """Return the label of a caption track's kind: ``forced`` -> ``Forced subtitles``."""
    return str(CaptionKind(code).label)
