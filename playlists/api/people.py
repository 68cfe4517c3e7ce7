"""Collaborators of a playlist; what the caller saved and wants to watch later."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import channel_for_viewing
from accounts.api.base import signed_in_user
from playlists import access, pages, queries, services
from playlists.api.playlists import playlist_response
from playlists.schemas import PageOfItemsDict, PageOfPlaylistsDict, PlaylistDict
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate

NO_CONTENT_RESPONSE = {204: OpenApiResponse(description="Done, or done before")}


class CollaboratorView(APIView):
    """Somebody who adds to and sorts another's playlist."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="playlist_collaborators_add", request=None, responses={200: described(PlaylistDict)}
    )
    def put(self, request: Request, playlist_id: str, username: str) -> Response:
        playlist = access.playlist_for_editing(request.user, playlist_id)
        return playlist_response(request, services.add_collaborator(playlist, channel_for_viewing(username)))

    @extend_schema(operation_id="playlist_collaborators_remove", responses=NO_CONTENT_RESPONSE)
    def delete(self, request: Request, playlist_id: str, username: str) -> Response:
        playlist, user_id = access.collaboration_for_removal(request.user, playlist_id, username)
        services.remove_collaborator(playlist, user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class WatchLaterView(APIView):
    """What the caller wants to watch later."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="watch_later_list",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageOfItemsDict)},
    )
    def get(self, request: Request) -> Response:
        user = signed_in_user(request)
        return conditional_response(
            request, pages.items_page(request, queries.get_watch_later(user), user).body
        )


class WatchLaterEntryView(APIView):
    """One video of it."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="watch_later_add", request=None, responses=NO_CONTENT_RESPONSE)
    def put(self, request: Request, video_id: str) -> Response:
        services.add_to_watch_later(signed_in_user(request), video_id)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="watch_later_remove", responses=NO_CONTENT_RESPONSE)
    def delete(self, request: Request, video_id: str) -> Response:
        services.remove_from_watch_later(signed_in_user(request), video_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SavedPlaylistsView(APIView):
    """Playlists of others in the caller's library."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="saved_playlists_list",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageOfPlaylistsDict)},
    )
    def get(self, request: Request) -> Response:
        user = signed_in_user(request)
        page = paginate(request, access.saved_playlists(user.pk), queries.RECENTLY_SAVED)
        return conditional_response(request, pages.saved_playlists_page(page, user))


class SavedPlaylistView(APIView):
    """One of them."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="saved_playlists_add", request=None, responses=NO_CONTENT_RESPONSE)
    def put(self, request: Request, playlist_id: str) -> Response:
        playlist = access.playlist_for_viewing(request.user, playlist_id)
        services.save_playlist(signed_in_user(request), playlist)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="saved_playlists_remove", responses=NO_CONTENT_RESPONSE)
    def delete(self, request: Request, playlist_id: str) -> Response:
        services.unsave_playlist(signed_in_user(request), playlist_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
