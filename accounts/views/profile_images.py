"""The files of avatars and covers, open to everyone."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.image_processing import PROFILE_IMAGES
from accounts.image_storage import file_for_viewing
from streamsite import cors
from streamsite.cache_headers import IMMUTABLE
from streamsite.files import send_file


@cors.allow_preflight
@require_safe
def serve_profile_image(request: HttpRequest, folder: str, name: str) -> HttpResponseBase:
    """Serve one size of an image."""
    response = send_file(request, file_for_viewing(folder, name), content_type="image/webp", cache=IMMUTABLE)
    if any(name in kind.files for kind in PROFILE_IMAGES.values()):
        cors.allow_any_origin(response)
    return response
