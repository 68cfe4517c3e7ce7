"""``/api/v1/playlists/{id}/collaborators``: people who may add and sort items."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import channel_for_viewing
from accounts.api.base import signed_in_user
from playlists import access, services
from playlists.api.playlists import playlist_response
from playlists.schemas import PlaylistDict
from streamsite.api.described import described

NO_CONTENT_RESPONSE = {204: OpenApiResponse(description="Done, or done before")}


class CollaboratorView(APIView):
    """A collaborator of a playlist."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="playlist_collaborators_add", request=None, responses={200: described(PlaylistDict)}
    )
    def put(self, request: Request, playlist_id: str, username: str) -> Response:
        """Add a collaborator. Idempotent."""
        playlist = access.playlist_for_editing(request.user, playlist_id)
        return playlist_response(request, services.add_collaborator(playlist, channel_for_viewing(username)))

    @extend_schema(operation_id="playlist_collaborators_remove", responses=NO_CONTENT_RESPONSE)
    def delete(self, request: Request, playlist_id: str, username: str) -> Response:
        """Remove a collaborator, or leave. Idempotent. What the owner removes revokes the invite links, too."""
        playlist, user_id = access.collaboration_for_removal(request.user, playlist_id, username)
        services.end_collaboration(playlist, user_id, actor=signed_in_user(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
