"""``/api/v1/studio/comments`` and ``/api/v1/studio/comment-rules``."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from videos.comments import bulk, filters, owner_queries, queries
from videos.comments.owner_queries import StudioFilter
from videos.comments.schemas import CommentFiltersDict, StudioCommentDict, StudioCommentsChangedDict
from videos.comments.serializers import (
    CommentFiltersSerializer,
    StudioCommentsBulkSerializer,
    StudioCommentsQuerySerializer,
)


class StudioCommentsView(APIView):
    """Comments on what the caller owns."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_comments",
        parameters=[*PAGINATION_PARAMETERS, StudioCommentsQuerySerializer],
        responses={200: described(PageDict[StudioCommentDict])},
    )
    def get(self, request: Request) -> Response:
        """List the comments on what the caller owns, latest first."""
        chosen = StudioFilter.read(StudioCommentsQuerySerializer.from_query(request))
        rows = owner_queries.comments_for_owner(signed_in_user(request).pk, chosen)
        page = paginate(request, rows, queries.LATEST)
        return conditional_response(request, owner_queries.studio_page(page, request.user))


class StudioCommentsBulkView(APIView):
    """Changes of many comments on what the caller owns."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_comments_bulk",
        request=StudioCommentsBulkSerializer,
        responses={200: described(StudioCommentsChangedDict)},
    )
    def post(self, request: Request) -> Response:
        """Approve or delete many comments on what the caller owns. Safe to repeat."""
        sent = StudioCommentsBulkSerializer.from_body(request)
        return no_store(Response(bulk.change_comments(signed_in_user(request), sent["ids"], sent["action"])))


class CommentFiltersView(APIView):
    """Filters for comments on the caller's channel."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="comment_rules", responses={200: described(CommentFiltersDict)})
    def get(self, request: Request) -> Response:
        """Read the filters that hold comments for review."""
        return conditional_response(
            request, filters.rules_body(filters.get_rules(signed_in_user(request).pk))
        )

    @extend_schema(
        operation_id="comment_rules_change",
        request=CommentFiltersSerializer,
        responses={200: described(CommentFiltersDict)},
    )
    def patch(self, request: Request) -> Response:
        """Change the filters that hold comments for review."""
        data = CommentFiltersSerializer.from_body(request)
        return no_store(Response(filters.rules_body(filters.update_rules(signed_in_user(request).pk, data))))
