"""``/api/v1/playlists`` and the playlists of a channel."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
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
from playlists.serializers import NewPlaylistSerializer, PlaylistInputSerializer
from streamsite.api.conditional import conditional_response, expected_version, version_etag
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from streamsite.cache_headers import PRIVATE_NEVER_STORED
from streamsite.errors import Invalid

ROLES = {
    "": access.playlists_for_contributing,
    mappers.OWNER: access.own_playlists,
    mappers.COLLABORATOR: access.playlists_shared_with,
}


def playlist_response(request: Request, playlist: Playlist, code: int = status.HTTP_200_OK) -> Response:
    """The playlist object as it is after a change, with the version for the next one."""
    people = queries.active_users(playlist.collaborators)
    body = mappers.serialize_playlist(playlist, request.user, queries.thumbnail_video(playlist), people)
    response = Response(body, status=code)
    response["ETag"] = version_etag(playlist.version)
    return PRIVATE_NEVER_STORED.set_on(response)


class PlaylistsView(APIView):
    """The caller's playlists, those of others that they fill too, and creating one."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="playlists_list",
        parameters=[
            OpenApiParameter("role", str, enum=[mappers.OWNER, mappers.COLLABORATOR]),
            OpenApiParameter("video", str, description="Say of each playlist whether it holds this video."),
            *PAGINATION_PARAMETERS,
        ],
        responses={200: described(PageOfPlaylistsDict)},
    )
    def get(self, request: Request) -> Response:
        user = signed_in_user(request)
        rows = ROLES.get(request.GET.get("role", ""))
        if rows is None:
            raise Invalid("Unknown role.", fields={"role": ["owner or collaborator."]})
        page = paginate(request, rows(user.pk), queries.RECENT)
        video_id = request.GET.get("video", "")
        if video_id:
            return conditional_response(request, pages.save_dialog_page(page, user, video_id))
        return conditional_response(request, pages.playlists_page(page, user))

    @extend_schema(
        operation_id="playlists_create",
        request=NewPlaylistSerializer,
        responses={201: described(PlaylistDict)},
    )
    @idempotent()
    def post(self, request: Request) -> Response:
        data = NewPlaylistSerializer.from_body(request)
        playlist = services.create_playlist(signed_in_user(request), data)
        response = playlist_response(request, playlist, status.HTTP_201_CREATED)
        response["Location"] = f"/api/v1/playlists/{playlist.pk}"
        return response


class PlaylistView(APIView):
    """One playlist."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(operation_id="playlists_read", responses={200: described(PlaylistDetailDict)})
    def get(self, request: Request, playlist_id: str) -> Response:
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
        playlist = access.playlist_for_editing(request.user, playlist_id)
        data = PlaylistInputSerializer.from_body(request, partial=True)
        changed = services.update_playlist(playlist, data, expected_version=expected_version(request))
        return playlist_response(request, changed)

    @extend_schema(operation_id="playlists_delete", responses={204: OpenApiResponse(description="Deleted")})
    def delete(self, request: Request, playlist_id: str) -> Response:
        playlist = access.playlist_for_editing(request.user, playlist_id)
        services.delete_playlist(playlist, expected_version=expected_version(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ChannelPlaylistsView(APIView):
    """The listed playlists of a channel."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channel_playlists",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageOfPlaylistsDict)},
    )
    def get(self, request: Request, username: str) -> Response:
        channel = channel_for_viewing(username)
        rows = access.listed_playlists(channel.pk)
        return conditional_response(
            request, pages.playlists_page(paginate(request, rows, queries.RECENT), request.user)
        )
