"""The files of avatars, covers, and the site's own images: open to everyone, unless the site is login-only."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts import icon_files
from accounts.image_processing import PROFILE_IMAGES, SITE_IMAGES
from accounts.image_storage import file_for_viewing
from accounts.registration import login_only, rules
from streamsite import cors
from streamsite.cache_headers import IMMUTABLE
from streamsite.files import send_file

CONTENT_TYPES = {".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg", ".ico": "image/x-icon"}
SITE_FILES = {*icon_files.NAMES, *(name for kind in SITE_IMAGES.values() for name in kind.files)}
OPEN_FILES = SITE_FILES | {name for kind in PROFILE_IMAGES.values() for name in kind.files}


@login_only.checks_login
@cors.allow_preflight
@require_safe
def serve_profile_image(request: HttpRequest, folder: str, name: str) -> HttpResponseBase:
    """Serve one size of an image."""
    # The sign-in page shows those of the site.
    if name not in SITE_FILES and login_only.is_closed_to(request):
        raise rules.visitor_refusal()
    path = file_for_viewing(folder, name)
    response = send_file(request, path, content_type=CONTENT_TYPES[path.suffix], cache=IMMUTABLE)
    if name in OPEN_FILES:
        cors.allow_any_origin(response)
    return response
