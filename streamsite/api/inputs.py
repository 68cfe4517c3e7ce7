"""One way in for what callers send: every body and every query string goes through a serializer of this module.

Serializers check types, lengths and choices, with REST framework's messages by field. Rules that need the database, or
what is stored already, are the services'. Errors are ``Invalid``, for the API and for pages alike.
"""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from streamsite.api.errors import flatten_field_errors
from streamsite.api.fields import SplittableListField
from streamsite.errors import Invalid


class InputSerializer(serializers.Serializer[object]):
    """Validates what callers send. Unknown fields are ignored."""

    # Whether an empty text of a form or a query string counts as not sent.
    blank_is_absent: ClassVar[bool] = False
    # Whether errors name the element of a list (``links.0``), not just the list.
    names_elements: ClassVar[bool] = False

    @classmethod
    def from_body(cls, request: Request, *, partial: bool = False) -> Any:
        """Return the validated fields of the request's body, JSON or form.

        With ``partial`` no field is required and no default is filled in. Raise ``Invalid`` with messages by field.
        """
        return cls.parse(request.data, partial=partial)

    @classmethod
    def parse(cls, data: object, *, partial: bool = False) -> Any:
        """Return the validated fields of ``data``. Raise ``Invalid`` with messages by field."""
        serializer = _instance(cls, partial)
        try:
            return serializer.run_validation(
                _plain(serializer, data) if isinstance(data, QueryDict) else data
            )
        except serializers.ValidationError as error:
            raise Invalid(_("Please fix the errors below."), fields=cls._by_field(error.detail)) from None

    @classmethod
    def _by_field(cls, detail: object) -> dict[str, list[str]]:
        found = flatten_field_errors(detail)
        if cls.names_elements:
            return found
        merged: dict[str, list[str]] = {}
        for name, messages in found.items():
            known = merged.setdefault(name.partition(".")[0], [])
            known += [message for message in messages if message not in known]
        return merged


class QuerySerializer(InputSerializer):
    """Validates the parameters of a query string; ``extend_schema(parameters=[...])`` takes it too."""

    blank_is_absent = True

    @classmethod
    def from_query(cls, request: HttpRequest | Request) -> Any:
        """Return every parameter, validated; "" for one that was not sent. Raise ``Invalid`` with messages by name."""
        return dict.fromkeys(_instance(cls, partial=False).fields, "") | cls.parse(request.GET)


@cache
def _instance(of: type[InputSerializer], partial: bool) -> InputSerializer:
    """Return the one instance that validates: it keeps nothing of what it validates.

    To copy a serializer's fields takes longer than to validate by them.
    """
    return of(partial=partial)


def _plain(serializer: InputSerializer, data: QueryDict) -> dict[str, object]:
    """Return a form or a query string as if it had come as JSON.

    REST framework would take a check box that a form does not have for ``False``.
    """
    plain: dict[str, object] = {}
    for name in data:
        values = data.getlist(name)
        if serializer.blank_is_absent:
            values = [value for value in values if value != ""]
        if values:
            field = serializer.fields.get(name)
            is_list = isinstance(field, serializers.ListField)
            is_text = isinstance(field, SplittableListField) and len(values) == 1
            plain[name] = values if is_list and not is_text else values[-1]
    return plain
