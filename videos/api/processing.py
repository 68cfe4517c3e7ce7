"""``/api/v1/videos/{id}/processing`` and ``/retry``: the processing job."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store
from streamsite.api.described import described
from videos import access, mappers, services, tasks
from videos.models import Video
from videos.schemas.processing import ProcessingDict


class ProcessingView(APIView):
    """The processing job of a video."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="videos_processing", responses={200: described(ProcessingDict)})
    def get(self, request: Request, video_id: str) -> Response:
        """Read the processing job, as the video's owner."""
        video = access.video_for_editing(request.user, video_id)
        return no_store(Response(_serialize(video)))


class RetryView(APIView):
    """Another try to process a failed video."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="videos_retry", request=None, responses={202: described(ProcessingDict)})
    def post(self, request: Request, video_id: str) -> Response:
        """Process a failed video again."""
        video = access.video_for_editing(request.user, video_id)
        video = services.retry(video, enqueue=tasks.enqueue_processing)
        return no_store(Response(_serialize(video), status=status.HTTP_202_ACCEPTED))


def _serialize(video: Video) -> ProcessingDict:
    place = tasks.queue_place(video)
    return mappers.serialize_processing(video, ahead=place.ahead, waits_for=place.waits_for)
