"""One way in for what callers send: every body and every query string goes through a serializer of this module.

Serializers check types, lengths and choices, with REST framework's messages by field. Rules that need the database, or
what is stored already, are the services'.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, QueryDict
from rest_framework import serializers
from rest_framework.request import Request


class InputSerializer(serializers.Serializer[Any]):
    """Validates what callers send. Unknown fields are ignored."""

    # Whether an empty text of a form or a query string counts as not sent.
    blank_is_absent: ClassVar[bool] = False

    @classmethod
    def from_body(cls, request: Request, *, partial: bool = False) -> Any:
        """Return the validated fields of the request's body, JSON or form.

        With ``partial`` no field is required and no default is filled in. Raise ``ValidationError``, which becomes a
        400 ``validation_error`` with messages by field.
        """
        return cls.checked(request.data, partial=partial)

    @classmethod
    def checked(cls, data: object, *, partial: bool = False) -> Any:
        """Return the validated fields of ``data``. Raise ``ValidationError``."""
        plain = cls._plain(data) if isinstance(data, QueryDict) else data
        form = cls(data=plain, partial=partial)
        form.is_valid(raise_exception=True)
        return form.validated_data

    @classmethod
    def _plain(cls, data: QueryDict) -> dict[str, object]:
        """Return a form or a query string as if it had come as JSON.

        REST framework would take a check box that a form does not have for ``False``.
        """
        lists = {name for name, field in cls().fields.items() if isinstance(field, serializers.ListField)}
        plain: dict[str, object] = {}
        for name in data:
            values = data.getlist(name)
            if cls.blank_is_absent:
                values = [value for value in values if value != ""]
            if values:
                plain[name] = values if name in lists else values[-1]
        return plain


class QuerySerializer(InputSerializer):
    """Validates the parameters of a query string; ``extend_schema(parameters=[...])`` takes it too."""

    blank_is_absent = True

    @classmethod
    def from_query(cls, request: HttpRequest | Request) -> Any:
        """Return the validated parameters. Raise ``ValidationError``."""
        return cls.checked(request.GET)
