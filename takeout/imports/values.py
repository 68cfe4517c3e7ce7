"""Values of archives, which may be anything: each function returns one of its type or a default."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from streamsite.sanitize import clean_line, truncate_line

# Nothing that an archive has is older, and what is said to be is a mistake.
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
MAX_URL = 500
Object = Mapping[str, object]


def text(value: object, most: int = 500) -> str:
    """Return one clean line of at most ``most`` characters, "" for anything but text."""
    return truncate_line(clean_line(value[: 4 * most]), most) if isinstance(value, str) else ""


def long_text(value: object, most: int = 20_000) -> str:
    """Return text as it is, of at most ``most`` characters; its object cleans it."""
    return value[:most] if isinstance(value, str) else ""


def url(value: object) -> str:
    """Return a web address for a report, "" for anything else."""
    found = text(value, MAX_URL)
    return found if found.startswith(("https://", "http://")) else ""


def number(value: object, most: float = 1e9) -> float:
    """Return a finite number from 0 to ``most``; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        found = float(value)
    except OverflowError:
        return 0.0
    return min(max(found, 0.0), most) if math.isfinite(found) else 0.0


def flag(value: object, default: bool = False) -> bool:
    """Return a boolean."""
    return value if isinstance(value, bool) else default


def objects(value: object, most: int) -> list[dict[str, object]]:
    """Return the objects of a list, at most ``most``."""
    return [one for one in value[:most] if isinstance(one, dict)] if isinstance(value, list) else []


def mapping(value: object) -> dict[str, object]:
    """Return an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def moment(value: object) -> datetime | None:
    """Return a time with a zone, by ISO 8601, RFC 2822 or seconds since 1970; ``None`` for anything else."""
    found: datetime | None = None
    try:
        if isinstance(value, str) and value:
            found = _parse(value.strip()[:64])
        elif not isinstance(value, bool) and isinstance(value, int | float):
            found = datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None
    if found is None:
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def possible(value: datetime | None) -> datetime | None:
    """Return a time that is neither to come nor before there were such things; ``None`` for others."""
    if value is None or not OLDEST <= value <= datetime.now(UTC) + timedelta(minutes=5):
        return None
    return min(value, datetime.now(UTC))


def _parse(raw: str) -> datetime:
    if raw.endswith(" UTC"):
        raw = raw.removesuffix(" UTC") + "+00:00"
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        return parsedate_to_datetime(raw)
