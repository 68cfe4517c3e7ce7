"""The base of the forms of sections."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from streamsite.sanitize import clean_line, clean_text
from streamsite.site_settings import sections, services
from streamsite.site_settings.sections import Section

MAX_SEEN = 20_000


@dataclass(frozen=True)
class Row:
    """A field on the page, with where its value comes from: the ``environment`` variable's name, if it is one."""

    field: BoundField
    name: str
    is_set: bool
    environment: str
    preview: str = ""


class SectionForm(forms.Form):
    """A form with one field per value of the section, named like it.

    Override ``initial_values`` and ``changed_values`` where a field looks different from its value. The hidden field
    ``seen`` tells which values the page showed: only what was changed on the page is written.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=MAX_SEEN)

    def __init__(
        self,
        section: Section[Any],
        values: Any,
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        stored: frozenset[str] = frozenset(),
    ) -> None:
        self.section, self.values, self.stored = section, values, stored
        digests = {name: sections.digest(getattr(values, name)) for name in section.names}
        super().__init__(data, files, initial=self.initial_values(values) | {"seen": json.dumps(digests)})

    def _clean_fields(self) -> None:
        """Clean the fields: lines lose line breaks, controls, and changes of direction, texts keep the line breaks.

        They end up in headers of emails, in feeds, and in other sites' previews.
        """
        super()._clean_fields()  # type: ignore[misc]
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if isinstance(value, str) and type(field) is forms.CharField and not field.widget.is_hidden:
                is_text = isinstance(field.widget, forms.Textarea)
                self.cleaned_data[name] = clean_text(value) if is_text else clean_line(value)
                if field.required and not self.cleaned_data[name]:
                    self.add_error(name, field.error_messages["required"])

    def initial_values(self, values: Any) -> dict[str, object]:
        """Return what the fields show for ``values``."""
        return {name: getattr(values, name) for name in self.section.names}

    def changed_values(self) -> dict[str, object]:
        """Return the values that a valid form holds, whether they differ or not."""
        return {name: self.cleaned_data[name] for name in self.section.names if name in self.cleaned_data}

    def clean_seen(self) -> dict[str, str]:
        """Return the digests of the values that the page showed."""
        try:
            found = json.loads(self.cleaned_data["seen"] or "{}")
        except (ValueError, RecursionError):
            found = {}
        if not isinstance(found, dict):
            return {}
        return {str(name): str(value) for name, value in found.items()}

    def changes(self) -> dict[str, object]:
        """Return the values that differ from those that the page showed."""
        seen = self.cleaned_data["seen"]
        return {
            name: value
            for name, value in self.changed_values().items()
            if sections.digest(value) != seen.get(name)
        }

    def save(self) -> list[str]:
        """Write what was changed on the page, and return the names of the values. Raises ``SiteError``."""
        return services.save(self.section, self.changes(), seen=self.cleaned_data["seen"])

    def rows(self) -> Iterator[Row]:
        """Yield the visible fields with where their values come from."""
        for field in self.visible_fields():
            name = self.value_name(field.name)
            known = name in self.section.names
            yield Row(
                field=field,
                name=name,
                is_set=name in self.stored,
                environment=sections.environment_of(self.section, name) if known else "",
                preview=self.preview_url(name),
            )

    def preview_url(self, name: str) -> str:
        """Return the address of an image that shows the present value, "" when there is none."""
        return ""

    def value_name(self, field: str) -> str:
        """Return the name of the value that a field is about."""
        return field
