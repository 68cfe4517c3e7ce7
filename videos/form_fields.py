"""Form fields that follow the viewer's language and time zone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from streamsite import formats
from videos import language_names

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class LanguageField(forms.ChoiceField):
    """A language tag. Any tag is accepted; the list shows the one that is set first, then common ones, then all."""

    def __init__(self, *, empty_label: StrOrPromise = "", **options: Any) -> None:
        self.empty_label = empty_label
        super().__init__(**{"label": _("Language"), **options})

    def valid_value(self, value: object) -> bool:
        """Return whether it is a language tag, whether the list has it or not."""
        try:
            return bool(language_names.clean_language(value))
        except ValueError:
            return False

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        """Return the field with its list, in the active language."""
        bound = super().get_bound_field(form, field_name)
        chosen = str(bound.value() or "")
        self.choices = [("", self.empty_label), *language_names.language_choices(chosen)]
        return bound


class DateTimeTextField(forms.CharField):
    """A date and time as text, which services parse. The same moment written differently is no change."""

    def prepare_value(self, value: object) -> str:
        """Return ``value`` in the viewer's zone as inputs take it; what is sent with a zone comes back, too."""
        moment = self._read(value)
        if isinstance(moment, str):
            return moment
        return moment.astimezone(timezone.get_current_timezone()).strftime("%Y-%m-%dT%H:%M")

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        """Return the field with its zone: the account's, else the browser's, which scripts know and send."""
        bound = super().get_bound_field(form, field_name)
        zone = formats.zone_name(timezone.localtime())
        sentence = gettext("Time zone: %(zone)s") % {"zone": zone}
        if formats.has_zone():
            bound.help_text = format_html("{} {}", self.help_text, sentence)
        else:
            self.widget.attrs["data-utc"] = ""
            bound.help_text = format_html("{} <noscript>{}</noscript>", self.help_text, sentence)
        return bound

    def has_changed(self, initial: object, data: object) -> bool:
        """Return whether the moments differ; text that is no moment is compared as it is."""
        return self._read(initial) != self._read(data)

    @staticmethod
    def _read(text: object) -> datetime | str:
        written = str(text or "").strip()
        try:
            moment = parse_datetime(written)
        except ValueError:
            moment = None
        if moment is None:
            return written
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
