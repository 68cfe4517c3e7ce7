"""``/api/v1/videos/{id}/share-links``: links to a private video."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from videos import access, mappers, share_links
from videos.schemas.share_links import ShareLinkDict
from videos.serializers.share_links import ShareLinkInputSerializer


class ShareLinksView(APIView):
    """Share links of a private video."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="share_links_list",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ShareLinkDict])},
    )
    def get(self, request: Request, video_id: str) -> Response:
        """List a video's share links, newest first."""
        video = access.video_for_editing(request.user, video_id)
        page = paginate(request, share_links.links_of_video(video), share_links.NEWEST)
        return no_store(Response(page.body(mappers.serialize_share_link)))

    @extend_schema(
        operation_id="share_links_create",
        request=ShareLinkInputSerializer,
        responses={201: described(ShareLinkDict)},
    )
    @idempotent()
    def post(self, request: Request, video_id: str) -> Response:
        """Create a share link."""
        video = access.video_for_editing(request.user, video_id)
        link = share_links.create_link(video, ShareLinkInputSerializer.from_body(request))
        response = no_store(Response(mappers.serialize_share_link(link), status=status.HTTP_201_CREATED))
        response["Location"] = f"/api/v1/videos/{video_id}/share-links/{link.pk}"
        return response


class ShareLinkView(APIView):
    """One share link."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="share_links_delete", responses={204: OpenApiResponse(description="Revoked")})
    def delete(self, request: Request, video_id: str, link_id: str) -> Response:
        """Revoke a share link."""
        share_links.revoke_link(access.video_for_editing(request.user, video_id), link_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
