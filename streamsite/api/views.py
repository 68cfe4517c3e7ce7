"""The API's documentation page, and its answer to unknown paths."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView

from streamsite import errors


class ApiDocs(TemplateView):
    """A viewer of the OpenAPI document, from vendored files."""

    template_name = "api/docs.html"


@csrf_exempt
def api_not_found(request: HttpRequest) -> HttpResponse:
    """Unknown API paths are JSON as well."""
    return errors.response(request, errors.Absent())
