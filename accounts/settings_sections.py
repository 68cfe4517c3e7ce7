"""The sections of the settings, in the order of the index page and of the list beside every section."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Section:
    """A page of the settings: ``name`` is its URL name, ``parts`` those of pages within it."""

    name: str
    icon: str
    title: str | Promise
    text: str | Promise
    parts: tuple[str, ...] = ()

    def is_at(self, url_name: str) -> bool:
        """Return whether the page with this URL name belongs to the section."""
        return url_name == self.name or url_name in self.parts


SECTIONS = (
    Section("settings-profile", "user", _("Profile"), _("Name, description, images, and links")),
    Section("settings-channel", "film", _("Channel"), _("What visitors see first on your channel")),
    Section("settings-preferences", "settings", _("Preferences"), _("Appearance, playback, and privacy")),
    Section(
        "settings-notifications", "bell", _("Notifications"), _("Which notifications you get, and where")
    ),
    Section(
        "settings-security",
        "key",
        _("Security"),
        _("Password, email, and two-factor authentication"),
        (
            "settings-activity",
            "settings-passkeys",
            "settings-providers",
            "settings-providers-confirm",
            "settings-totp",
            "settings-totp-enable",
            "settings-recovery-codes",
        ),
    ),
    Section("settings-sessions", "laptop", _("Devices"), _("Where you're signed in")),
    Section("settings-api-tokens", "code", _("API tokens"), _("Access for your scripts and apps")),
    Section("settings-blocked", "ban", _("Blocked"), _("Channels you blocked")),
    Section("settings-hidden", "video-off", _("Hidden videos"), _("Videos and channels we don't recommend")),
    Section("settings-decisions", "flag", _("Account status"), _("Violations and appeals")),
    Section("settings-export", "download", _("Export"), _("Download your videos and data")),
    Section(
        "settings-import",
        "upload",
        _("Import"),
        _("Bring videos and data from elsewhere"),
        ("settings-import-report",),
    ),
    Section("settings-delete", "trash", _("Delete account"), _("Delete your channel and everything in it")),
)
