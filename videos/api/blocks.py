"""``/api/v1/me/blocks``: blocked channels."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
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
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from videos import blocks
from videos.moderation.schemas import BlockStateDict


class BlocksView(APIView):
    """The channels that the caller blocks."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_blocks",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ChannelBadgeDict])},
    )
    def get(self, request: Request) -> Response:
        """List the blocked channels, latest first."""
        page = paginate(request, blocks.blocks_of_user(signed_in_user(request).pk), blocks.RECENT)
        return conditional_response(request, page.body(lambda row: serialize_badge(row.blocked)))


class BlockView(APIView):
    """The caller's block of a channel."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_block", request=None, responses={200: described(BlockStateDict)})
    def put(self, request: Request, username: str) -> Response:
        """Block a channel. Idempotent."""
        blocks.block(signed_in_user(request), channel_for_viewing(username))
        return no_store(Response({"is_blocked": True}))

    @extend_schema(operation_id="me_unblock", request=None, responses={200: described(BlockStateDict)})
    def delete(self, request: Request, username: str) -> Response:
        """Unblock a channel. Idempotent."""
        user = signed_in_user(request)
        blocks.unblock(
            user, channel_for_unsubscribing(username, lambda other: blocks.has_blocked(user.pk, other.pk))
        )
        return no_store(Response({"is_blocked": False}))
