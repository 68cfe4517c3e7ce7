"""The files of profile pictures, for everybody."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.image_processing import KINDS
from accounts.image_storage import file_for_viewing
from streamsite import cors
from streamsite.files import send

# The address changes with the picture.
CACHE = "public, max-age=31536000, immutable"


@cors.answers_preflight
@require_safe
def serve(request: HttpRequest, folder: str, name: str) -> HttpResponseBase:
    """One size of a picture."""
    response = send(request, file_for_viewing(folder, name), content_type="image/webp", cache=CACHE)
    if any(name in kind.files for kind in KINDS.values()):
        cors.open_to_all(response)
    return response
