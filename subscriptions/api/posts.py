"""``/api/v1/posts``: short texts of channels for their subscribers."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import channel_for_viewing
from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response, expected_version, version_etag
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent, planned_id
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, Page, paginate
from streamsite.api.parsing import StrictJSONParser
from subscriptions.models import Post
from subscriptions.posts import access, mappers, queries, services
from subscriptions.posts.integrations import comment_target
from subscriptions.posts.reactions import POST_REACTIONS
from subscriptions.posts.schemas import PostDict
from subscriptions.posts.serializers import PostChangeSerializer, PostFormSerializer, PostInputSerializer
from videos.api.comments import recover_comment
from videos.api.reports import ReportView
from videos.comments import mappers as comment_mappers
from videos.comments import queries as comment_queries
from videos.comments import services as comments
from videos.comments.schemas import CommentDict
from videos.comments.serializers import CommentInputSerializer, CommentsQuerySerializer
from videos.moderation.schemas import ReportDict
from videos.moderation.serializers import ReportInputSerializer
from videos.schemas.videos import ReactionDict
from videos.serializers.reactions import ReactionInputSerializer

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)


def _post_response(request: Request, post: Post, code: int = 200) -> Response:
    opinion = queries.viewer_reactions(request.user, [post]).get(post.pk)
    response = Response(mappers.serialize_post(post, request.user, opinion), status=code)
    response["ETag"] = version_etag(post.version)
    return no_store(response)


def _serialize_page(request: Request, page: Page[Post]) -> PageDict[PostDict]:
    opinions = queries.viewer_reactions(request.user, page.rows)
    return page.body(lambda post: mappers.serialize_post(post, request.user, opinions.get(post.pk)))


def _published(request: Request, post_id: str) -> Response:
    """Return the answer to the request that published a post."""
    made = access.post_for_reading(request.user, post_id)
    response = _post_response(request, made, status.HTTP_201_CREATED)
    response["Location"] = f"/api/v1/posts/{made.pk}"
    return response


def _recover_post(view: APIView, request: Request) -> Response | None:
    """Return the answer when the post of the request is there already."""
    post_id = planned_id(request)
    return _published(request, post_id) if Post.objects.filter(pk=post_id).exists() else None


class PostsView(APIView):
    """New posts."""

    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser, StrictJSONParser]

    @extend_schema(
        operation_id="posts_create",
        request={
            "application/json": PostInputSerializer,
            "multipart/form-data": PostFormSerializer,
        },
        responses={201: described(PostDict)},
    )
    @idempotent(recover=_recover_post)
    def post(self, request: Request) -> Response:
        """Publish a post."""
        is_form = str(request.content_type).startswith("multipart/")
        data = (PostFormSerializer if is_form else PostInputSerializer).from_body(request)
        made = services.create(
            signed_in_user(request), data, picture=data.get("picture"), post_id=planned_id(request)
        )
        return _published(request, made.pk)


class PostView(APIView):
    """One post."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(operation_id="posts_read", responses={200: described(PostDict)})
    def get(self, request: Request, post_id: str) -> Response:
        """Read a post."""
        post = access.post_for_reading(request.user, post_id)
        opinion = queries.viewer_reactions(request.user, [post]).get(post.pk)
        hidden_comments = comment_queries.hidden_comment_count(request.user, post.pk)
        return conditional_response(
            request, mappers.serialize_post(post, request.user, opinion, hidden_comments=hidden_comments)
        )

    @extend_schema(
        operation_id="posts_update",
        request=PostChangeSerializer,
        parameters=[IF_MATCH],
        responses={200: described(PostDict)},
    )
    def patch(self, request: Request, post_id: str) -> Response:
        """Edit a post."""
        post = access.post_for_editing(request.user, post_id)
        data = PostChangeSerializer.from_body(request)
        return _post_response(
            request, services.update(post, data, expected_version=expected_version(request))
        )

    @extend_schema(operation_id="posts_delete", responses={204: OpenApiResponse(description="Deleted")})
    def delete(self, request: Request, post_id: str) -> Response:
        """Delete a post."""
        post = access.post_for_editing(request.user, post_id)
        services.require_version(post, expected_version(request))
        services.delete(post)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class PostReactionView(APIView):
    """The caller's reaction to a post."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="posts_react",
        request=ReactionInputSerializer,
        responses={200: described(ReactionDict)},
    )
    def put(self, request: Request, post_id: str) -> Response:
        """React to a post. Idempotent."""
        post = access.post_for_reacting(request.user, post_id)
        value = ReactionInputSerializer.from_body(request)["value"]
        given = POST_REACTIONS.set_reaction(signed_in_user(request).pk, post.pk, value, likes=post.like_count)
        return no_store(Response({"reaction": value, "likes": given.likes}))

    @extend_schema(operation_id="posts_unreact", request=None, responses={200: described(ReactionDict)})
    def delete(self, request: Request, post_id: str) -> Response:
        """Remove the caller's reaction to a post. Idempotent."""
        post = access.post_for_reacting(request.user, post_id)
        given = POST_REACTIONS.remove_reaction(signed_in_user(request).pk, post.pk, likes=post.like_count)
        return no_store(Response({"reaction": None, "likes": given.likes}))


class PostCommentsView(APIView):
    """Comments on a post."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="post_comments",
        parameters=[*PAGINATION_PARAMETERS, CommentsQuerySerializer],
        responses={200: described(PageDict[CommentDict])},
    )
    def get(self, request: Request, post_id: str) -> Response:
        """List the comments on a post."""
        subject = comment_target(access.post_for_reading(request.user, post_id))
        return conditional_response(
            request,
            comment_mappers.serialize_listing(
                comment_queries.list_threads(
                    request, subject, sort=CommentsQuerySerializer.from_query(request)["sort"]
                ),
                request.user,
            ),
        )

    @extend_schema(
        operation_id="post_comment",
        request=CommentInputSerializer,
        responses={201: described(CommentDict)},
    )
    @idempotent(recover=recover_comment)
    def post(self, request: Request, post_id: str) -> Response:
        """Comment on a post."""
        subject = comment_target(access.post_for_reading(request.user, post_id))
        text = CommentInputSerializer.from_body(request)["text"]
        made = comments.create(signed_in_user(request), subject, text, comment_id=planned_id(request))
        response = Response(
            comment_mappers.serialize_comment(made, request.user), status=status.HTTP_201_CREATED
        )
        response["Location"] = f"/api/v1/comments/{made.pk}"
        response["ETag"] = version_etag(made.version)
        return no_store(response)


class PostReportView(ReportView):
    """Reports of a post."""

    about = "post"

    @extend_schema(
        operation_id="posts_report",
        request=ReportInputSerializer,
        responses={201: described(ReportDict)},
    )
    @idempotent()
    def post(self, request: Request, post_id: str) -> Response:
        """Report a post to the staff."""
        return self.report(request, post_id)


class ChannelPostsView(APIView):
    """The posts of a channel."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channel_posts",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[PostDict])},
    )
    def get(self, request: Request, username: str) -> Response:
        """List a channel's posts, latest first."""
        rows = queries.posts_of_channel(channel_for_viewing(username).pk)
        return conditional_response(
            request, _serialize_page(request, paginate(request, rows, queries.NEWEST))
        )


class FeedPostsView(APIView):
    """Posts of the subscribed channels."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_feed_posts",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[PostDict])},
    )
    def get(self, request: Request) -> Response:
        """List the posts of the subscribed channels, latest first."""
        return conditional_response(
            request, _serialize_page(request, queries.posts_feed(request, signed_in_user(request).pk))
        )
