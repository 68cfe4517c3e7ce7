"""The mode among the findings of ``manage.py doctor``."""

from __future__ import annotations

from collections.abc import Iterator

from streamsite.doctor.registry import Finding, ok, register_check, warning
from streamsite.site_mode.state import site_mode

SWITCH_OFF = "manage.py site_mode normal, or Site settings > Mode in the admin, ends it."


def check_mode() -> Iterator[Finding]:
    """Check that the site is in normal mode, and that another one did not outlive its expected end."""
    state = site_mode()
    if state.is_normal:
        yield ok("The site is in normal mode.")
    elif state.until is not None and state.coming_end is None:
        yield warning(f"{state.reason} That was to end at {state.until:%Y-%m-%d %H:%M} UTC.", SWITCH_OFF)
    else:
        end = f" It is to end at {state.until:%Y-%m-%d %H:%M} UTC." if state.until else ""
        yield warning(f"{state.reason}{end}", SWITCH_OFF)


register_check("Site", check_mode, needs_database=True)
