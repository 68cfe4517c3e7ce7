"""The API's description and its page, and the answer to unknown paths."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from streamsite import errors


class ApiDocs(TemplateView):
    """A viewer of the OpenAPI document, from vendored files."""

    template_name = "api/docs.html"


class SchemaView(SpectacularJSONAPIView):
    """The OpenAPI document: the same for everyone, so it is generated once per process."""

    throttle_classes: list[type[BaseThrottle]] = []

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(_generate_document(), content_type=OpenApiJsonRenderer.media_type)
        response["Content-Disposition"] = 'inline; filename="Streamsite API.json"'
        response["Cache-Control"] = "public, max-age=300"
        return response


@cache
def _generate_document() -> bytes:
    """Generate the document, which takes a third of a second of a core: nobody may ask for that again and again."""
    generator: Any = SchemaView.generator_class()
    document: bytes = OpenApiJsonRenderer().render(
        generator.get_schema(request=None, public=True), renderer_context={}
    )
    return document


@csrf_exempt
def api_not_found(request: HttpRequest) -> HttpResponse:
    """Unknown API paths are JSON as well."""
    return errors.error_response(request, errors.Absent())
