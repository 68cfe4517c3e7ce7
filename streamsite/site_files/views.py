"""The files about the site. Browsers get those of its look on a login-only site, too: the sign-in page shows them."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from streamsite import xml
from streamsite.cache_headers import cached_for
from streamsite.errors import Absent
from streamsite.site_files import icons, manifest, opensearch, security_txt


@login_not_required
@require_safe
@cached_for(600)
def icon(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect to the icon's file, whose address changes with the icon."""
    return redirect(icons.icon_url(name))


@login_not_required
@require_safe
def web_app_manifest(request: HttpRequest) -> HttpResponse:
    """Serve the manifest."""
    content = json.dumps(manifest.build_manifest(), ensure_ascii=False).encode()
    return xml.respond(request, content, manifest.CONTENT_TYPE)


@require_safe
def opensearch_description(request: HttpRequest) -> HttpResponse:
    """Serve the description of the search."""
    return xml.respond(request, opensearch.build_description(), opensearch.CONTENT_TYPE)


@require_safe
def security_contacts(request: HttpRequest) -> HttpResponse:
    """Serve ``security.txt``; 404 while the site names nobody to report to."""
    content = security_txt.build_security_txt()
    if not content:
        raise Absent
    return xml.respond(request, content.encode(), "text/plain")
