"""The OpenAPI document's defaults: every operation documents the one error form."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry

from streamsite.api.described import described


class ErrorDict(TypedDict):
    """The body of every status of 400 and above."""

    code: Annotated[str, "Fixed word for programs."]
    detail: Annotated[str, "Sentence for people."]
    fields: NotRequired[dict[str, list[str]]]
    request_id: str


# Error statuses that an operation may have besides those of its view.
COMMON_ERROR_STATUSES = ("400", "404", "429", "503")
ERROR_STATUSES_BY_METHOD = {
    "POST": ("409", "413", "415", "422"),
    "PUT": ("409", "413", "415"),
    "PATCH": ("409", "412", "413", "415"),
    "DELETE": ("409", "412"),
}


class StreamsiteSchema(AutoSchema):
    """Adds the error responses that any operation can give."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Any:
        """Return the operation with every error response that it may have."""
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if not operation:
            return operation
        reference = self.resolve_serializer(described(ErrorDict), "response").ref  # type: ignore[arg-type]
        answer = {"description": "Error", "content": {"application/json": {"schema": reference}}}
        codes = [*COMMON_ERROR_STATUSES, *ERROR_STATUSES_BY_METHOD.get(self.method, ())]
        if operation.get("security"):
            codes += ["401", "403"]
        for code in codes:
            operation["responses"].setdefault(code, answer)
        return operation


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """An access token in the ``Authorization`` header."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return the security scheme of OpenAPI."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class PageSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session cookie of the site's own pages; unsafe methods need ``X-CSRFToken`` as well."""

    target_class = "accounts.authentication.PageSessionAuthentication"
    name = "page_session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return the security scheme of OpenAPI."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class ApiTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A personal token: ``Authorization: Token sst_...``."""

    target_class = "accounts.authentication.ApiTokenAuthentication"
    name = "api_token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return the security scheme of OpenAPI."""
        return {"type": "apiKey", "in": "header", "name": "Authorization"}
