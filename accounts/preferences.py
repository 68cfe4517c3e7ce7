"""User preferences: one table of names, types, and defaults. Only values that differ from the default are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _

from streamsite.errors import Invalid
from streamsite.sensitive_content import SensitiveContent


@dataclass(frozen=True)
class Preference:
    """One preference: a value of ``choices``, or a boolean if there are none."""

    default: str | bool
    choices: tuple[str, ...] = ()

    def is_valid(self, value: object) -> bool:
        """Return whether ``value`` may be stored."""
        return isinstance(value, str) and value in self.choices if self.choices else isinstance(value, bool)

    def problem(self, value: object) -> str | None:
        """Return why ``value`` is invalid, or ``None``."""
        if self.is_valid(value):
            return None
        if not self.choices:
            return _("Must be true or false.")
        return _("Must be one of: %(choices)s.") % {
            "choices": ", ".join(repr(choice) for choice in self.choices)
        }


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of all time zones: ``Africa/Abidjan`` and so on, and ``UTC``."""
    areas = {
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
    return tuple(sorted(name for name in available_timezones() if name.partition("/")[0] in areas | {"UTC"}))


@cache
def _time_zone_names() -> frozenset[str]:
    return frozenset(time_zones())


class TimeZonePreference(Preference):
    """A name of a time zone, or "" for the browser's."""

    def is_valid(self, value: object) -> bool:
        """Return whether ``value`` may be stored."""
        return value == "" or (isinstance(value, str) and value in _time_zone_names())

    def problem(self, value: object) -> str | None:
        """Return why ``value`` is invalid, or ``None``."""
        return None if self.is_valid(value) else _("Use the name of a time zone, such as Europe/Berlin.")


NOTIFY_CHOICES = ("page", "email", "both", "none")
NOTIFICATION_KINDS = (
    *("video", "post", "comment", "review", "reply", "thread", "mention", "heart"),
    *("milestone", "processing", "share"),
)
PREFERENCES = {
    "theme": Preference("auto", ("auto", "light", "dark")),
    "language": Preference("", ("", *dict(settings.LANGUAGES))),  # "": the browser's
    "time_zone": TimeZonePreference(""),  # "": the browser's
    "autoplay": Preference(True),  # the next video at the end of one
    "autoplay_open": Preference(True),  # the video on opening a watch page
    "hover_previews": Preference(True),  # on cards under the pointer
    "history_paused": Preference(False),
    "personalised": Preference(True),
    "sensitive_content": Preference("", ("", *SensitiveContent.values)),  # "": the site's
    "subscriptions_private": Preference(False),
    "subscribers_private": Preference(False),
    # Where to notify: on the page, by email, both, or neither.
    **{f"notify_{kind}": Preference("page", NOTIFY_CHOICES) for kind in NOTIFICATION_KINDS},
    "email_pace": Preference("daily", ("hourly", "daily", "weekly")),
}


def value_of(stored: Mapping[str, object], name: str) -> str | bool:
    """Return one preference, the default where no valid value is stored."""
    preference = PREFERENCES[name]
    return cast("str | bool", stored[name]) if preference.is_valid(stored.get(name)) else preference.default


def with_defaults(stored: Mapping[str, object]) -> dict[str, str | bool]:
    """Return every preference, with the default where no valid value is stored."""
    return {name: value_of(stored, name) for name in PREFERENCES}


def validate(given: Mapping[str, object], *, prefix: str = "") -> dict[str, str | bool]:
    """Return the known preferences in ``given``.

    Raises ``Invalid`` with an error per invalid value; ``prefix`` precedes the names in it.
    """
    known = {name: cast("str | bool", value) for name, value in given.items() if name in PREFERENCES}
    problems = {
        f"{prefix}{name}": [problem]
        for name, value in known.items()
        if (problem := PREFERENCES[name].problem(value))
    }
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    return known
