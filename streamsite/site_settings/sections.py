"""Sections of the site's settings: their registry, their defaults, and how values are stored.

A package adds a section when it is loaded::

    @dataclass(frozen=True)
    class Registration:
        mode: str = setting(lambda: settings.REGISTRATION, environment="REGISTRATION")

    register(Section("registration", _("Registration"), Registration, form=RegistrationForm, order=30))

and reads it with ``live.current(Registration).mode``.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from streamsite.site_settings.forms import SectionForm

logger = logging.getLogger("streamsite.site_settings")

Values = TypeVar("Values")
DIGEST_CHARACTERS = 16


def setting(
    default: Callable[[], object], *, environment: str = "", decode: Callable[[Any], object] | None = None
) -> Any:
    """Return a dataclass field whose default is computed when it is needed.

    ``environment`` names the variable that the default comes from. ``decode`` turns a stored value into the field's; it
    raises ``ValueError``, ``TypeError`` or ``KeyError`` for one that it does not know. Without it, a value must have
    the default's type.
    """
    return dataclasses.field(default_factory=default, metadata={"environment": environment, "decode": decode})


@dataclass(frozen=True)
class Section(Generic[Values]):
    """A part of the settings with a page of its own.

    ``values`` is the dataclass, ``form`` the form with fields of the same names. ``template`` shows the form.
    ``view``, when given, answers the section's page instead. ``changed`` is called with the values before and after a
    change. ``labels`` names values that have no field of the same name in the form.
    """

    key: str
    title: str | Promise
    values: type[Values]
    form: type[SectionForm]
    summary: str | Promise = ""
    template: str = "site/section.html"
    view: Callable[[HttpRequest, Section[Any]], HttpResponse] | None = None
    changed: Callable[[Values, Values], None] | None = None
    labels: Mapping[str, str | Promise] = dataclasses.field(default_factory=dict)
    order: int = 100

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the section's values."""
        return tuple(field.name for field in dataclasses.fields(self.values))  # type: ignore[arg-type]

    def label_of(self, name: str) -> str:
        """Return the label of a value on the section's page; of one without a field there, its name."""
        field = self.form.base_fields.get(name)
        return str(self.labels.get(name) or (field.label if field else None) or name)


_sections: dict[str, Section[Any]] = {}


def register(section: Section[Any]) -> None:
    """Add a section. One of the same key is replaced."""
    _sections[section.key] = section


def all_sections() -> list[Section[Any]]:
    """Return the sections in the order of their pages."""
    return sorted(_sections.values(), key=lambda section: (section.order, section.key))


def find_section(key: str) -> Section[Any] | None:
    """Return the section of a key, ``None`` when there is none."""
    return _sections.get(key)


def section_of(values: type[Values]) -> Section[Values]:
    """Return the section that a dataclass belongs to. Raises ``LookupError`` when it was not registered."""
    for section in _sections.values():
        if section.values is values:
            return section
    raise LookupError(f"{values.__name__} is no section of the site's settings")


def stored_values(section: Section[Any], document: Mapping[str, Any]) -> dict[str, object]:
    """Return the values of a section that the document has and this version of the code understands."""
    stored = document.get("sections", {}).get(section.key, {})
    found = {}
    for field in dataclasses.fields(section.values):
        if field.name in stored:
            try:
                found[field.name] = _decode(field, stored[field.name])
            except (ValueError, TypeError, KeyError):
                logger.warning("settings: %s.%s has a value that is not understood", section.key, field.name)
    return found


def build(section: Section[Values], document: Mapping[str, Any]) -> Values:
    """Return the section's values: those of the document, and defaults for the rest."""
    return section.values(**stored_values(section, document))


def _decode(field: dataclasses.Field[Any], raw: Any) -> object:
    decode = field.metadata.get("decode")
    if decode is not None:
        return decode(raw)
    default = field.default_factory() if callable(field.default_factory) else field.default
    if isinstance(default, tuple) and isinstance(raw, list):
        return tuple(raw)
    if type(default) is int and isinstance(raw, int) and not isinstance(raw, bool):
        return int(raw)  # numbers above 2^31 come from MongoDB as a class of its own
    if type(raw) is not type(default):
        raise TypeError
    return raw


def encode(value: Any) -> Any:
    """Return a value as MongoDB stores it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, datetime):
        # Milliseconds, because MongoDB keeps no more: what is read back must equal what was written.
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [encode(item) for item in value]
    return value


def digest(value: object) -> str:
    """Return a short text that differs when the value differs."""
    text = json.dumps(encode(value), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_CHARACTERS]


def environment_of(section: Section[Any], name: str) -> str:
    """Return the environment variable that a value's default comes from, "" when none is set."""
    field = next(field for field in dataclasses.fields(section.values) if field.name == name)
    variable = str(field.metadata.get("environment", ""))
    return variable if variable and os.environ.get(variable, "").strip() else ""
