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
from videos.comments import filters, mappers, queries
from videos.comments.schemas import CommentFiltersDict, StudioCommentDict
from videos.comments.serializers import (
    CommentFiltersSerializer,
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
        state = StudioCommentsQuerySerializer.from_query(request)["state"]
        rows = queries.comments_for_owner(signed_in_user(request).pk, state)
        page = paginate(request, rows, queries.LATEST)
        about, known = queries.load_target_titles(page.rows), queries.owner_state(request.user, page.rows)
        return conditional_response(
            request,
            page.body(
                lambda row: mappers.serialize_comment_for_owner(
                    row, request.user, known, about.get(row.subject)
                )
            ),
        )


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
