"""Profile and preference changes, each a single conditional update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import preferences, user_store
from accounts.models import User
from accounts.signals import channel_mark_changed, user_renamed
from streamsite.errors import Absent, Invalid, Stale
from streamsite.sanitize import clean_line, clean_text, has_userinfo, is_blank

MAX_LINKS, MAX_LINK_LENGTH = 10, 300
_validate_url = URLValidator(schemes=["http", "https"])


def update(user: User, given: Mapping[str, object], *, expected_version: int | None = None) -> User:
    """Change any of ``full_name``, ``bio``, ``links``, ``is_sensitive``, and ``preferences`` (partially).

    Other fields are ignored.

    Raises ``Invalid`` with field errors, and ``Stale`` if the profile is no longer at ``expected_version``.
    """
    problems: dict[str, list[str]] = {}
    changes: dict[str, object] = {}
    if "full_name" in given:
        name = clean_line(str(given["full_name"]))
        changes["full_name"] = "" if is_blank(name) else name  # others then see the username
    if "bio" in given:
        changes["bio"] = clean_text(str(given["bio"]))
    if "is_sensitive" in given:
        changes["is_sensitive"] = bool(given["is_sensitive"])
    try:
        if "links" in given:
            changes["links"] = clean_links(cast("list[str]", given["links"]))
    except Invalid as error:
        problems |= error.fields or {}
    try:
        wanted = cast("Mapping[str, object]", given.get("preferences", {}))
        settings = preferences.validate(wanted, prefix="preferences.")
        changes |= {f"preferences.{name}": value for name, value in settings.items()}
    except Invalid as error:
        problems |= error.fields or {}
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    return _write(user, changes, expected_version)


def update_preferences(
    user: User, given: Mapping[str, object], *, expected_version: int | None = None
) -> User:
    """Change some preferences; unknown names are ignored."""
    settings = preferences.validate(given)
    return _write(user, {f"preferences.{name}": value for name, value in settings.items()}, expected_version)


def clean_links(raw: list[str]) -> list[str]:
    """Return the links without duplicates. Raises ``Invalid`` naming the invalid ones."""
    links = list(dict.fromkeys(link.strip() for link in raw))
    problems = [
        _("Link %(number)d: %(problem)s") % {"number": number, "problem": problem}
        for number, link in enumerate(links, 1)
        if (problem := _link_problem(link))
    ]
    if len(links) > MAX_LINKS:
        problems.append(
            ngettext("Add up to %(limit)d link.", "Add up to %(limit)d links.", MAX_LINKS)
            % {"limit": MAX_LINKS}
        )
    if problems:
        raise Invalid(_("Please fix the errors below."), fields={"links": problems})
    return links


def _link_problem(link: str) -> str | None:
    if len(link) > MAX_LINK_LENGTH:
        return _("Use up to %(limit)d characters.") % {"limit": MAX_LINK_LENGTH}
    # Browsers treat "\\" as "/"; it and invisible characters would disguise the address.
    if clean_line(link) != link or any(character in link for character in ' \\<>"'):
        return _("Enter a full web address without spaces or special characters.")
    try:
        parts = urlsplit(link)
        _validate_url(link)
        parts.port  # noqa: B018 - raises if it is not a port number
    except (ValidationError, ValueError):
        return _("Enter a URL that starts with https:// or http://.")
    return _("Remove the username or password from the URL.") if has_userinfo(link) else None


def _write(user: User, changes: dict[str, object], expected_version: int | None) -> User:
    if not changes:
        if expected_version not in {None, user.profile_version}:
            raise Stale
        return user
    after = user_store.update_profile(user.pk, changes, expected_version)
    if after is None:
        if User.objects.filter(pk=user.pk).exists():
            raise Stale
        raise Absent
    for name in ("full_name", "bio", "links", "preferences", "profile_version"):
        setattr(user, name, after[name])
    if changes.get("is_sensitive", user.is_sensitive) != user.is_sensitive:
        user.is_sensitive = bool(after["is_sensitive"])
        channel_mark_changed.send(sender=User, user_id=user.pk)
    if "full_name" in changes:
        user_renamed.send(sender=User, user_id=user.pk)
    return user
