"""Finding channels by the beginning of their usernames, which have an index; display names have none."""

from __future__ import annotations

import re

from accounts.models import User
from streamsite.folding import fold

MOST = 3
# What usernames are made of: anything else begins none.
BEGINNING = re.compile(r"@?([a-z0-9][a-z0-9._-]{0,29})", re.ASCII)


def begun_with(text: str, *, most: int = MOST) -> list[User]:
    """Channels with videos whose username begins with ``text`` (one word, perhaps after an @), by name. One read.

    Text that no username can begin with finds none and reads nothing.
    """
    typed = BEGINNING.fullmatch(fold(text.strip()[:64]))
    if not typed:
        return []
    found = User.objects.filter(username__startswith=typed[1], is_active=True, video_count__gt=0)
    return list(found.order_by("username")[:most])
