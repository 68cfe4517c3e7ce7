"""The OpenAPI document's defaults: every operation documents its errors, and how callers authenticate."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry

from streamsite.api.described import described
from streamsite.api.document.operations import complete_operation


class ErrorDict(TypedDict):
    """The body of every status of 400 and above."""

    code: Annotated[str, "Fixed word for programs."]
    detail: Annotated[str, "Sentence for people."]
    fields: NotRequired[dict[str, list[str]]]
    request_id: str


class StreamsiteSchema(AutoSchema):
    """Adds to an operation what ``streamsite.api.document`` knows about it."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Any:
        """Return the operation, complete but for examples."""
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation:
            self.resolve_serializer(described(ErrorDict), "response")  # type: ignore[arg-type]
            complete_operation(operation, self.view, self.method, path)
        return operation

    def get_request_serializer(self) -> Any:
        """Return the serializer of the body; ``None`` for a ``DELETE`` whose ``extend_schema`` names none."""
        return None if self.method == "DELETE" else super().get_request_serializer()

    def _get_request_body(self, direction: str = "request") -> Any:
        """Return the body, of ``DELETE`` too where ``extend_schema`` names one."""
        if self.method != "DELETE":
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        declared = self.get_request_serializer()
        if declared is None:
            return None
        schema = self.resolve_serializer(declared, "request").ref
        return {"content": {"application/json": {"schema": schema}}}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """An access token in the ``Authorization`` header."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return the security scheme of OpenAPI."""
        text = "`Authorization: Bearer <access token>`: an access token of `POST /auth/token`, which lives ten minutes."
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": text}


class PageSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session cookie of the site's own pages; unsafe methods need ``X-CSRFToken`` as well."""

    target_class = "accounts.authentication.PageSessionAuthentication"
    name = "page_session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return the security scheme of OpenAPI."""
        text = (
            "The session of the site's own pages. Methods that change something need `X-CSRFToken` as well."
        )
        name = settings.SESSION_COOKIE_NAME
        return {"type": "apiKey", "in": "cookie", "name": name, "description": text}


class ApiTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A personal token: ``Authorization: Token sst_...``."""

    target_class = "accounts.authentication.ApiTokenAuthentication"
    name = "api_token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return the security scheme of OpenAPI."""
        text = "`Authorization: Token sst_...`: an API token. The value has the prefix `Token` and a space."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": text}
