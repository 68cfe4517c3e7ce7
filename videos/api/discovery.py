"""``/api/v1/search/suggest``, ``/api/v1/trending`` and ``/api/v1/videos/{id}/related``."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS
from videos import access, recommendations, share_links
from videos.schemas.cards import RecommendationDict
from videos.schemas.search import SuggestionsDict
from videos.search.suggestions import suggest
from videos.serializers.search import SuggestQuerySerializer


class SuggestView(APIView):
    """Search suggestions."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="search_suggest",
        parameters=[SuggestQuerySerializer],
        responses={200: described(SuggestionsDict)},
    )
    def get(self, request: Request) -> Response:
        """Suggest searches while somebody types."""
        return conditional_response(
            request, suggest(request.user, SuggestQuerySerializer.from_query(request)["q"])
        )


class TrendingView(APIView):
    """Trending videos."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="trending",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[RecommendationDict])},
    )
    def get(self, request: Request) -> Response:
        """List trending videos; a view of two days ago weighs half of one of now."""
        return conditional_response(request, recommendations.trending_page(request))


class RelatedView(APIView):
    """Related videos."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="videos_related", responses={200: described(PageDict[RecommendationDict])})
    def get(self, request: Request, video_id: str) -> Response:
        """List videos to watch next, each with a reason."""
        visit = access.get_watchable(request._request, video_id)
        response = conditional_response(
            request,
            {
                "next": None,
                "previous": None,
                "results": recommendations.related_videos(request.user, visit.video),
            },
        )
        share_links.remember_admission(response, visit.link)
        return response
