"""Original publication dates of videos that were first published elsewhere, and the order that follows from them.

``originally_published_on`` is a day, as ``originallyPublishedAt`` of PeerTube and ``datePublished`` of schema.org.
``first_published_at`` follows from it: that day, or else the moment of publication here. So a channel that moved here
with old videos lists them among its new ones in the order in which they came out.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _

from videos.models import Video

VIDEOS = Video._meta.db_table
# Before any recording there is; a mistyped century is refused.
MIN_DATE = date(1800, 1, 1)
DAY = re.compile(r"\A\d{4}-\d{2}-\d{2}\Z", re.ASCII)


def clean_original_date(value: object) -> date | None:
    """Return the day that ``value`` is, or ``None`` for none. Raises ``ValueError`` with a sentence for people."""
    if value in (None, ""):
        return None
    if isinstance(value, str) and DAY.match(value):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(_("Enter a date such as 2014-03-03."))  # noqa: TRY004 - collected by field, like the others
    # Where it is tomorrow already, today's date lies a day ahead of the server's.
    if not MIN_DATE <= value <= datetime.now(UTC).date() + timedelta(days=1):
        raise ValueError(_("Enter a date between %(year)d and today.") % {"year": MIN_DATE.year})
    return value
