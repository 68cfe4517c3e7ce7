"""``/api/v1/videos/{id}/captions`` and the transcript made from them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent
from streamsite.api.json_types import PageDict
from streamsite.api.parsing import StrictJSONParser
from streamsite.errors import Invalid
from videos import access, mappers, share_links
from videos.api import media_grants
from videos.captions import services, webvtt
from videos.captions.webvtt import CaptionFile, Cue
from videos.models.caption import CaptionKind
from videos.schemas.captions import CaptionDict, TranscriptDict, WrittenCaptionDict
from videos.serializers.captions import CaptionTextSerializer, CaptionUploadSerializer

DESCRIPTION_FIELDS = ("language", "label", "kind")
# A transcript is bounded by what a caption file may hold, and is sent whole.
UNPAGED = {"next": None, "previous": None}


class CaptionsView(APIView):
    """The text tracks of a video."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    parser_classes = [MultiPartParser, StrictJSONParser]

    @extend_schema(operation_id="captions_list", responses={200: described(PageDict[CaptionDict])})
    def get(self, request: Request, video_id: str) -> Response:
        visit = access.get_watchable(request._request, video_id)
        tracks = services.list_tracks(video_id)
        grant = media_grants.grant_for_request(request, visit.link)
        body = UNPAGED | {
            "results": [mappers.serialize_caption(visit.video, track, grant) for track in tracks]
        }
        response = conditional_response(request, body)
        share_links.remember_admission(response, visit.link)
        return response

    @extend_schema(
        operation_id="captions_create",
        request={
            "multipart/form-data": CaptionUploadSerializer,
            "application/json": CaptionTextSerializer,
        },
        responses={201: described(WrittenCaptionDict)},
    )
    @idempotent()
    def post(self, request: Request, video_id: str) -> Response:
        video = access.video_for_editing(request.user, video_id)
        described = _read_description(request)
        cues, file = _read_cues(request, described.get("language", ""))
        if cues is None:
            raise Invalid(
                "Send a caption file as 'file', its text as 'text', or cues as 'cues'.",
                fields={"file": ["No file was sent."]},
            )
        track = services.add_track(
            video,
            cues,
            language=described.get("language", ""),
            label=described.get("label", ""),
            kind=described.get("kind") or CaptionKind.SUBTITLES,
        )
        body = mappers.serialize_caption(video, track, media_grants.grant_for_request(request)) | {
            "imported": mappers.serialize_caption_import(file)
        }
        response = no_store(Response(body, status=status.HTTP_201_CREATED))
        response["Location"] = f"/api/v1/videos/{video_id}/captions/{track.pk}"
        return response


class CaptionView(APIView):
    """One text track."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    parser_classes = [MultiPartParser, StrictJSONParser]
    token_scopes: ClassVar[dict[str, str]] = {}

    @extend_schema(operation_id="captions_read", responses={200: described(CaptionDict)})
    def get(self, request: Request, video_id: str, caption_id: str) -> Response:
        visit = access.get_watchable(request._request, video_id)
        track = services.get_track(visit.video, caption_id)
        grant = media_grants.grant_for_request(request, visit.link)
        response = conditional_response(request, mappers.serialize_caption(visit.video, track, grant))
        share_links.remember_admission(response, visit.link)
        return response

    @extend_schema(
        operation_id="captions_update",
        request={
            "multipart/form-data": CaptionUploadSerializer,
            "application/json": CaptionTextSerializer,
        },
        responses={200: described(WrittenCaptionDict)},
    )
    def patch(self, request: Request, video_id: str, caption_id: str) -> Response:
        video = access.video_for_editing(request.user, video_id)
        track = services.get_track(video, caption_id)
        described = _read_description(request)
        cues, file = _read_cues(request, described.get("language", track.language))
        track = services.update_track(track, cues=cues, **described)
        body = mappers.serialize_caption(video, track, media_grants.grant_for_request(request)) | {
            "imported": mappers.serialize_caption_import(file)
        }
        return no_store(Response(body))

    @extend_schema(operation_id="captions_delete", responses={204: OpenApiResponse(description="Deleted")})
    def delete(self, request: Request, video_id: str, caption_id: str) -> Response:
        video = access.video_for_editing(request.user, video_id)
        services.delete_track(services.get_track(video, caption_id))
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class TranscriptView(APIView):
    """What is said, to read along and to search."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="transcript",
        parameters=[
            OpenApiParameter("q", str, description="Only cues that hold all these words."),
            OpenApiParameter("language", str, description="A track in this language."),
            OpenApiParameter("track", str, description="The id of a caption track; instead of `language`."),
        ],
        responses={200: described(TranscriptDict)},
    )
    def get(self, request: Request, video_id: str) -> Response:
        visit = access.get_watchable(request._request, video_id)
        track, lines = services.build_transcript(
            visit.video,
            language=request.GET.get("language", "")[:20],
            track_id=request.GET.get("track", "")[:20],
            words=request.GET.get("q", "")[:200],
        )
        body = UNPAGED | {
            "language": track.language if track else None,
            "caption_id": track.pk if track else None,
            "results": lines,
        }
        response = conditional_response(request, body)
        share_links.remember_admission(response, visit.link)
        return response


def _read_cues(request: Request, language: str) -> tuple[list[Cue] | None, CaptionFile | None]:
    """Return the cues of the request, ``None`` without any, and how they were read if they came as a file or text."""
    data: Any = request.data
    upload, text, rows, encoding = (data.get(name) for name in ("file", "text", "cues", "encoding"))
    if isinstance(upload, UploadedFile):
        content = upload.read(webvtt.MAX_BYTES + 1)
        file = webvtt.read_caption_file(content, encoding=str(encoding or ""), language=language)
    elif isinstance(text, str) and text:
        file = webvtt.read_caption_file(text.encode("utf-8", "replace"), encoding="utf-8")
    else:
        return (webvtt.from_rows(rows) if rows is not None else None), None
    return file.cues, file


def _read_description(request: Request) -> dict[str, str]:
    sent: Any = request.data
    return {name: str(sent[name]) for name in DESCRIPTION_FIELDS if sent.get(name) is not None}
