"""Comments: threads, replies, reactions, and what the owner of a video can do with them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response, expected_version, version_etag
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from streamsite.errors import Invalid
from videos import access as videos
from videos.comments import access, filters, following, mappers, queries, reactions, services, targets
from videos.comments.schemas import CommentDict, CommentFiltersDict, StudioCommentDict, ThreadFollowDict
from videos.comments.serializers import CommentFiltersSerializer, CommentInputSerializer
from videos.models import Comment
from videos.models.comment import CommentState
from videos.schemas.videos import ReactionDict
from videos.serializers.reactions import ReactionInputSerializer

SORT = OpenApiParameter(
    "sort", str, enum=list(queries.SORTS), description="Pinned first; top is the default."
)
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)
STUDIO_STATES = (CommentState.SHOWN, CommentState.HELD)


def _comment_response(request: Request, comment: Comment, code: int = 200) -> Response:
    """A comment as it is for the caller, with its version."""
    known = queries.load_viewer_state(request.user, comment)
    response = Response(mappers.serialize_comment(comment, request.user, known), status=code)
    response["ETag"] = version_etag(comment.version)
    return no_store(response)


def _sent_text(request: Request) -> Any:
    data: Any = request.data
    return data.get("text")


class CommentsView(APIView):
    """The comments that begin threads below a video."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="video_comments",
        parameters=[*PAGINATION_PARAMETERS, SORT],
        responses={200: described(PageDict[CommentDict])},
    )
    def get(self, request: Request, video_id: str) -> Response:
        subject = targets.video_target(videos.get_watchable(request._request, video_id).video)
        return conditional_response(
            request, mappers.serialize_listing(queries.list_threads(request, subject), request.user)
        )

    @extend_schema(
        operation_id="video_comment",
        request=CommentInputSerializer,
        responses={201: described(CommentDict)},
    )
    @idempotent()
    def post(self, request: Request, video_id: str) -> Response:
        subject = targets.video_target(videos.get_watchable(request._request, video_id).video)
        comment = services.create(signed_in_user(request), subject, _sent_text(request))
        response = _comment_response(request, comment, status.HTTP_201_CREATED)
        response["Location"] = f"/api/v1/comments/{comment.pk}"
        return response


class RepliesView(APIView):
    """The answers to a comment."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="comment_replies",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[CommentDict])},
    )
    def get(self, request: Request, comment_id: str) -> Response:
        found = access.thread_for_reading(request._request, comment_id)
        listing = queries.list_replies(request, found.subject, found.comment)
        return conditional_response(request, mappers.serialize_listing(listing, request.user))

    @extend_schema(
        operation_id="comment_reply",
        request=CommentInputSerializer,
        responses={201: described(CommentDict)},
    )
    @idempotent()
    def post(self, request: Request, comment_id: str) -> Response:
        found = access.thread_for_reading(request._request, comment_id)
        reply = services.create(
            signed_in_user(request), found.subject, _sent_text(request), thread=found.comment
        )
        response = _comment_response(request, reply, status.HTTP_201_CREATED)
        response["Location"] = f"/api/v1/comments/{reply.pk}"
        return response


class CommentView(APIView):
    """One comment or reply."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(operation_id="comments_read", responses={200: described(CommentDict)})
    def get(self, request: Request, comment_id: str) -> Response:
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
        comment = access.comment_for_editing(request._request, comment_id).comment
        return _comment_response(
            request, services.edit(comment, _sent_text(request), expected_version=expected_version(request))
        )

    @extend_schema(
        operation_id="comments_delete",
        parameters=[IF_MATCH],
        responses={204: OpenApiResponse(description="Deleted, with the answers to it")},
    )
    def delete(self, request: Request, comment_id: str) -> Response:
        own = access.own_comment(request.user, comment_id)
        comment = own or access.comment_for_deleting(request._request, comment_id).comment
        services.require_version(comment, expected_version(request))
        services.delete(comment)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class CommentReactionView(APIView):
    """The caller's reaction to a comment."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="comments_react",
        request=ReactionInputSerializer,
        responses={200: described(ReactionDict)},
    )
    def put(self, request: Request, comment_id: str) -> Response:
        comment = access.comment_for_reading(request._request, comment_id).comment
        data: Any = request.data
        likes = reactions.react(signed_in_user(request), comment, data.get("value"))
        return no_store(Response({"reaction": data["value"], "likes": likes}))

    @extend_schema(operation_id="comments_unreact", request=None, responses={200: described(ReactionDict)})
    def delete(self, request: Request, comment_id: str) -> Response:
        comment = access.comment_for_reading(request._request, comment_id).comment
        likes = reactions.withdraw(signed_in_user(request), comment)
        return no_store(Response({"reaction": None, "likes": likes}))


class PinView(APIView):
    """Which comment is shown first; only the owner of what it is about decides."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="comments_pin", request=None, responses={200: described(CommentDict)})
    def put(self, request: Request, comment_id: str) -> Response:
        comment = access.comment_for_curating(request._request, comment_id).comment
        return _comment_response(request, services.pin(comment))

    @extend_schema(operation_id="comments_unpin", request=None, responses={200: described(CommentDict)})
    def delete(self, request: Request, comment_id: str) -> Response:
        comment = access.comment_for_curating(request._request, comment_id).comment
        return _comment_response(request, services.unpin(comment))


class HeartView(APIView):
    """The heart of the owner of what a comment is about."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="comments_heart", request=None, responses={200: described(CommentDict)})
    def put(self, request: Request, comment_id: str) -> Response:
        comment = access.comment_for_curating(request._request, comment_id).comment
        return _comment_response(request, services.set_heart(comment, give=True))

    @extend_schema(operation_id="comments_unheart", request=None, responses={200: described(CommentDict)})
    def delete(self, request: Request, comment_id: str) -> Response:
        comment = access.comment_for_curating(request._request, comment_id).comment
        return _comment_response(request, services.set_heart(comment, give=False))


class FollowThreadView(APIView):
    """Whether the caller is told of every reply in a thread."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="comments_follow", request=None, responses={200: described(ThreadFollowDict)})
    def put(self, request: Request, comment_id: str) -> Response:
        return self._change(request, comment_id, follow=True)

    @extend_schema(
        operation_id="comments_unfollow", request=None, responses={200: described(ThreadFollowDict)}
    )
    def delete(self, request: Request, comment_id: str) -> Response:
        return self._change(request, comment_id, follow=False)

    def _change(self, request: Request, comment_id: str, *, follow: bool) -> Response:
        thread = access.thread_for_reading(request._request, comment_id).comment
        following.set_following(signed_in_user(request), thread, follow=follow)
        return no_store(Response({"following": follow}))


class ApprovalView(APIView):
    """The owner's word on a comment that was held."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="comments_approve", request=None, responses={200: described(CommentDict)})
    def put(self, request: Request, comment_id: str) -> Response:
        comment = access.comment_for_curating(request._request, comment_id).comment
        return _comment_response(request, services.approve(comment))


class StudioCommentsView(APIView):
    """What was said about what the caller owns, the latest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="studio_comments",
        parameters=[*PAGINATION_PARAMETERS, OpenApiParameter("state", str, enum=list(STUDIO_STATES))],
        responses={200: described(PageDict[StudioCommentDict])},
    )
    def get(self, request: Request) -> Response:
        state = request.GET.get("state", "") or CommentState.SHOWN
        if state not in STUDIO_STATES:
            raise Invalid("Unknown state.", fields={"state": [f"One of: {', '.join(STUDIO_STATES)}."]})
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
    """What the caller's channel has held back until they have read it."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="comment_rules", responses={200: described(CommentFiltersDict)})
    def get(self, request: Request) -> Response:
        return conditional_response(
            request, filters.rules_body(filters.get_rules(signed_in_user(request).pk))
        )

    @extend_schema(
        operation_id="comment_rules_change",
        request=CommentFiltersSerializer,
        responses={200: described(CommentFiltersDict)},
    )
    def patch(self, request: Request) -> Response:
        data: Any = request.data
        return no_store(Response(filters.rules_body(filters.update_rules(signed_in_user(request).pk, data))))
