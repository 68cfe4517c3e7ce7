"""The form of how long files are kept, and its registration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from streamsite.site_settings.forms import SectionForm
from streamsite.site_settings.sections import Section, register
from streamsite.site_settings.storage import MAX_SOURCE_DAYS, MAX_TRASH_DAYS, StorageSettings


class StorageForm(SectionForm):
    """A number of days for each kind of file."""

    source_days = forms.IntegerField(
        label=_("Keep original files (days)"),
        required=False,
        min_value=1,
        max_value=MAX_SOURCE_DAYS,
        help_text=_(
            "Leave empty to keep original files as long as their videos. Otherwise each is deleted this many days "
            "after its video was ready. Files that exist already are kept for at least another week. Videos still "
            "play in all qualities."
        ),
    )
    trash_days = forms.IntegerField(
        label=_("Keep the trash (days)"),
        min_value=1,
        max_value=MAX_TRASH_DAYS,
        help_text=_("Files that no video refers to wait in the trash before they are deleted."),
    )

    def initial_values(self, values: Any) -> dict[str, object]:
        """Return what the fields show: nothing where files are always kept."""
        return super().initial_values(values) | {"source_days": values.source_days or None}

    def changed_values(self) -> dict[str, object]:
        """Return the values; an empty field is 0 days, for always."""
        found = super().changed_values()
        if "source_days" in found:
            found["source_days"] = found["source_days"] or 0
        return found


register(
    Section(
        "storage",
        _("Storage"),
        StorageSettings,
        form=StorageForm,
        summary=_("How long original files and the trash are kept."),
        order=50,
    )
)
