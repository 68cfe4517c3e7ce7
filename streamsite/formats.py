"""Dates, numbers, sizes and durations in the active language and time zone, by the CLDR (Babel)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Literal

from babel import Locale, dates, lists, numbers, units
from django.utils import timezone, translation
from django.utils.translation import gettext as _

Unit = Literal["year", "month", "week", "day", "hour", "minute"]
# Units of relative times, the largest first, with their seconds.
_AGO: tuple[tuple[Unit, int], ...] = (
    ("year", 31_536_000),
    ("month", 2_592_000),
    ("week", 604_800),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
)
_SIZES = ("byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte")


@cache
def _locale_of(language: str) -> Locale:
    return Locale.parse(translation.to_locale(language))


def locale() -> Locale:
    """Return the active language's locale."""
    return _locale_of(translation.get_language() or "en")


def parse_moment(value: str | datetime) -> datetime:
    """Return a datetime with a zone, from one or from an ISO time. Without a zone it is UTC."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def number(value: float, *, signed: bool = False) -> str:
    """Format a number: ``18029`` as ``18,029``. ``signed`` puts a plus before positive ones."""
    text: str = numbers.format_decimal(value, locale=locale())
    return f"+{text}" if signed and value > 0 else text


def compact(value: float) -> str:
    """Shorten a count and never exaggerate it: ``1999`` as ``1.9K``, ``5000000`` as ``5M``."""
    count = int(value)
    step = 1000 ** ((len(str(abs(count))) - 1) // 3)
    if str(numbers.format_compact_decimal(step, locale=locale())).isdecimal():
        return number(count)  # the language has no short form, as German for thousands
    shown = count / step
    # Babel rounds; a count is cut off, to one digit behind the point below a hundred.
    cut = int(shown * 10) / 10 if shown < 100 else int(shown)
    if step > 1:
        count = round(cut * step)
    text: str = numbers.format_compact_decimal(count, locale=locale(), fraction_digits=int(shown < 100))
    return text


def percent(share: float, *, signed: bool = False) -> str:
    """Format a share of one: ``0.425`` as ``42%``."""
    text: str = numbers.format_percent(share, locale=locale())
    return f"+{text}" if signed and share > 0 else text


def size(count: int) -> str:
    """Format a number of bytes: ``60600000`` as ``60.6 MB``."""
    value, power = float(count), 0
    while value >= 999.5 and power < len(_SIZES) - 1:
        value, power = value / 1000, power + 1
    length: Literal["short", "long"] = "short" if power else "long"  # the short form is "40 byte"
    shown = round(value, 1 if power > 1 and value < 99.95 else 0)
    text: str = units.format_unit(shown, f"digital-{_SIZES[power]}", length, locale=locale())
    return text


def clock(seconds: float) -> str:
    """Format a length as a player shows it: ``61.4`` as ``1:01``, ``3723`` as ``1:02:03``."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def span(seconds: float) -> str:
    """Format a length of time in its largest unit: ``45`` as ``45 sec``, ``9000`` as ``2.5 hr``."""
    unit, value = "second", float(round(seconds))
    for name, length in (("hour", 3600), ("minute", 60)):
        if seconds >= length:
            unit, value = name, seconds / length
            value = round(value) if value >= 100 else round(value, 1)
            break
    text: str = units.format_unit(value, f"duration-{unit}", "short", locale=locale())
    return text


def day(value: str | date) -> str:
    """Format a date or ISO day: ``Mar 3, 2014``. A datetime is a day of the active time zone."""
    when: date = parse_moment(value) if isinstance(value, str) and "T" in value else _as_date(value)
    if isinstance(when, datetime):
        when = when.astimezone(timezone.get_current_timezone())
    return _plain(dates.format_skeleton("yMMMd", when, locale=locale()))


def _as_date(value: str | date) -> date:
    if isinstance(value, datetime):
        return parse_moment(value)
    return date.fromisoformat(value) if isinstance(value, str) else value


def moment(value: str | datetime, *, zone: bool | None = None) -> str:
    """Format a time of day: ``Nov 29, 2026, 2:05 PM``.

    ``zone`` says whether ``GMT+1`` follows; ``None`` leaves it out where the account chose the zone itself.
    """
    local = parse_moment(value).astimezone(timezone.get_current_timezone())
    pattern = str(dates.get_datetime_format("medium", locale=locale())).replace("'", "")
    clock_time = dates.format_time(local, "short", tzinfo=local.tzinfo, locale=locale())
    text = _plain(pattern.format(clock_time, day(local)))
    chosen = has_zone() if zone is None else not zone
    return text if chosen else f"{text} {zone_name(local)}"


def your_time(value: str | datetime) -> str:
    """Format a time of day and say whose clock it is: ``Nov 29, 2026, 2:05 PM, your time``, or ``... 2:05 PM GMT``."""
    return _("%(time)s, your time") % {"time": moment(value)} if has_zone() else moment(value)


def has_zone() -> bool:
    """Return whether the viewer's time zone is known."""
    return timezone.get_current_timezone_name() != timezone.get_default_timezone_name()


def zone_name(local: datetime) -> str:
    """Return the distance of a local time from Greenwich: ``GMT+1``, ``GMT-3:30``."""
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    if not minutes:
        return "GMT"
    hours, rest = divmod(abs(minutes), 60)
    return f"GMT{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02d}" if rest else "")


def ago(value: str | datetime) -> str:
    """Format the time since a datetime or ISO time, in its largest unit: ``3 days ago``."""
    seconds = (datetime.now(UTC) - parse_moment(value)).total_seconds()
    for unit, length in _AGO:
        if seconds >= length:
            passed = timedelta(seconds=-(seconds // length) * length)
            text: str = dates.format_timedelta(
                passed, granularity=unit, threshold=1, add_direction=True, locale=locale()
            )
            return text
    return _("just now")


def zone_label(name: str, zone: tzinfo) -> str:
    """Return the name of a time zone in lists: ``(GMT+1) Europe/Berlin``."""
    return f"({zone_name(datetime.now(UTC).astimezone(zone))}) {name.replace('_', ' ')}"


def listed(names: list[str]) -> str:
    """Join names to a list: ``a, b, and c``."""
    text: str = lists.format_list(names, locale=locale())
    return text


def _plain(text: str) -> str:
    """Return a text with common spaces: browsers' own formats have them too."""
    return text.replace("\u202f", " ")
