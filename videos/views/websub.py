"""The WebSub hub, which programs that read feeds subscribe at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from streamsite.cache_headers import never_cached
from streamsite.errors import SiteError
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import WEBSUB
from streamsite.view_actions import attempt
from videos.websub import services

FIELDS = ("hub.mode", "hub.topic", "hub.callback", "hub.lease_seconds", "hub.secret")


@csrf_exempt  # The callback confirms each request: servers that subscribe send no cookie.
@never_cached
@require_POST
@count_writes_as(WEBSUB)
def hub(request: HttpRequest) -> HttpResponse:
    """Take a request to subscribe or unsubscribe: 202, and the callback is asked to confirm it."""
    data = {name: request.POST.get(name, "") for name in FIELDS}
    refused = attempt(lambda: services.request_change(data))
    if isinstance(refused, SiteError):
        return HttpResponse(
            f"{refused.detail}\n", status=refused.status, content_type="text/plain; charset=utf-8"
        )
    return HttpResponse(status=202)
