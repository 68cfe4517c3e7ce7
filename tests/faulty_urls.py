"""The site's URLs and some whose views fail, for tests of what is logged then."""

import errno
import logging
from http import HTTPStatus

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import UnreadablePostError
from django.urls import path
from rest_framework.views import APIView

from streamsite import urls
from streamsite.errors import Throttled, Unavailable

FAULTS = {
    "bug": LookupError("a bug"),
    "outage": OperationalError("the address of a server"),
    "partner": Unavailable(),
    "throttled": Throttled(),
    "suspicious": SuspiciousOperation("a bad session"),
    "gone": UnreadablePostError("the client closed the connection"),
    "full": OSError(errno.ENOSPC, "No space left on device", "/var/lib/streamsite/x"),
}
STATUSES = {
    "bug": HTTPStatus.INTERNAL_SERVER_ERROR,
    "outage": HTTPStatus.SERVICE_UNAVAILABLE,
    "partner": HTTPStatus.SERVICE_UNAVAILABLE,
    "throttled": HTTPStatus.TOO_MANY_REQUESTS,
    "suspicious": HTTPStatus.BAD_REQUEST,
    "gone": HTTPStatus.BAD_REQUEST,
    "full": HTTPStatus.INSUFFICIENT_STORAGE,
}


def fail(request, kind):
    """Return a page that fails."""
    logging.getLogger("streamsite.tests").warning("about to fail: %s", kind)
    raise FAULTS[kind]


class Fail(APIView):
    """A resource of the API that fails."""

    def get(self, request, kind):
        return fail(request, kind)


urlpatterns = [path("fail/<kind>", fail), path("api/v1/fail/<kind>", Fail.as_view()), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = (
    *(urls.handler400, urls.handler403),
    *(urls.handler404, urls.handler500),
)
