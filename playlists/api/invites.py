"""``/api/v1/playlists/{id}/invites`` and ``/api/v1/playlist-invites/accept``: links that let collaborators in."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from playlists import access, mappers, services
from playlists.api.playlists import playlist_response
from playlists.schemas import InviteDict, NewInviteDict, PlaylistDict
from playlists.serializers import AcceptInviteSerializer, InviteInputSerializer
from playlists.services import invites
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate


class InvitesView(APIView):
    """The invite links of a playlist."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="playlist_invites",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[InviteDict])},
    )
    def get(self, request: Request, playlist_id: str) -> Response:
        """List a playlist's invite links, newest first."""
        playlist = access.playlist_for_editing(request.user, playlist_id)
        page = paginate(request, invites.invites_of_playlist(playlist), invites.NEWEST)
        return no_store(Response(page.body(mappers.serialize_invite)))

    @extend_schema(
        operation_id="playlist_invites_create",
        request=InviteInputSerializer,
        responses={201: described(NewInviteDict)},
    )
    @idempotent(conceal=("url",))
    def post(self, request: Request, playlist_id: str) -> Response:
        """Create an invite link. Its URL is in this answer only."""
        playlist = access.playlist_for_editing(request.user, playlist_id)
        sent = InviteInputSerializer.from_body(request)
        invite, url = services.create_invite(playlist, expires_in=sent.get("expires_in"))
        body = {**mappers.serialize_invite(invite), "url": url}
        return no_store(Response(body, status=status.HTTP_201_CREATED))


class InviteView(APIView):
    """One invite link."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="playlist_invites_revoke", responses={204: OpenApiResponse(description="Revoked")}
    )
    def delete(self, request: Request, playlist_id: str, invite_id: str) -> Response:
        """Revoke an invite link. Those who joined by it stay."""
        services.revoke_invite(access.playlist_for_editing(request.user, playlist_id), invite_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class AcceptInviteView(APIView):
    """Joining a playlist by an invite link."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="playlist_invites_accept",
        request=AcceptInviteSerializer,
        responses={200: described(PlaylistDict)},
    )
    def post(self, request: Request) -> Response:
        """Become a collaborator by an invite link. Idempotent."""
        token = AcceptInviteSerializer.from_body(request)["token"]
        return playlist_response(request, services.accept_invite(signed_in_user(request), token))
