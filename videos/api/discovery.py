"""Suggestions while somebody types, trending videos, videos related to another."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS
from videos import access, recommendations
from videos.schemas.cards import RecommendationDict
from videos.schemas.search import SuggestionsDict
from videos.search.suggestions import suggest


class SuggestView(APIView):
    """What somebody may be about to type."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="search_suggest",
        parameters=[OpenApiParameter("q", str, description="What was typed so far.")],
        responses={200: described(SuggestionsDict)},
    )
    def get(self, request: Request) -> Response:
        return conditional_response(request, suggest(request.user, request.GET.get("q", "")))


class TrendingView(APIView):
    """What is watched of late; a view of two days ago weighs half of one of now."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="trending",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[RecommendationDict])},
    )
    def get(self, request: Request) -> Response:
        return conditional_response(request, recommendations.trending_page(request))


class RelatedView(APIView):
    """What to watch beside a video, each with the reason."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="videos_related", responses={200: described(PageDict[RecommendationDict])})
    def get(self, request: Request, video_id: str) -> Response:
        video = access.get_watchable(request._request, video_id).video
        return conditional_response(
            request, {"next": None, "previous": None, "results": recommendations.related_videos(video)}
        )
