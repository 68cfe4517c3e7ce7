"""``/api/v1/playlists`` and the playlists of a channel."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import channel_for_viewing
from accounts.api.base import signed_in_user
from playlists import access, mappers, pages, queries, services
from playlists.models import Playlist
from playlists.schemas import PageOfPlaylistsDict, PlaylistDetailDict, PlaylistDict
from playlists.serializers import NewPlaylistSerializer, PlaylistInputSerializer, PlaylistsQuerySerializer
from streamsite.api.conditional import conditional_response, expected_version, version_etag
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent, planned_id
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from streamsite.cache_headers import PRIVATE_NEVER_STORED

ROLES = {
    "": access.playlists_for_contributing,
    mappers.OWNER: access.own_playlists,
    mappers.COLLABORATOR: access.playlists_shared_with,
}


def playlist_response(request: Request, playlist: Playlist, code: int = status.HTTP_200_OK) -> Response:
    """Return the playlist after a change, with the version for the next one."""
    people = queries.active_users(playlist.collaborators)
    body = mappers.serialize_playlist(playlist, request.user, queries.thumbnail_video(playlist), people)
    response = Response(body, status=code)
    response["ETag"] = version_etag(playlist.version)
    return PRIVATE_NEVER_STORED.set_on(response)


def _created_response(request: Request, playlist: Playlist) -> Response:
    """Return the answer to the request that created a playlist."""
    response = playlist_response(request, playlist, status.HTTP_201_CREATED)
    response["Location"] = f"/api/v1/playlists/{playlist.pk}"
    return response


def _recover_playlist(view: APIView, request: Request) -> Response | None:
    """Return the answer when the playlist of the request is there already."""
    playlist = Playlist.objects.filter(pk=planned_id(request)).select_related("owner").first()
    return None if playlist is None else _created_response(request, playlist)


class PlaylistsView(APIView):
    """The caller's playlists."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="playlists_list",
        parameters=[
            PlaylistsQuerySerializer,
            *PAGINATION_PARAMETERS,
        ],
        responses={200: described(PageOfPlaylistsDict)},
    )
    def get(self, request: Request) -> Response:
        """List the caller's playlists and those they collaborate on."""
        user = signed_in_user(request)
        asked = PlaylistsQuerySerializer.from_query(request)
        page = paginate(request, ROLES[asked["role"]](user.pk), queries.RECENT)
        video_id = asked["video"]
        if video_id:
            return conditional_response(request, pages.save_dialog_page(page, user, video_id))
        return conditional_response(request, pages.playlists_page(page, user))

    @extend_schema(
        operation_id="playlists_create",
        request=NewPlaylistSerializer,
        responses={201: described(PlaylistDict)},
    )
    @idempotent(recover=_recover_playlist)
    def post(self, request: Request) -> Response:
        """Create a playlist."""
        data = NewPlaylistSerializer.from_body(request)
        playlist = services.create_playlist(signed_in_user(request), data, playlist_id=planned_id(request))
        return _created_response(request, playlist)


class PlaylistView(APIView):
    """One playlist."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(operation_id="playlists_read", responses={200: described(PlaylistDetailDict)})
    def get(self, request: Request, playlist_id: str) -> Response:
        """Read a playlist."""
        playlist = access.playlist_for_viewing(request.user, playlist_id)
        people = queries.active_users(playlist.collaborators)
        body = mappers.serialize_playlist(playlist, request.user, queries.thumbnail_video(playlist), people)
        return conditional_response(request, body | {"is_saved": queries.has_saved(request.user, playlist)})

    @extend_schema(
        operation_id="playlists_update",
        request=PlaylistInputSerializer,
        responses={200: described(PlaylistDict)},
    )
    def patch(self, request: Request, playlist_id: str) -> Response:
        """Change a playlist."""
        playlist = access.playlist_for_editing(request.user, playlist_id)
        data = PlaylistInputSerializer.from_body(request, partial=True)
        changed = services.update_playlist(playlist, data, expected_version=expected_version(request))
        return playlist_response(request, changed)

    @extend_schema(operation_id="playlists_delete", responses={204: OpenApiResponse(description="Deleted")})
    def delete(self, request: Request, playlist_id: str) -> Response:
        """Delete a playlist."""
        playlist = access.playlist_for_editing(request.user, playlist_id)
        services.delete_playlist(playlist, expected_version=expected_version(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ChannelPlaylistsView(APIView):
    """The public playlists of a channel."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channel_playlists",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageOfPlaylistsDict)},
    )
    def get(self, request: Request, username: str) -> Response:
        """List a channel's public playlists."""
        channel = channel_for_viewing(username)
        rows = access.listed_playlists(channel.pk)
        return conditional_response(
            request, pages.playlists_page(paginate(request, rows, queries.RECENT), request.user)
        )
