"""Changes of the site's settings by staff."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from streamsite.errors import Conflict
from streamsite.site_settings import live, sections, store
from streamsite.site_settings.sections import Section

logger = logging.getLogger("streamsite.site_settings")
MAX_TRIES = 10


class ChangedMeanwhile(Conflict):
    """Someone else changed the same values since the caller read them."""

    code = "settings_changed"


def save(
    section: Section[Any],
    changes: Mapping[str, object],
    *,
    reset: Collection[str] = (),
    seen: Mapping[str, str] | None = None,
) -> list[str]:
    """Write the values in ``changes`` and return those in ``reset`` to their defaults; return the names that differ.

    A value that equals its default is not stored, so that the default may change later. ``seen`` has the digests of the
    values that the caller saw. Raises ``ChangedMeanwhile`` when one of those to be written has changed since; changes
    of other values are kept.
    """
    defaults = section.values()
    wanted = dict(changes) | {name: getattr(defaults, name) for name in reset}
    for _try in range(MAX_TRIES):
        document = store.find()
        before = sections.build(section, document)
        _require_unchanged(before, wanted, seen or {})
        removed = {name for name, value in wanted.items() if value == getattr(defaults, name)}
        stored = {name: sections.encode(value) for name, value in wanted.items() if name not in removed}
        written = store.update(store.version_of(document), section.key, stored, removed)
        if written is not None:
            live.install(written)
            after = sections.build(section, written)
            if section.changed is not None:
                section.changed(before, after)
            names = [name for name in section.names if getattr(before, name) != getattr(after, name)]
            logger.info("settings changed: %s (%s)", section.key, ", ".join(names) or "nothing")
            return names
    raise Conflict(_("Many people are changing the settings. Try again."))


def _require_unchanged(before: object, wanted: Mapping[str, object], seen: Mapping[str, str]) -> None:
    conflicts = [
        name
        for name, value in wanted.items()
        if name in seen and sections.digest(getattr(before, name)) not in {seen[name], sections.digest(value)}
    ]
    if conflicts:
        sentence = _("Someone else changed this in the meantime. Check the new value.")
        raise ChangedMeanwhile(sentence, fields={name: [sentence] for name in conflicts})
