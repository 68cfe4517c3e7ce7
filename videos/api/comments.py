"""``/api/v1/videos/{id}/comments``, ``/api/v1/comments/{id}`` and replies."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response, expected_version, version_etag
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent, planned_id
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS
from videos import access as videos
from videos import share_links
from videos.comments import access, mappers, queries, services, targets
from videos.comments.schemas import CommentDict
from videos.comments.serializers import (
    CommentInputSerializer,
    CommentsQuerySerializer,
)
from videos.models import Comment

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)


def comment_response(request: Request, comment: Comment, code: int = 200) -> Response:
    """Return a comment as the caller sees it, with its version."""
    known = queries.load_viewer_state(request.user, comment)
    response = Response(mappers.serialize_comment(comment, request.user, known), status=code)
    response["ETag"] = version_etag(comment.version)
    return no_store(response)


def created_response(request: Request, comment: Comment) -> Response:
    """Return the answer to the request that created a comment."""
    response = comment_response(request, comment, status.HTTP_201_CREATED)
    response["Location"] = f"/api/v1/comments/{comment.pk}"
    return response


def recover_comment(view: APIView, request: Request, **kwargs: object) -> Response | None:
    """Return the answer when the comment or reply of the request is there already."""
    comment = Comment.objects.select_related("author", "owner").filter(pk=planned_id(request)).first()
    return None if comment is None else created_response(request, comment)


class CommentsView(APIView):
    """Comments on a video."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="video_comments",
        parameters=[*PAGINATION_PARAMETERS, CommentsQuerySerializer],
        responses={200: described(PageDict[CommentDict])},
    )
    def get(self, request: Request, video_id: str) -> Response:
        """List the comments on a video."""
        visit = videos.get_watchable(request._request, video_id)
        sort = CommentsQuerySerializer.from_query(request)["sort"]
        threads = queries.list_threads(request, targets.video_target(visit.video), sort=sort)
        response = conditional_response(request, mappers.serialize_listing(threads, request.user))
        share_links.remember_admission(response, visit.link)
        return response

    @extend_schema(
        operation_id="video_comment",
        request=CommentInputSerializer,
        responses={201: described(CommentDict)},
    )
    @idempotent(recover=recover_comment)
    def post(self, request: Request, video_id: str) -> Response:
        """Comment on a video."""
        subject = targets.video_target(videos.get_watchable(request._request, video_id).video)
        comment = services.create(
            signed_in_user(request),
            subject,
            CommentInputSerializer.from_body(request)["text"],
            comment_id=planned_id(request),
        )
        return created_response(request, comment)


class RepliesView(APIView):
    """Replies to a comment."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="comment_replies",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[CommentDict])},
    )
    def get(self, request: Request, comment_id: str) -> Response:
        """List the replies to a comment, oldest first."""
        found = access.thread_for_reading(request._request, comment_id)
        listing = queries.list_replies(request, found.subject, found.comment)
        return conditional_response(request, mappers.serialize_listing(listing, request.user))

    @extend_schema(
        operation_id="comment_reply",
        request=CommentInputSerializer,
        responses={201: described(CommentDict)},
    )
    @idempotent(recover=recover_comment)
    def post(self, request: Request, comment_id: str) -> Response:
        """Reply to a comment."""
        found = access.thread_for_reading(request._request, comment_id)
        reply = services.create(
            signed_in_user(request),
            found.subject,
            CommentInputSerializer.from_body(request)["text"],
            thread=found.comment,
            comment_id=planned_id(request),
        )
        return created_response(request, reply)


class CommentView(APIView):
    """One comment or reply."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(operation_id="comments_read", responses={200: described(CommentDict)})
    def get(self, request: Request, comment_id: str) -> Response:
        """Read a comment."""
        comment = access.comment_for_reading(request._request, comment_id).comment
        known = queries.load_viewer_state(request.user, comment)
        return conditional_response(request, mappers.serialize_comment(comment, request.user, known))

    @extend_schema(
        operation_id="comments_update",
        request=CommentInputSerializer,
        parameters=[IF_MATCH],
        responses={200: described(CommentDict)},
    )
    def patch(self, request: Request, comment_id: str) -> Response:
        """Edit a comment."""
        comment = access.comment_for_editing(request._request, comment_id).comment
        return comment_response(
            request,
            services.edit(
                comment,
                CommentInputSerializer.from_body(request)["text"],
                expected_version=expected_version(request),
            ),
        )

    @extend_schema(
        operation_id="comments_delete",
        parameters=[IF_MATCH],
        responses={204: OpenApiResponse(description="Deleted with its replies")},
    )
    def delete(self, request: Request, comment_id: str) -> Response:
        """Delete a comment with its replies."""
        own = access.own_comment(request.user, comment_id)
        comment = own or access.comment_for_deleting(request._request, comment_id).comment
        services.require_version(comment, expected_version(request))
        services.delete(comment)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
