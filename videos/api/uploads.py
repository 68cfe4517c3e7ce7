"""``/api/v1/uploads``: tus 1.0 with the extensions of ``tus.EXTENSIONS``."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import http_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.api.base import signed_in_user
from accounts.registration import rules
from streamsite.api.idempotency import idempotent, planned_id
from streamsite.cache_headers import NEVER_STORED
from streamsite.errors import Invalid, UnsupportedMediaType
from streamsite.rate_limits import UPLOAD, UPLOAD_CHUNKS, Limit
from videos.models import Upload, UploadKind
from videos.tasks import enqueue_processing
from videos.uploads import creation, services, tus

RESUMABLE = OpenApiParameter("Tus-Resumable", str, OpenApiParameter.HEADER, required=True, enum=["1.0.0"])
OFFSET = OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER, required=True)
LENGTH = OpenApiParameter(
    "Upload-Length", int, OpenApiParameter.HEADER, description="Required once if the length was deferred."
)
CHECKSUM = OpenApiParameter(
    "Upload-Checksum",
    str,
    OpenApiParameter.HEADER,
    description="The algorithm and the Base64 digest of this body.",
)
REPLAYED_HEADERS = ("Location", "X-Video-Id", "Upload-Offset", "Upload-Expires", "Upload-Concat")
OVERRIDABLE_METHODS = {"PATCH", "DELETE", "HEAD"}
VERSIONED_METHODS = {"POST", *OVERRIDABLE_METHODS}


class TusView(APIView):
    """Base of the tus endpoints."""

    token_scopes: ClassVar[dict[str, str]] = dict.fromkeys(
        ("GET", "HEAD", "POST", "PATCH", "DELETE"), "upload"
    )

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Apply ``X-HTTP-Method-Override``: clients behind old proxies send PATCH and DELETE as POST."""
        override = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and override in OVERRIDABLE_METHODS:
            request.method = override
        return super().dispatch(request, *args, **kwargs)

    def get_permissions(self) -> list[BasePermission]:
        """Let anyone ask what the server supports."""
        return [AllowAny()] if self.request.method == "OPTIONS" else [IsAuthenticated()]

    def get_throttles(self) -> list[BaseThrottle]:
        """Count no preflight requests: browsers send one before most requests to another origin."""
        return [] if self.request.method == "OPTIONS" else super().get_throttles()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Check the protocol's version after the usual checks."""
        super().initial(request, *args, **kwargs)
        if request.method in VERSIONED_METHODS and hasattr(self, str(request.method).lower()):
            tus.require_version(request.headers.get("Tus-Resumable"))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Add the headers of every response of the protocol."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = tus.VERSION
        return NEVER_STORED.set_on(response)

    @extend_schema(exclude=True)
    def options(self, request: Request, *args: object, **kwargs: object) -> Response:  # type: ignore[override]
        """Describe the supported protocol."""
        response = Response(status=status.HTTP_204_NO_CONTENT)
        response["Tus-Version"] = tus.VERSION
        response["Tus-Extension"] = tus.EXTENSIONS
        response["Tus-Max-Size"] = str(rules.max_upload_bytes())
        response["Tus-Checksum-Algorithm"] = ",".join(tus.ALGORITHMS)
        return response


def _fingerprint_creation(request: Request) -> str:
    """Return a digest of the headers that tell two creations apart."""
    parts = [request.headers.get(name, "") for name in ("Upload-Length", "Upload-Metadata", "Content-Length")]
    parts += [
        f"{name}: {request.headers[name]}"
        for name in ("Upload-Concat", "Upload-Defer-Length")
        if name in request.headers
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _recover_upload(view: APIView, request: Request) -> Response | None:
    """Return the answer with the current offset when the upload of the request is there already."""
    upload = Upload.objects.select_related("video").filter(pk=planned_id(request)).first()
    if upload is None:
        return None
    response = _creation_response(upload)
    arrived = services.current_offset(upload, enqueue=enqueue_processing)
    if arrived is not None:
        response["Upload-Offset"] = str(arrived)
    return response


class UploadsView(TusView):
    """New resumable uploads."""

    @property
    def throttle_limit(self) -> Limit:
        """The limit of whole files, or that of parts: clients that send four parts at once may send as many files."""
        is_partial = self.request.headers.get("Upload-Concat", "").strip() == tus.PARTIAL
        return UPLOAD_CHUNKS if is_partial else UPLOAD

    @extend_schema(
        operation_id="uploads_create",
        parameters=[
            RESUMABLE,
            OpenApiParameter(
                "Upload-Length",
                int,
                OpenApiParameter.HEADER,
                description="Required unless Upload-Defer-Length or a final Upload-Concat is sent.",
            ),
            OpenApiParameter("Upload-Defer-Length", int, OpenApiParameter.HEADER, enum=[1]),
            OpenApiParameter(
                "Upload-Concat",
                str,
                OpenApiParameter.HEADER,
                description='"partial", or "final;" then URLs of finished partial uploads, separated by spaces.',
            ),
            OpenApiParameter("Upload-Metadata", str, OpenApiParameter.HEADER),
        ],
        request={tus.CONTENT_TYPE: bytes},
        responses={
            201: OpenApiResponse(
                description="Created. Location is its URL, X-Video-Id its draft video (none for partial uploads)"
            ),
            412: OpenApiResponse(description="Unsupported protocol version"),
        },
    )
    @idempotent(recover=_recover_upload, headers=REPLAYED_HEADERS, fingerprint=_fingerprint_creation)
    def post(self, request: Request) -> Response:
        """Create a resumable upload."""
        hosts = {request.get_host(), urlsplit(settings.SITE_URL).netloc}
        concat = tus.parse_concat(request.headers.get("Upload-Concat"), hosts)
        if concat is not None and concat.is_final:
            return self._join(request, concat)
        length = tus.parse_length(
            request.headers.get("Upload-Length"), request.headers.get("Upload-Defer-Length")
        )
        checksum = tus.parse_checksum(request.headers.get("Upload-Checksum"))
        sent = _body_length(request)  # None: in chunks, until they end
        begin = creation.create_upload if concat is None else creation.create_partial_upload
        upload = begin(
            signed_in_user(request),
            length=length,
            metadata=request.headers.get("Upload-Metadata", ""),
            upload_id=planned_id(request),
        )
        response = _creation_response(upload)
        if sent != 0:
            reached = services.append_to_upload(
                upload,
                request._request,
                start=0,
                length=sent,
                checksum=checksum,
                enqueue=enqueue_processing,
            )
            response["Upload-Offset"] = str(reached)
        return response

    @staticmethod
    def _join(request: Request, concat: tus.Concat) -> Response:
        """Create the final upload, and answer once its bytes are joined."""
        if "Upload-Length" in request.headers or "Upload-Defer-Length" in request.headers:
            raise Invalid(_("A final upload is as long as its partial uploads. Don't send its length."))
        length = _body_length(request)
        if length or (length is None and request._request.read(1)):
            raise Invalid(_("A final upload is made of its partial uploads. Don't send bytes."))
        upload = creation.create_final_upload(
            signed_in_user(request),
            ids=concat.ids,
            concat=request.headers["Upload-Concat"],
            metadata=request.headers.get("Upload-Metadata", ""),
        )
        response = _creation_response(upload)
        joined = services.current_offset(upload, enqueue=enqueue_processing)
        if joined is not None:
            response["Upload-Offset"] = str(joined)
        return response


class UploadView(TusView):
    """One upload of the caller."""

    throttle_limit = UPLOAD_CHUNKS

    @extend_schema(
        operation_id="uploads_state",
        parameters=[RESUMABLE],
        responses={200: OpenApiResponse(description="Upload-Offset is the number of bytes received")},
    )
    def head(self, request: Request, upload_id: str) -> Response:
        """Return how many bytes of an upload have arrived."""
        upload = services.get_upload(signed_in_user(request), upload_id)
        arrived = services.current_offset(upload, enqueue=enqueue_processing)
        response = _add_state_headers(Response(status=status.HTTP_200_OK), upload)
        if arrived is not None:
            response["Upload-Offset"] = str(arrived)
        if upload.length is None:
            response["Upload-Defer-Length"] = "1"
        else:
            response["Upload-Length"] = str(upload.length)
        if upload.metadata:
            response["Upload-Metadata"] = upload.metadata
        return response

    @extend_schema(
        operation_id="uploads_append",
        parameters=[RESUMABLE, OFFSET, LENGTH, CHECKSUM],
        request={tus.CONTENT_TYPE: bytes},
        responses={204: OpenApiResponse(description="Stored. Upload-Offset is the number of bytes received")},
    )
    def patch(self, request: Request, upload_id: str) -> Response:
        """Append bytes to an upload."""
        upload = services.get_upload(signed_in_user(request), upload_id)
        start = tus.parse_number("Upload-Offset", request.headers.get("Upload-Offset"))
        total = request.headers.get("Upload-Length")
        checksum = tus.parse_checksum(request.headers.get("Upload-Checksum"))
        reached = services.append_to_upload(
            upload,
            request._request,
            start=start,
            length=_body_length(request),
            checksum=checksum,
            enqueue=enqueue_processing,
            total=None if total is None else tus.parse_number("Upload-Length", total),
        )
        response = _add_state_headers(Response(status=status.HTTP_204_NO_CONTENT), upload)
        response["Upload-Offset"] = str(reached)
        return response

    @extend_schema(
        operation_id="uploads_cancel",
        parameters=[RESUMABLE],
        responses={204: OpenApiResponse(description="Canceled. Its bytes and its draft video are deleted")},
    )
    def delete(self, request: Request, upload_id: str) -> Response:
        """Cancel an upload and delete its draft."""
        services.cancel_upload(services.get_upload(signed_in_user(request), upload_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _body_length(request: Request) -> int | None:
    """Return the length of the body, ``None`` when it comes in chunks. Raises for another type than the protocol's."""
    raw = request.headers.get("Content-Length", "")
    is_chunked = "Transfer-Encoding" in request.headers
    if not raw and not is_chunked:
        return 0
    length = None if is_chunked else tus.parse_number("Content-Length", raw)
    if length != 0 and request.content_type.partition(";")[0].strip() != tus.CONTENT_TYPE:
        raise UnsupportedMediaType(_("Send the bytes as %(type)s.") % {"type": tus.CONTENT_TYPE})
    return length


def _creation_response(upload: Upload) -> Response:
    response = _add_state_headers(Response(status=status.HTTP_201_CREATED), upload)
    response["Location"] = f"/api/v1/uploads/{upload.pk}"
    return response


def _add_state_headers(response: Response, upload: Upload) -> Response:
    """Add what every answer about the upload says."""
    if upload.video_id is not None:
        response["X-Video-Id"] = upload.video_id
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    if upload.kind != UploadKind.WHOLE:
        response["Upload-Concat"] = upload.concat or tus.PARTIAL
    return response
