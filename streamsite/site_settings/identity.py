"""The site's identity: its name, images, colors, announcement and links."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from streamsite.site_settings import colors
from streamsite.site_settings.live import current
from streamsite.site_settings.sections import setting

# As in static/css/tokens.css.
DEFAULT_LIGHT, DEFAULT_DARK = "#0b6a5b", "#63d6c0"
LEVELS = ("info", "warning", "critical")
# The values that hold the id of an image's folder.
IMAGE_NAMES = ("logo", "icon", "social")


@dataclass(frozen=True)
class FooterLink:
    """A link below every page."""

    label: str
    url: str


def _decode_links(raw: list[Mapping[str, str]]) -> tuple[FooterLink, ...]:
    return tuple(FooterLink(str(link["label"]), str(link["url"])) for link in raw)


def _decode_moment(raw: datetime) -> datetime | None:
    if raw is not None and not isinstance(raw, datetime):
        raise TypeError
    return raw and (raw if raw.tzinfo else raw.replace(tzinfo=UTC))


def _decode_color(raw: str) -> str:
    if not colors.HEX.match(raw):
        raise ValueError
    return raw


def _decode_level(raw: str) -> str:
    if raw not in LEVELS:
        raise ValueError
    return raw


@dataclass(frozen=True)
class Identity:
    """How the site presents itself. Images are ids of folders, "" without one."""

    name: str = setting(lambda: settings.SITE_NAME, environment="SITE_NAME")
    description: str = setting(lambda: settings.SITE_DESCRIPTION, environment="SITE_DESCRIPTION")
    heading: str = setting(str)
    logo: str = setting(str)
    icon: str = setting(str)
    social: str = setting(str)
    accent_light: str = setting(lambda: DEFAULT_LIGHT, decode=_decode_color)
    accent_dark: str = setting(lambda: DEFAULT_DARK, decode=_decode_color)
    banner_text: str = setting(str)
    banner_level: str = setting(lambda: LEVELS[0], decode=_decode_level)
    banner_until: datetime | None = setting(lambda: None, decode=_decode_moment)  # noqa: RUF009 - a field
    footer_links: tuple[FooterLink, ...] = setting(tuple, decode=_decode_links)

    @property
    def logo_url(self) -> str:
        """The address of the logo, "" without one."""
        return image_url(self.logo, "logo-320.webp")

    @property
    def logo_large_url(self) -> str:
        """The address of the logo for screens with more pixels."""
        return image_url(self.logo, "logo-640.webp")

    @property
    def social_url(self) -> str:
        """The address of the picture for link previews, "" without one."""
        return image_url(self.social, "social-1200.jpg")

    @property
    def favicon_url(self) -> str:
        """The address of the icon in browsers' tabs, "" without one."""
        return self.icon_url(32)

    @property
    def touch_icon_url(self) -> str:
        """The address of the icon for home screens, "" without one."""
        return self.icon_url(180)

    def icon_url(self, size: int) -> str:
        """Return the address of the icon in 32, 180, 192 or 512 pixels, "" without one."""
        return image_url(self.icon, f"icon-{size}.png")

    @property
    def appearance_url(self) -> str:
        """The address of the style sheet with the site's colors, "" when they are the defaults."""
        if (self.accent_light, self.accent_dark) == (DEFAULT_LIGHT, DEFAULT_DARK):
            return ""
        names = (self.accent_light.removeprefix("#"), self.accent_dark.removeprefix("#"))
        return reverse("site-appearance", args=names)

    @property
    def banner_mark(self) -> str:
        """A text that changes with the announcement, for the cookie of those who dismissed it."""
        written = f"{self.banner_level}\0{self.banner_text}\0{self.banner_until}"
        return hashlib.sha256(written.encode()).hexdigest()[:12]

    @property
    def has_banner(self) -> bool:
        """Whether there is an announcement now."""
        return bool(self.banner_text) and (self.banner_until is None or timezone.now() < self.banner_until)


def image_url(folder: str, name: str) -> str:
    """Return the path of an image's file; a folder's content never changes."""
    return f"/media/profiles/{folder}/{name}" if folder else ""


def identity() -> Identity:
    """Return the site's identity as it is now."""
    return current(Identity)


def site_name() -> str:
    """Return the site's name."""
    return current(Identity).name
