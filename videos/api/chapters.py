"""``/api/v1/videos/{id}/chapters/preview``: chapters that a text would give a video."""

from __future__ import annotations

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store
from streamsite.api.described import described
from streamsite.rate_limits import PREVIEW
from videos import access
from videos.chapters import services as chapter_services
from videos.schemas.chapters import ChapterPreviewDict
from videos.serializers.chapters import ChapterPreviewInputSerializer


class ChapterPreviewView(APIView):
    """Preview of chapters."""

    permission_classes = [IsAuthenticated]
    throttle_limit = PREVIEW

    @extend_schema(
        operation_id="chapters_preview",
        request=ChapterPreviewInputSerializer,
        responses={200: described(ChapterPreviewDict)},
    )
    def post(self, request: Request, video_id: str) -> Response:
        """Return the chapters that a text would give the video. Nothing is saved."""
        video = access.video_for_editing(request.user, video_id)
        texts = ChapterPreviewInputSerializer.from_body(request)
        found = chapter_services.preview_chapters(video, **texts)
        problems = [asdict(problem) for problem in found.problems]
        return no_store(Response({"chapters": found.chapters, "problems": problems}))
