"""Times as people write them in texts: ``1:30``, ``01:02:03``, and in other scripts. Pure.

Digits of any script count, and the colons that keyboards of other scripts write. Chapters and the time links of texts
read times by these rules and no others.
"""

from __future__ import annotations

COLONS = ":\uff1a\ufe55\u2236\ua789"
# Hours (or None), minutes, seconds.
TIMECODE = rf"(?:(\d{{1,2}})[{COLONS}])?(\d{{1,3}})[{COLONS}](\d\d)"
# Put after a time, this refuses a time of day: 5:00 pm, 20:00 UTC. "3:15 am See" is German, and no time of day.
NOT_OF_DAY = (
    r"(?!\s?(?:[pP]\.?[mM](?![^\W_])|[aA]\.[mM]\.|(?:am|AM)(?=\s*(?:[^\w\s]|\Z))"
    r"|(?:Uhr|UTC|GMT|CES?T|E[SD]T|P[SD]T|JST)(?![\w-])))"
)


def to_seconds(hours: str | None, minutes: str, seconds: str) -> int | None:
    """Return the seconds that the parts of a time stand for; None for an invalid time such as ``0:75``."""
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        return None
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
