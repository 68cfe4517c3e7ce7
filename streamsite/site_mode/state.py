"""The mode as it is now. It is a section of the site's settings, so reading it asks no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streamsite.errors import Unavailable
from streamsite.site_settings.live import current
from streamsite.site_settings.sections import setting

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

# When a client is to ask again, in seconds: without an announced end, and the bounds with one.
USUAL_RETRY, MIN_RETRY, MAX_RETRY = 60, 10, 600


class Mode(models.TextChoices):
    """What the site lets people do."""

    NORMAL = "normal", gettext_lazy("Normal")
    READ_ONLY = "read_only", gettext_lazy("Read-only")
    MAINTENANCE = "maintenance", gettext_lazy("Maintenance")


class Account(Protocol):
    """Somebody who may be one of the site's staff."""

    is_active: bool
    is_staff: bool


def _decode_moment(raw: datetime | None) -> datetime | None:
    if raw is not None and not isinstance(raw, datetime):
        raise TypeError
    return raw and (raw if raw.tzinfo else raw.replace(tzinfo=UTC))


@dataclass(frozen=True)
class SiteMode:
    """The mode, the administrator's message, and when it is expected to end. It ends when somebody ends it."""

    mode: str = setting(lambda: Mode.NORMAL.value, decode=lambda raw: Mode(raw).value)
    message: str = setting(str)
    until: datetime | None = setting(lambda: None, decode=_decode_moment)  # noqa: RUF009 - a field

    @property
    def is_normal(self) -> bool:
        """Whether everything works."""
        return self.mode == Mode.NORMAL

    @property
    def is_read_only(self) -> bool:
        """Whether the site can be read and nothing can be changed."""
        return self.mode == Mode.READ_ONLY

    @property
    def is_maintenance(self) -> bool:
        """Whether only staff may use the site."""
        return self.mode == Mode.MAINTENANCE

    @property
    def coming_end(self) -> datetime | None:
        """When the mode is expected to end; ``None`` when nobody said so, or the moment has passed."""
        return self.until if self.until is not None and self.until > timezone.now() else None

    @property
    def retry_seconds(self) -> int:
        """After how many seconds a program may try again."""
        if self.coming_end is None:
            return USUAL_RETRY
        left = (self.coming_end - timezone.now()).total_seconds()
        return min(MAX_RETRY, max(MIN_RETRY, round(left)))

    @property
    def reason(self) -> str:
        """The mode in one general sentence, "" when it is normal. The log and probes say it, in English."""
        return {
            Mode.READ_ONLY.value: "The site is read-only: nothing is changed, and workers take no new jobs.",
            Mode.MAINTENANCE.value: "The site is in maintenance: only staff can use it, and workers take no new jobs.",
        }.get(self.mode, "")


class ModeRefusal(Unavailable):
    """503 for what the mode keeps the caller from doing. Programs find the mode beside the code."""

    sentence_of_mode: StrOrPromise = ""

    def __init__(self, state: SiteMode) -> None:
        self.state = state
        parts = (self.sentence_of_mode, state.message)
        super().__init__(" ".join(str(part) for part in parts if part), retry_after=state.retry_seconds)

    @property
    def extra(self) -> dict[str, object]:
        """``mode``, and ``until`` when an end was announced."""
        end = self.state.coming_end
        return {"mode": self.state.mode} | ({} if end is None else {"until": end})


class ReadOnly(ModeRefusal):
    """A write while the site is read-only."""

    template = "503_read_only.html"
    sentence_of_mode: StrOrPromise = gettext_lazy(
        "The site is read-only right now. You can watch, search and read, but nothing can be changed."
    )


class InMaintenance(ModeRefusal):
    """A request of somebody who is not staff while the site is in maintenance."""

    template = "503_maintenance.html"
    sentence_of_mode: StrOrPromise = gettext_lazy("The site is down for maintenance.")


def site_mode() -> SiteMode:
    """Return the mode as it is now."""
    return current(SiteMode)


def is_staff(account: object) -> bool:
    """Return whether an account may use the site during maintenance."""
    return bool(getattr(account, "is_active", False) and getattr(account, "is_staff", False))


def require_may_write(account: Account) -> None:
    """Raise ``ModeRefusal`` if the account may change nothing now. For work that outlives the check of its request."""
    state = site_mode()
    if state.is_read_only:
        raise ReadOnly(state)
    if state.is_maintenance and not is_staff(account):
        raise InMaintenance(state)


def are_workers_paused() -> bool:
    """Return whether workers take no new jobs."""
    return not site_mode().is_normal


def banner_text(state: SiteMode) -> str:
    """Return the sentence above every page, "" in normal mode. The administrator's message follows it."""
    if state.is_read_only:
        return str(ReadOnly.sentence_of_mode)
    return _("The site is in maintenance. Only staff can see this page.") if state.is_maintenance else ""


class ModeWatch:
    """Notices changes of the mode, for a process that says so in its log."""

    def __init__(self) -> None:
        self._seen = Mode.NORMAL.value

    def told_change(self) -> str:
        """Return a sentence when the mode differs from that of the last call, else ""."""
        state = site_mode()
        if state.mode == self._seen:
            return ""
        self._seen = state.mode
        return state.reason or "The site is in normal mode again: workers take jobs."
