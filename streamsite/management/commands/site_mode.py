"""``manage.py site_mode``: show or set the site's mode."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from streamsite.errors import SiteError
from streamsite.management.site_command import OperatorCommand, UsageError, add_dry_run
from streamsite.sanitize import clean_text
from streamsite.site_mode import services
from streamsite.site_mode.section import MAX_MESSAGE, SECTION
from streamsite.site_mode.state import Mode, SiteMode
from streamsite.site_settings import sections, store

NAMES = {mode.value.replace("_", "-"): mode for mode in Mode}
# Such as +90m, +2h, +1d.
AFTER = re.compile(r"\+(\d{1,4})([mhd])")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Command(OperatorCommand):
    """Says the mode, or sets it with what people are told. All processes follow within five seconds, none restarts."""

    help = "Show the site's mode, or set it: normal, read-only, or maintenance."
    if_stopped = "site_mode without arguments says which mode the site is in."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the mode and what people are told."""
        parser.add_argument(
            "mode", nargs="?", choices=tuple(NAMES), help="the new mode (default: say which it is)"
        )
        parser.add_argument("--message", default="", metavar="TEXT", help="what people read on every page")
        parser.add_argument(
            "--until",
            type=_moment,
            metavar="TIME",
            help="when it is expected to end: 2026-12-01T04:00 (UTC), or +90m, +2h, +1d; the mode stays until "
            "it is changed",
        )
        add_dry_run(parser)

    def handle(
        self,
        *args: object,
        mode: str | None,
        message: str,
        until: datetime | None,
        dry_run: bool,
        **options: object,
    ) -> None:
        """Say or set the mode."""
        before = sections.build(SECTION, store.find())
        if mode is None:
            if message or until:
                raise UsageError("Say which mode the message is for: site_mode read-only --message TEXT.")
            self.stdout.write(_describe(before))
            return
        after = SiteMode(NAMES[mode].value, _clean_message(message), until)
        if after.is_normal and (message or until):
            raise UsageError("Normal mode has no message and no end.")
        if until is not None and until <= timezone.now():
            raise UsageError(
                f"--until {until:%Y-%m-%dT%H:%M} UTC has passed. Name a moment to come, such as +2h."
            )
        if dry_run:
            self.stdout.write(f"The site is now: {_describe(before)}")
            self.stdout.write(f"It would be: {_describe(after)}")
            self.stdout.write("Nothing was changed.")
            return
        try:
            services.set_mode(NAMES[mode], message=after.message, until=after.until)
        except SiteError as error:
            raise CommandError(str(error.detail)) from None
        self.stdout.write(_describe(after))
        self.stdout.write("Every process of the site follows within five seconds.")


def _clean_message(text: str) -> str:
    """Return the message as the page of the settings would store it. Raises ``UsageError``."""
    message = clean_text(text)
    if len(message) > MAX_MESSAGE:
        raise UsageError(f"The message has {len(message)} characters, and at most {MAX_MESSAGE} are shown.")
    return message


def _describe(state: SiteMode) -> str:
    name = next(name for name, mode in NAMES.items() if mode == state.mode)
    end = f", expected to end at {state.until:%Y-%m-%d %H:%M} UTC" if state.until else ""
    return f"{name}{end}{f': {state.message}' if state.message else ''}"


def _moment(text: str) -> datetime:
    """Read a moment. Raises ``ArgumentTypeError``."""
    if matched := AFTER.fullmatch(text):
        found = timezone.now() + timedelta(**{UNITS[matched[2]]: int(matched[1])})
        return found.replace(second=0, microsecond=0)
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ArgumentTypeError("use a time such as 2026-12-01T04:00, or +2h")
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
