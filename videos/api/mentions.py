"""``/api/v1/mentions``: channels to mention in a comment."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store
from streamsite.api.described import described
from streamsite.rate_limits import PREVIEW
from videos.comments import mention_suggestions
from videos.comments.schemas import MentionSuggestionsDict
from videos.comments.serializers import MentionsQuerySerializer


class MentionsView(APIView):
    """Suggestions of channels to mention."""

    permission_classes = [IsAuthenticated]
    throttle_limit = PREVIEW

    @extend_schema(
        operation_id="mentions_suggest",
        parameters=[MentionsQuerySerializer],
        responses={200: described(MentionSuggestionsDict)},
    )
    def get(self, request: Request) -> Response:
        """Suggest channels while somebody types a mention: those in the conversation first."""
        query = MentionsQuerySerializer.from_query(request)
        subject, thread = mention_suggestions.open_conversation(
            request._request, about=query["about"], target_id=query["id"], thread_id=query["thread"]
        )
        rows = mention_suggestions.suggest_mentions(
            request.user, subject, thread, query["q"].strip().removeprefix("@")
        )
        return no_store(Response({"results": rows}))
