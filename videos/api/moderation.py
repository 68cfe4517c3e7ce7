"""Reports, decisions against one's own things, and blocked channels."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import channel_for_unsubscribing, channel_for_viewing
from accounts.api.base import no_store, signed_in_user
from accounts.mappers import serialize_badge
from accounts.schemas import ChannelBadgeDict
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from videos import blocks
from videos.moderation import access, cases, reportable
from videos.moderation.schemas import BlockStateDict, DecisionDict, ReportDict
from videos.moderation.serializers import AppealSerializer, ReportInputSerializer


class ReportView(APIView):
    """Tell staff about a thing of the kind ``about``."""

    permission_classes = [IsAuthenticated]
    about = ""

    def report(self, request: Request, name: str) -> Response:
        """The caller's report of what has this name."""
        thing = reportable.get_reportable_type(self.about).open(request._request, name)
        row = cases.report(signed_in_user(request), thing, request.data)
        return no_store(Response(cases.report_body(row), status=status.HTTP_201_CREATED))


class VideoReportView(ReportView):
    """Tell staff about a video."""

    about = reportable.VIDEO

    @extend_schema(
        operation_id="videos_report",
        request=ReportInputSerializer,
        responses={201: described(ReportDict)},
    )
    @idempotent()
    def post(self, request: Request, video_id: str) -> Response:
        return self.report(request, video_id)


class CommentReportView(ReportView):
    """Tell staff about a comment."""

    about = reportable.COMMENT

    @extend_schema(
        operation_id="comments_report",
        request=ReportInputSerializer,
        responses={201: described(ReportDict)},
    )
    @idempotent()
    def post(self, request: Request, comment_id: str) -> Response:
        return self.report(request, comment_id)


class ChannelReportView(ReportView):
    """Tell staff about a channel."""

    about = reportable.CHANNEL

    @extend_schema(
        operation_id="channels_report",
        request=ReportInputSerializer,
        responses={201: described(ReportDict)},
    )
    @idempotent()
    def post(self, request: Request, username: str) -> Response:
        return self.report(request, username)


class DecisionsView(APIView):
    """Violations that staff found in what is the caller's, the latest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_decisions",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[DecisionDict])},
    )
    def get(self, request: Request) -> Response:
        page = paginate(request, cases.cases_against(signed_in_user(request).pk), cases.NEWEST)
        return conditional_response(request, page.body(cases.owner_body))


class AppealView(APIView):
    """Ask staff to look again, once."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_decision_appeal",
        request=AppealSerializer,
        responses={201: described(DecisionDict)},
    )
    @idempotent()
    def post(self, request: Request, case_id: str) -> Response:
        case = access.case_for_appealing(signed_in_user(request), case_id)
        data: Any = request.data
        case = cases.appeal(case, data.get("text"))
        return no_store(Response(cases.owner_body(case), status=status.HTTP_201_CREATED))


class BlocksView(APIView):
    """The channels that the caller blocks, the latest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_blocks",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ChannelBadgeDict])},
    )
    def get(self, request: Request) -> Response:
        page = paginate(request, blocks.blocks_of_user(signed_in_user(request).pk), blocks.RECENT)
        return conditional_response(request, page.body(lambda row: serialize_badge(row.blocked)))


class BlockView(APIView):
    """Whether the caller blocks a channel."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_block", request=None, responses={200: described(BlockStateDict)})
    def put(self, request: Request, username: str) -> Response:
        blocks.block(signed_in_user(request), channel_for_viewing(username))
        return no_store(Response({"is_blocked": True}))

    @extend_schema(operation_id="me_unblock", request=None, responses={200: described(BlockStateDict)})
    def delete(self, request: Request, username: str) -> Response:
        user = signed_in_user(request)
        blocks.unblock(
            user, channel_for_unsubscribing(username, lambda other: blocks.has_blocked(user.pk, other.pk))
        )
        return no_store(Response({"is_blocked": False}))
