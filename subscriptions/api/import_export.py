"""``/api/v1/me/subscriptions/opml``, ``/import`` and ``/api/v1/me/feed/rss``: subscriptions for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import current_session_id, no_store, signed_in_user
from streamsite.api.described import described
from streamsite.cache_headers import PRIVATE_NEVER_STORED
from streamsite.errors import Invalid, TooLarge
from subscriptions import opml, private_feed
from subscriptions.schemas import NewPrivateFeedDict, PrivateFeedDict, SubscriptionImportDict
from subscriptions.serializers import OpmlUploadSerializer


def read_uploaded_opml(files: Mapping[str, object]) -> bytes:
    """Return the content of the form's ``file``. Raise ``Invalid`` without one, ``TooLarge`` for a large one."""
    sent = files.get("file")
    if not isinstance(sent, UploadedFile):
        raise Invalid(
            _("Select an OPML file."), fields={"file": [_("Send the OPML file in the “file” field.")]}
        )
    if (sent.size or 0) > opml.MAX_BYTES:
        raise TooLarge(_("The OPML file is too large. The limit is 2 MB."))
    content: bytes = sent.read()
    return content


class ExportView(APIView):
    """Export of subscriptions."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_subscriptions_export",
        responses={(200, opml.CONTENT_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        """Download the caller's subscriptions as OPML."""
        return opml_response(opml.export_subscriptions(signed_in_user(request)))


def opml_response(content: bytes) -> HttpResponse:
    """Return an OPML file as a download."""
    return HttpResponse(
        content,
        content_type=f"{opml.CONTENT_TYPE}; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="subscriptions.opml"',
            "Cache-Control": PRIVATE_NEVER_STORED.value,
        },
    )


class ImportView(APIView):
    """Import of subscriptions."""

    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="me_subscriptions_import",
        request={"multipart/form-data": OpmlUploadSerializer},
        responses={200: described(SubscriptionImportDict)},
    )
    def post(self, request: Request) -> Response:
        """Subscribe to every channel of this site that an OPML file names. Idempotent."""
        content = read_uploaded_opml(OpmlUploadSerializer.from_body(request))
        return no_store(Response(asdict(opml.import_subscriptions(signed_in_user(request), content))))


class PrivateFeedView(APIView):
    """The private URL of the caller's feed as RSS.

    Creating one requires a sign-in or ``POST /auth/proof`` within the last 10 minutes, else 403 ``proof_required``. It
    ends when the password or the second factor changes.
    """

    permission_classes = [IsAuthenticated]
    token_scopes: ClassVar[dict[str, None]] = {"POST": None}

    @extend_schema(operation_id="me_feed_rss", responses={200: described(PrivateFeedDict)})
    def get(self, request: Request) -> Response:
        """Read the state of the private feed URL."""
        return no_store(Response(private_feed.load_status(signed_in_user(request))))

    @extend_schema(
        operation_id="me_feed_rss_renew", request=None, responses={201: described(NewPrivateFeedDict)}
    )
    def post(self, request: Request) -> Response:
        """Create a private feed URL, which is shown once; the former one ends."""
        user = signed_in_user(request)
        url = private_feed.create_address(user, session_id=current_session_id(request))
        return no_store(
            Response(private_feed.load_status(user) | {"url": url}, status=status.HTTP_201_CREATED)
        )

    @extend_schema(
        operation_id="me_feed_rss_end",
        request=None,
        responses={204: OpenApiResponse(description="The feed URL no longer works")},
    )
    def delete(self, request: Request) -> Response:
        """Revoke the private feed URL. Idempotent."""
        private_feed.revoke(signed_in_user(request).pk)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
