"""The username rule: lowercase ASCII, 3 to 30 characters, and no name that could be mistaken for a path or a page."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

USERNAME = re.compile(r"\A[a-z0-9][a-z0-9._-]{1,28}[a-z0-9]\Z")
RESERVED = frozenset(
    """
    about abuse account accounts admin administrator anonymous api app assets auth blog channel channels
    contact css developers docs download embed everyone favicon favicon.ico feed feeds hashtag healthz help
    history home html img index info js legal library liked login logout mail me media metrics moderator
    moderation news none noreply notifications null oembed official playlist playlists policy post
    posts privacy readyz register robots.txt root rss search security self settings signup sitemap
    sitemap.xml staff static status streamsite studio subscriptions support system team terms trending
    undefined upload uploads user users video videos watch watch-later webhooks webmaster www you
    """.split()  # noqa: SIM905 - a word list reads better than eighty quoted strings
)


def normalize_username(raw: str) -> str:
    """Lowercase ASCII letters only; other characters are left for validation to reject."""
    return raw.translate({upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)})


def validate_username(value: str) -> None:
    """Raise ``ValidationError`` with code ``format`` or ``reserved`` when ``value`` cannot be a username."""
    if not USERNAME.match(value) or ".." in value:
        raise ValidationError(
            _(
                "Use 3–30 lowercase letters, numbers, dots, hyphens, or underscores, with no dot or hyphen at the ends."
            ),
            code="format",
        )
    if value in RESERVED:
        raise ValidationError(_("That username isn't available."), code="reserved")
