"""The OpenAPI document's defaults: every operation documents the one error form."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers


class ErrorSerializer(serializers.Serializer[Any]):
    """Every status of 400 and above."""

    code = serializers.CharField(help_text="Fixed word for programs.")
    detail = serializers.CharField(help_text="Sentence for people.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
    request_id = serializers.CharField()


class StreamsiteSchema(AutoSchema):
    """Adds the error responses that any operation can give."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if not operation:
            return operation
        reference = self.resolve_serializer(ErrorSerializer, "response").ref
        answer = {"description": "Error", "content": {"application/json": {"schema": reference}}}
        codes = ["400", "404", "429", "503"]
        if operation.get("security"):
            codes += ["401", "403"]
        for code in codes:
            operation["responses"].setdefault(code, answer)
        return operation
