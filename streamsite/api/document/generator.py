"""Generates the document: drf-spectacular's generator, with ``HEAD`` of views that define it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator

from streamsite.api.document.complete import complete_document


class _EndpointsWithHead(EndpointEnumerator):
    """Lists ``HEAD`` of views that define it, besides the usual methods."""

    def get_allowed_methods(self, callback: Any) -> list[str]:
        """Return the methods of a route."""
        methods: list[str] = super().get_allowed_methods(callback)  # type: ignore[no-untyped-call]
        return [*methods, "HEAD"] if hasattr(callback.cls, "head") else methods


class DocumentGenerator(SchemaGenerator):
    """Generates the document that the site serves."""

    endpoint_inspector_cls = _EndpointsWithHead

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        """Return the whole document."""
        return complete_document(super().get_schema(request, public))  # type: ignore[no-untyped-call]
