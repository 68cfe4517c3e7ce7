"""``/api/v1/videos/{id}/captions`` and ``/transcript``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
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
from videos.captions.schemas import CaptionDict, TranscriptDict, WrittenCaptionDict
from videos.captions.webvtt import CaptionFile, Cue
from videos.models import Caption, Video
from videos.models.caption import CaptionKind
from videos.serializers.captions import (
    CaptionSerializer,
    CaptionTextSerializer,
    CaptionUploadSerializer,
    TranscriptQuerySerializer,
)

DESCRIPTION_FIELDS = ("language", "label", "kind")


class CaptionsView(APIView):
    """A video's caption tracks."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    parser_classes = [MultiPartParser, StrictJSONParser]

    @extend_schema(operation_id="captions_list", responses={200: described(PageDict[CaptionDict])})
    def get(self, request: Request, video_id: str) -> Response:
        """List a video's caption tracks."""
        visit = access.get_watchable(request._request, video_id)
        tracks = services.list_tracks(video_id)
        grant = media_grants.grant_for_request(request, visit.link)
        body = {
            "next": None,
            "previous": None,
            "results": [mappers.serialize_caption(visit.video, track, grant) for track in tracks],
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
        """Add a caption track."""
        video = access.video_for_editing(request.user, video_id)
        sent = CaptionSerializer.from_body(request)
        cues, file = _read_cues(sent, sent["language"])
        if cues is None:
            raise Invalid(
                _("Send a caption file as 'file', its text as 'text', or cues as 'cues'."),
                fields={"file": [_("Select a file.")]},
            )
        track = services.add_track(
            video,
            cues,
            language=sent["language"],
            label=sent.get("label") or "",
            kind=sent.get("kind") or CaptionKind.SUBTITLES,
        )
        response = no_store(
            Response(_serialize_written(request, video, track, file), status=status.HTTP_201_CREATED)
        )
        response["Location"] = f"/api/v1/videos/{video_id}/captions/{track.pk}"
        return response


class CaptionView(APIView):
    """One caption track."""

    permission_classes = [IsAuthenticatedOrReadOnly]
    parser_classes = [MultiPartParser, StrictJSONParser]
    token_scopes: ClassVar[dict[str, str]] = {}

    @extend_schema(operation_id="captions_read", responses={200: described(CaptionDict)})
    def get(self, request: Request, video_id: str, caption_id: str) -> Response:
        """Read a caption track."""
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
        """Change a caption track."""
        video = access.video_for_editing(request.user, video_id)
        track = services.get_track(video, caption_id)
        sent = CaptionSerializer.from_body(request, partial=True)
        cues, file = _read_cues(sent, sent.get("language", track.language))
        changes = {name: sent[name] for name in DESCRIPTION_FIELDS if sent.get(name) is not None}
        track = services.update_track(track, cues=cues, **changes)
        return no_store(Response(_serialize_written(request, video, track, file)))

    @extend_schema(operation_id="captions_delete", responses={204: OpenApiResponse(description="Deleted")})
    def delete(self, request: Request, video_id: str, caption_id: str) -> Response:
        """Delete a caption track."""
        video = access.video_for_editing(request.user, video_id)
        services.delete_track(services.get_track(video, caption_id))
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class TranscriptView(APIView):
    """A video's transcript."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="transcript",
        parameters=[TranscriptQuerySerializer],
        responses={200: described(TranscriptDict)},
    )
    def get(self, request: Request, video_id: str) -> Response:
        """Read a transcript, whole or searched."""
        visit = access.get_watchable(request._request, video_id)
        asked = TranscriptQuerySerializer.from_query(request)
        track, lines = services.build_transcript(
            visit.video, language=asked["language"], track_id=asked["track"], words=asked["q"]
        )
        body: TranscriptDict = {
            "next": None,
            "previous": None,
            "language": track.language if track else None,
            "caption_id": track.pk if track else None,
            "results": lines,
        }
        response = conditional_response(request, body)
        share_links.remember_admission(response, visit.link)
        return response


def _serialize_written(
    request: Request, video: Video, track: Caption, file: CaptionFile | None
) -> WrittenCaptionDict:
    """Return a track after a change, with how its file was read."""
    return {
        **mappers.serialize_caption(video, track, media_grants.grant_for_request(request)),
        "imported": mappers.serialize_caption_import(file),
    }


def _read_cues(sent: Mapping[str, Any], language: str) -> tuple[list[Cue] | None, CaptionFile | None]:
    """Return the cues that were sent, ``None`` without any, and how they were read if they came as a file or text."""
    upload, text, rows = sent.get("file"), sent.get("text"), sent.get("cues")
    if upload is not None:
        content = upload.read(webvtt.MAX_BYTES + 1)
        file = webvtt.read_caption_file(content, encoding=sent.get("encoding") or "", language=language)
    elif text:
        file = webvtt.read_caption_file(text.encode("utf-8", "replace"), encoding="utf-8")
    else:
        return (webvtt.from_rows(rows) if rows is not None else None), None
    return file.cues, file
