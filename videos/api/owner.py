"""What only a video's owner does with it: its picture, its share links, its job."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from streamsite.api.parsing import StrictJSONParser
from streamsite.errors import Invalid
from streamsite.rate_limits import IMAGE_UPLOAD, PREVIEW
from videos import access, mappers, services, share_links, tasks, thumbnails
from videos.api import media_grants
from videos.chapters import services as chapter_services
from videos.models import Video
from videos.schemas.chapters import ChapterPreviewDict
from videos.schemas.processing import ProcessingDict
from videos.schemas.share_links import ShareLinkDict
from videos.schemas.videos import VideoDict
from videos.serializers.chapters import ChapterPreviewInputSerializer
from videos.serializers.share_links import ShareLinkInputSerializer
from videos.serializers.thumbnails import ThumbnailChoiceSerializer, ThumbnailUploadSerializer


class ThumbnailView(APIView):
    """The picture that stands for the video."""

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
        video = access.video_for_editing(request.user, video_id)
        video = _set_thumbnail(video, request.data)
        return no_store(
            Response(mappers.serialize_video(video, request.user, media_grants.grant_for_request(request)))
        )

    @extend_schema(
        operation_id="thumbnail_delete", responses={204: OpenApiResponse(description="Automatic again")}
    )
    def delete(self, request: Request, video_id: str) -> Response:
        thumbnails.reset_thumbnail(access.video_for_editing(request.user, video_id))
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


def _set_thumbnail(video: Video, sent: Any) -> Video:
    for name in ("file", "image", "thumbnail"):
        if isinstance(sent.get(name), UploadedFile):
            return thumbnails.set_image(video, sent[name])
    at, choice = sent.get("at"), sent.get("choice")
    try:
        if at is not None and not isinstance(at, bool):
            return thumbnails.set_frame(video, float(at))
        if choice is not None and not isinstance(choice, bool):
            return thumbnails.choose_automatic(video, int(choice))
    except (TypeError, ValueError):
        name = "choice" if at is None else "at"
        raise Invalid("That is no number.", fields={name: ["Not a number."]}) from None
    raise Invalid(
        "Send a picture as 'file', or 'at' with a time in seconds, or 'choice' with the number of a picture.",
        fields={"file": ["No picture was sent."]},
    )


class ChapterPreviewView(APIView):
    """Return the chapters that a text would give the video, or why there are none. Save nothing."""

    permission_classes = [IsAuthenticated]
    throttle_limit = PREVIEW

    @extend_schema(
        operation_id="chapters_preview",
        request=ChapterPreviewInputSerializer,
        responses={200: described(ChapterPreviewDict)},
    )
    def post(self, request: Request, video_id: str) -> Response:
        video = access.video_for_editing(request.user, video_id)
        sent: Any = request.data
        texts = {name: sent.get(name) for name in ("description", "lines")}
        for name, text in texts.items():
            if not isinstance(text, str | None):
                raise Invalid(fields={name: ["Send text."]})
        found = chapter_services.preview_chapters(video, **texts)
        problems = [asdict(problem) for problem in found.problems]
        return no_store(Response({"chapters": found.chapters, "problems": problems}))


class ShareLinksView(APIView):
    """Links to a private video."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="share_links_list",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ShareLinkDict])},
    )
    def get(self, request: Request, video_id: str) -> Response:
        video = access.video_for_editing(request.user, video_id)
        page = paginate(request, share_links.links_of_video(video), share_links.NEWEST)
        return no_store(Response(page.body(mappers.serialize_share_link)))

    @extend_schema(
        operation_id="share_links_create",
        request=ShareLinkInputSerializer,
        responses={201: described(ShareLinkDict)},
    )
    @idempotent()
    def post(self, request: Request, video_id: str) -> Response:
        video = access.video_for_editing(request.user, video_id)
        sent: Any = request.data
        link = share_links.create_link(video, sent)
        response = no_store(Response(mappers.serialize_share_link(link), status=status.HTTP_201_CREATED))
        response["Location"] = f"/api/v1/videos/{video_id}/share-links/{link.pk}"
        return response


class ShareLinkView(APIView):
    """One link."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="share_links_delete", responses={204: OpenApiResponse(description="Revoked")})
    def delete(self, request: Request, video_id: str, link_id: str) -> Response:
        share_links.revoke_link(access.video_for_editing(request.user, video_id), link_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class ProcessingView(APIView):
    """The job that makes the video playable, for its owner."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="videos_processing", responses={200: described(ProcessingDict)})
    def get(self, request: Request, video_id: str) -> Response:
        video = access.video_for_editing(request.user, video_id)
        return no_store(Response(mappers.serialize_processing(video, tasks.jobs_ahead(video))))


class RetryView(APIView):
    """Process a failed video again."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="videos_retry", request=None, responses={202: described(ProcessingDict)})
    def post(self, request: Request, video_id: str) -> Response:
        video = access.video_for_editing(request.user, video_id)
        video = services.retry(video, enqueue=tasks.enqueue_processing)
        return no_store(
            Response(
                mappers.serialize_processing(video, tasks.jobs_ahead(video)), status=status.HTTP_202_ACCEPTED
            )
        )
