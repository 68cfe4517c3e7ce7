"""The pages that a site says about itself: Markdown by language, as staff write it at ``/admin/site/pages/``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from streamsite.site_settings.live import current
from streamsite.site_settings.sections import setting

Texts = Mapping[str, str]
TITLES = {
    "about": pgettext_lazy("page about the site", "About"),
    "rules": _("Community rules"),
    "terms": _("Terms of service"),
    "privacy": _("Privacy policy"),
    "contact": _("Contact"),
}
# Who signs up accepts these, where they exist.
ACCEPTED = ("rules", "terms")
# Who looks for help gets the first of these that exists.
HELPFUL = ("contact", "about", "rules")


def _decode_texts(raw: Mapping[str, Any]) -> dict[str, str]:
    return {str(language): str(text) for language, text in raw.items()}


def _texts() -> Any:
    return setting(dict, decode=_decode_texts)


@dataclass(frozen=True)
class Pages:
    """Markdown by language, for each page."""

    about: Texts = _texts()  # noqa: RUF009 - a field
    rules: Texts = _texts()  # noqa: RUF009 - a field
    terms: Texts = _texts()  # noqa: RUF009 - a field
    privacy: Texts = _texts()  # noqa: RUF009 - a field
    contact: Texts = _texts()  # noqa: RUF009 - a field

    @property
    def acceptance_version(self) -> str:
        """A text that changes with what people accept when they sign up; "" when there is nothing to accept."""
        accepted = {name: dict(getattr(self, name)) for name in ACCEPTED if getattr(self, name)}
        if not accepted:
            return ""
        return hashlib.sha256(json.dumps(accepted, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class PageLink:
    """A page that exists."""

    name: str
    title: str
    url: str


def links(*names: str) -> list[PageLink]:
    """Return those of the pages that have a text, all by default."""
    pages = current(Pages)
    return [
        PageLink(name, str(TITLES[name]), reverse(f"page-{name}"))
        for name in names or TITLES
        if getattr(pages, name)
    ]


def find_text(name: str) -> tuple[str, str]:
    """Return a page's Markdown and its language: the reader's, else the default, else any. "" when it is empty."""
    texts: Texts = getattr(current(Pages), name)
    wanted = get_language() or settings.LANGUAGE_CODE
    for language in (wanted, wanted.partition("-")[0], settings.LANGUAGE_CODE, *texts):
        if texts.get(language):
            return texts[language], language
    return "", ""


def acceptance_version() -> str:
    """Return the version of what people accept when they sign up, "" when there is nothing to accept."""
    return current(Pages).acceptance_version
