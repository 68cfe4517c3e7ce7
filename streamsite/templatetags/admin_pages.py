"""Tags and filters of the admin's pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.contrib.admin.helpers import AdminReadonlyField
from django.contrib.admin.utils import quote
from django.core.exceptions import FieldDoesNotExist
from django.db.models import JSONField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from streamsite.tasks.control import COUNTED_STATES

register = template.Library()


@register.filter
def state_counts(row: Mapping[str, object]) -> list[tuple[str, object]]:
    """Return state and count of each column of a queue's row."""
    return [(state, row[column]) for column, state in COUNTED_STATES.items()]


@register.filter
def admin_quote(key: str) -> str:
    """Return a primary key as the admin's URLs have it."""
    return quote(key)


@register.filter
def unlocalized(number: float) -> str:
    """Return a number as SVG writes it, in every language."""
    return f"{number:g}"


@register.simple_tag
def readable(field: AdminReadonlyField) -> object:
    """Return the contents of a read-only field; lists and mappings as a list or a table, never as JSON."""
    name, row = field.field["name"], field.form.instance
    if isinstance(name, str) and not hasattr(field.model_admin, name):
        try:
            is_json = isinstance(row._meta.get_field(name), JSONField)
        except FieldDoesNotExist:
            is_json = False
        if is_json:
            return render_value(getattr(row, name))
    return field.contents()


def render_value(value: object) -> SafeString:
    """Render what a JSON field holds: rows of equal fields as a table, other values as lists and definitions."""
    columns: list[str] = []
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        columns = list(dict.fromkeys(name for row in value for name in row))
    context = {
        "value": value,
        "columns": columns,
        "rows": [[row.get(name) for name in columns] for row in value] if columns else [],  # type: ignore[attr-defined]
        "pairs": list(value.items()) if isinstance(value, Mapping) else [],
        "entries": list(value) if isinstance(value, list | tuple) and not columns else [],
    }
    return render_to_string("admin/value.html", context)


@register.filter(name="readable_value")
def readable_value(value: object) -> SafeString:
    """Render a value within another one."""
    return render_value(value)


@register.filter
def field_name(name: str) -> str:
    """Return the name of a stored field in words."""
    return str(name).replace("_", " ").strip().capitalize()
