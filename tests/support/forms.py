"""Form data as a browser sends it."""

from __future__ import annotations

from django.forms import BaseForm, CheckboxInput, MultiWidget, Widget


def form_data(form: BaseForm) -> dict[str, object]:
    """Return what a browser sends when nothing was changed."""
    sent: dict[str, object] = {}
    for bound in form:
        widget, value = bound.field.widget, bound.value()
        if bound.field.show_hidden_initial:
            sent |= _values(bound.field.hidden_widget(), bound.html_initial_name, value)
        if not isinstance(widget, CheckboxInput):
            sent |= _values(widget, bound.html_name, value)
        elif value:
            sent[bound.html_name] = "on"
    return sent


def _values(widget: Widget, name: str, value: object) -> dict[str, object]:
    if not isinstance(widget, MultiWidget):
        return {name: "" if value is None else value}
    parts = widget.get_context(name, value, {})["widget"]["subwidgets"]
    return {part["name"]: part["value"] or "" for part in parts}
