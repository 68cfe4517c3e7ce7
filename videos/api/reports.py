"""``/report`` of videos, comments and channels."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent
from videos.moderation import cases, reportable
from videos.moderation.schemas import ReportDict
from videos.moderation.serializers import ReportInputSerializer


class ReportView(APIView):
    """Base of the report endpoints; ``about`` is the kind of target."""

    permission_classes = [IsAuthenticated]
    about = ""

    def report(self, request: Request, name: str) -> Response:
        """Create the caller's report of the target called ``name``."""
        thing = reportable.get_reportable_type(self.about).open(request._request, name)
        row = cases.report(signed_in_user(request), thing, ReportInputSerializer.from_body(request))
        return no_store(Response(cases.report_body(row), status=status.HTTP_201_CREATED))


class VideoReportView(ReportView):
    """Reports of a video."""

    about = reportable.VIDEO

    @extend_schema(
        operation_id="videos_report",
        request=ReportInputSerializer,
        responses={201: described(ReportDict)},
    )
    @idempotent()
    def post(self, request: Request, video_id: str) -> Response:
        """Report a video to the staff."""
        return self.report(request, video_id)


class CommentReportView(ReportView):
    """Reports of a comment."""

    about = reportable.COMMENT

    @extend_schema(
        operation_id="comments_report",
        request=ReportInputSerializer,
        responses={201: described(ReportDict)},
    )
    @idempotent()
    def post(self, request: Request, comment_id: str) -> Response:
        """Report a comment to the staff."""
        return self.report(request, comment_id)


class ChannelReportView(ReportView):
    """Reports of a channel."""

    about = reportable.CHANNEL

    @extend_schema(
        operation_id="channels_report",
        request=ReportInputSerializer,
        responses={201: described(ReportDict)},
    )
    @idempotent()
    def post(self, request: Request, username: str) -> Response:
        """Report a channel to the staff."""
        return self.report(request, username)
