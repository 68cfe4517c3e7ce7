"""The files of profile pictures, for everybody."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.pictures import file_for_viewing
from streamsite.files import send

# The address changes with the picture.
CACHE = "public, max-age=31536000, immutable"


@require_safe
def serve(request: HttpRequest, folder: str, name: str) -> HttpResponseBase:
    """One size of a picture."""
    return send(request, file_for_viewing(folder, name), content_type="image/webp", cache=CACHE)
