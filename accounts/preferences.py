"""What people can set for themselves: one table of names, types and defaults. Only what differs is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from streamsite.errors import Invalid


@dataclass(frozen=True)
class Preference:
    """One setting: one of ``choices``, or on and off when there are none."""

    default: str | bool
    choices: tuple[str, ...] = ()

    def problem(self, value: object) -> str | None:
        """Why ``value`` cannot be stored."""
        if not self.choices:
            return None if isinstance(value, bool) else "Must be true or false."
        if isinstance(value, str) and value in self.choices:
            return None
        return f"Must be one of {', '.join(repr(choice) for choice in self.choices)}."


NOTIFY_CHOICES = ("page", "email", "both", "none")
NOTIFICATION_KINDS = (
    *("video", "post", "comment", "review", "reply", "thread", "mention", "heart"),
    *("milestone", "processing", "share"),
)
PREFERENCES = {
    "theme": Preference("auto", ("auto", "light", "dark")),
    "language": Preference("", ("", "en")),  # "" is the browser's
    "autoplay": Preference(True),  # the next video, when one ends
    "autoplay_open": Preference(True),  # a watch page, when it opens
    "history_paused": Preference(False),
    "personalised": Preference(True),
    "subscriptions_private": Preference(False),
    "subscribers_private": Preference(False),
    # Where somebody hears of something: on the page, by email, both, or not at all.
    **{f"notify_{kind}": Preference("page", NOTIFY_CHOICES) for kind in NOTIFICATION_KINDS},
    "email_pace": Preference("daily", ("hourly", "daily", "weekly")),
}


def with_defaults(stored: Mapping[str, Any]) -> dict[str, str | bool]:
    """Every preference; the default where nothing acceptable is stored."""
    return {
        name: preference.default if preference.problem(stored.get(name)) else stored[name]
        for name, preference in PREFERENCES.items()
    }


def validate(given: Mapping[str, Any], *, prefix: str = "") -> dict[str, str | bool]:
    """The known ones of ``given``. ``Invalid`` names every one of a wrong type, with ``prefix``."""
    known = {name: value for name, value in given.items() if name in PREFERENCES}
    problems = {
        f"{prefix}{name}": [problem]
        for name, value in known.items()
        if (problem := PREFERENCES[name].problem(value))
    }
    if problems:
        raise Invalid("Some fields are not right.", fields=problems)
    return known
