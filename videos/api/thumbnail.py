"""``/api/v1/videos/{id}/thumbnail``: a video's thumbnail."""

from __future__ import annotations

from typing import IO

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store
from streamsite.api.described import described
from streamsite.api.parsing import StrictJSONParser
from streamsite.rate_limits import IMAGE_UPLOAD
from videos import access, mappers, thumbnails
from videos.api import media_grants
from videos.models import Video
from videos.schemas.videos import VideoDict
from videos.serializers.thumbnails import (
    ThumbnailChoiceSerializer,
    ThumbnailSerializer,
    ThumbnailUploadSerializer,
)


class ThumbnailView(APIView):
    """A video's thumbnail."""

    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser, StrictJSONParser]
    throttle_limit = IMAGE_UPLOAD

    @extend_schema(
        operation_id="thumbnail_update",
        request={
            "multipart/form-data": ThumbnailUploadSerializer,
            "application/json": ThumbnailChoiceSerializer,
        },
        responses={200: described(VideoDict)},
    )
    def put(self, request: Request, video_id: str) -> Response:
        """Set the thumbnail to an image, a frame, or an automatic thumbnail."""
        video = access.video_for_editing(request.user, video_id)
        video = _set_thumbnail(video, **ThumbnailSerializer.from_body(request))
        return no_store(
            Response(mappers.serialize_video(video, request.user, media_grants.grant_for_request(request)))
        )

    @extend_schema(
        operation_id="thumbnail_delete", responses={204: OpenApiResponse(description="Reset to automatic")}
    )
    def delete(self, request: Request, video_id: str) -> Response:
        """Reset the thumbnail to the automatic one. Idempotent."""
        thumbnails.reset_thumbnail(access.video_for_editing(request.user, video_id))
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


def _set_thumbnail(
    video: Video, *, file: IO[bytes] | None = None, at: float = 0, choice: int | None = None
) -> Video:
    if file is not None:
        return thumbnails.set_image(video, file)
    return (
        thumbnails.choose_automatic(video, choice) if choice is not None else thumbnails.set_frame(video, at)
    )
