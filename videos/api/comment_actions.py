"""``/api/v1/comments/{id}`` and below: reactions, pins, hearts, approval and follows."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.described import described
from videos.api.comments import comment_response
from videos.comments import access, following, reactions, services
from videos.comments.schemas import CommentDict, ThreadFollowDict
from videos.schemas.videos import ReactionDict
from videos.serializers.reactions import ReactionInputSerializer


class CommentReactionView(APIView):
    """The caller's reaction to a comment."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="comments_react",
        request=ReactionInputSerializer,
        responses={200: described(ReactionDict)},
    )
    def put(self, request: Request, comment_id: str) -> Response:
        """React to a comment. Idempotent."""
        comment = access.comment_for_reacting(request._request, comment_id)
        value = ReactionInputSerializer.from_body(request)["value"]
        likes = reactions.react(signed_in_user(request), comment, value)
        return no_store(Response({"reaction": value, "likes": likes}))

    @extend_schema(operation_id="comments_unreact", request=None, responses={200: described(ReactionDict)})
    def delete(self, request: Request, comment_id: str) -> Response:
        """Remove the caller's reaction to a comment. Idempotent."""
        comment = access.comment_for_reacting(request._request, comment_id)
        likes = reactions.withdraw(signed_in_user(request), comment)
        return no_store(Response({"reaction": None, "likes": likes}))


class PinView(APIView):
    """The pinned comment."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="comments_pin", request=None, responses={200: described(CommentDict)})
    def put(self, request: Request, comment_id: str) -> Response:
        """Pin a comment, as the owner of its target."""
        comment = access.comment_for_curating(request._request, comment_id).comment
        return comment_response(request, services.pin(comment))

    @extend_schema(operation_id="comments_unpin", request=None, responses={200: described(CommentDict)})
    def delete(self, request: Request, comment_id: str) -> Response:
        """Unpin a comment."""
        comment = access.comment_for_curating(request._request, comment_id).comment
        return comment_response(request, services.unpin(comment))


class HeartView(APIView):
    """The heart of the target's owner."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="comments_heart", request=None, responses={200: described(CommentDict)})
    def put(self, request: Request, comment_id: str) -> Response:
        """Heart a comment, as the owner of its target."""
        comment = access.comment_for_curating(request._request, comment_id).comment
        return comment_response(request, services.set_heart(comment, give=True))

    @extend_schema(operation_id="comments_unheart", request=None, responses={200: described(CommentDict)})
    def delete(self, request: Request, comment_id: str) -> Response:
        """Remove the heart from a comment."""
        comment = access.comment_for_curating(request._request, comment_id).comment
        return comment_response(request, services.set_heart(comment, give=False))


class FollowThreadView(APIView):
    """Notifications about replies in a thread."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="comments_follow", request=None, responses={200: described(ThreadFollowDict)})
    def put(self, request: Request, comment_id: str) -> Response:
        """Get notifications about replies in a thread."""
        return self._change(request, comment_id, follow=True)

    @extend_schema(
        operation_id="comments_unfollow", request=None, responses={200: described(ThreadFollowDict)}
    )
    def delete(self, request: Request, comment_id: str) -> Response:
        """Stop notifications about replies in a thread."""
        return self._change(request, comment_id, follow=False)

    def _change(self, request: Request, comment_id: str, *, follow: bool) -> Response:
        thread = access.thread_for_reading(request._request, comment_id).comment
        following.set_following(signed_in_user(request), thread, follow=follow)
        return no_store(Response({"following": follow}))


class ApprovalView(APIView):
    """Approval of a held comment."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="comments_approve", request=None, responses={200: described(CommentDict)})
    def put(self, request: Request, comment_id: str) -> Response:
        """Show a comment that was held for review."""
        comment = access.comment_for_curating(request._request, comment_id).comment
        return comment_response(request, services.approve(comment))
