"""The OpenAPI document, its viewer, and the response to unknown paths."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from streamsite import error_responses, errors, origin
from streamsite.api.endpoint_table import Document
from streamsite.cache_headers import public_for
from streamsite.site_settings.identity import site_name


class ApiDocs(TemplateView):
    """A viewer of the OpenAPI document, from vendored files."""

    template_name = "api/docs.html"


class SchemaView(SpectacularJSONAPIView):
    """The OpenAPI document: the same for everyone, so it is generated once per process."""

    throttle_classes: list[type[BaseThrottle]] = []

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        """Return the OpenAPI document."""
        document = _generate_document(site_name(), origin.current())
        response = HttpResponse(document, content_type=OpenApiJsonRenderer.media_type)
        response["Content-Disposition"] = 'inline; filename="Streamsite API.json"'
        return public_for(300).set_on(response)


@lru_cache(maxsize=2)
def _generate_document(name: str, address: str) -> bytes:
    """Return the document of a site of that name and address as JSON. Generating it takes a second: it is cached."""
    document: bytes = OpenApiJsonRenderer().render(generate_schema(), renderer_context={})
    return document


def generate_schema() -> Document:
    """Return the OpenAPI document as plain mappings."""
    generator: Any = SchemaView.generator_class()
    document: Document = generator.get_schema(request=None, public=True)
    return document


@csrf_exempt
def api_not_found(request: HttpRequest) -> HttpResponse:
    """Answer unknown API paths with JSON."""
    return error_responses.error_response(request, errors.Absent())
