"""Changes of the mode by commands. The page of the settings saves its own form."""

from __future__ import annotations

from datetime import datetime

from streamsite.site_mode.section import SECTION
from streamsite.site_mode.state import Mode
from streamsite.site_settings import services


def set_mode(mode: Mode, *, message: str = "", until: datetime | None = None) -> list[str]:
    """Set mode, message and expected end, which normal mode has none of; return the names of what changed."""
    is_normal = mode == Mode.NORMAL
    changes: dict[str, object] = {
        "mode": mode.value,
        "message": "" if is_normal else message,
        "until": None if is_normal else until,
    }
    return services.save(SECTION, changes)
