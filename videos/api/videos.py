"""``/api/v1/videos``: the library, one video, and uploads of small files."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.core.files.uploadedfile import TemporaryUploadedFile
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import signed_in_user
from streamsite.api.conditional import conditional_response, expected_version, version_etag
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent, planned_id
from streamsite.api.pagination import PAGINATION_PARAMETERS
from streamsite.api.parsing import StrictJSONParser
from streamsite.api.shared_bodies import shared_response
from streamsite.cache_headers import PRIVATE_NEVER_STORED
from streamsite.rate_limits import UPLOAD
from videos import access, duplicate_uploads, mappers, queries, sensitivity, services, share_links, tasks
from videos.api import media_grants
from videos.models import Video
from videos.schemas.cards import PageOfFoundCardsDict
from videos.schemas.videos import UploadedVideoDict, VideoDict
from videos.serializers.library import LibraryQuerySerializer
from videos.serializers.metadata import MetadataSerializer, UploadSerializer


def _uploaded_response(request: Request, video: Video) -> Response:
    """Return the answer to the request that uploaded a video."""
    body: UploadedVideoDict = {
        **mappers.serialize_video(video, signed_in_user(request), media_grants.grant_for_request(request)),
        "duplicate_of": duplicate_uploads.original_body(video),
    }
    response = Response(body, status=status.HTTP_201_CREATED)
    response["Location"] = f"/api/v1/videos/{video.pk}"
    return PRIVATE_NEVER_STORED.set_on(response)


def _recover_upload(view: APIView, request: Request) -> Response | None:
    """Return the answer when the video of the request is there already."""
    video = Video.objects.select_related("channel").filter(pk=planned_id(request, size=11)).first()
    return None if video is None else _uploaded_response(request, video)


class VideosView(APIView):
    """The public library, and uploads of small files."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    token_scopes: ClassVar[dict[str, str]] = {"POST": "upload"}
    parser_classes = [MultiPartParser, StrictJSONParser]
    throttle_limit = UPLOAD

    @extend_schema(
        operation_id="videos_list",
        parameters=[
            *PAGINATION_PARAMETERS,
            LibraryQuerySerializer,
        ],
        responses={200: described(PageOfFoundCardsDict)},
    )
    def get(self, request: Request) -> Response:
        """Search and list the public library."""
        return shared_response(
            request, lambda: queries.library_body(request), sensitivity.shared_listing(request.user)
        )

    @extend_schema(
        operation_id="videos_upload",
        request={"multipart/form-data": UploadSerializer},
        responses={201: described(UploadedVideoDict)},
    )
    @idempotent(recover=_recover_upload)
    def post(self, request: Request) -> Response:
        """Upload a video in one request."""
        data = UploadSerializer.from_body(request)
        upload: TemporaryUploadedFile = data.pop("file")
        user = signed_in_user(request)
        video = services.create_from_upload(
            user,
            Path(upload.temporary_file_path()),
            filename=upload.name or "",
            size=upload.size or 0,
            data=data,
            enqueue=tasks.enqueue_processing,
            sha256=getattr(upload, "sha256", ""),
            video_id=planned_id(request, size=11),
        )
        return _uploaded_response(request, video)


class VideoView(APIView):
    """One video."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(operation_id="videos_read", responses={200: described(VideoDict)})
    def get(self, request: Request, video_id: str) -> Response:
        """Read a video."""
        visit = access.get_watchable(request._request, video_id)
        grant = media_grants.grant_for_request(request, visit.link)
        response = conditional_response(request, mappers.serialize_video(visit.video, request.user, grant))
        share_links.remember_admission(response, visit.link)
        return response

    @extend_schema(
        operation_id="videos_update",
        request=MetadataSerializer,
        responses={200: described(VideoDict)},
    )
    def patch(self, request: Request, video_id: str) -> Response:
        """Change a video's metadata."""
        video = access.video_for_editing(request.user, video_id)
        changes = MetadataSerializer.from_body(request)
        video = services.update(video, changes, expected_version=expected_version(request))
        response = Response(
            mappers.serialize_video(video, request.user, media_grants.grant_for_request(request))
        )
        response["ETag"] = version_etag(video.version)
        return PRIVATE_NEVER_STORED.set_on(response)

    @extend_schema(operation_id="videos_delete", responses={204: OpenApiResponse(description="Deleted")})
    def delete(self, request: Request, video_id: str) -> Response:
        """Delete a video with its files."""
        video = access.video_for_editing(request.user, video_id)
        services.require_version(video, expected_version(request))
        services.delete(video)
        return Response(status=status.HTTP_204_NO_CONTENT)
