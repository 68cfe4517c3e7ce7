"""``/api/v1/me/watch-later`` and ``/api/v1/me/saved-playlists``."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import signed_in_user
from playlists import access, pages, queries, services
from playlists.schemas import PageOfItemsDict, PageOfPlaylistsDict
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate

NO_CONTENT_RESPONSE = {204: OpenApiResponse(description="Done, or done before")}


class WatchLaterView(APIView):
    """The caller's Watch later list."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="watch_later_list",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageOfItemsDict)},
    )
    def get(self, request: Request) -> Response:
        """List the items of Watch later."""
        user = signed_in_user(request)
        return conditional_response(
            request, pages.items_page(request, queries.get_watch_later(user), user).body
        )


class WatchLaterEntryView(APIView):
    """One video of Watch later."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="watch_later_add", request=None, responses=NO_CONTENT_RESPONSE)
    def put(self, request: Request, video_id: str) -> Response:
        """Add a video to Watch later. Idempotent."""
        services.add_to_watch_later(signed_in_user(request), video_id)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="watch_later_remove", responses=NO_CONTENT_RESPONSE)
    def delete(self, request: Request, video_id: str) -> Response:
        """Remove a video from Watch later. Idempotent."""
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
        """List the saved playlists of others."""
        user = signed_in_user(request)
        page = paginate(request, access.saved_playlists(user.pk), queries.RECENTLY_SAVED)
        return conditional_response(request, pages.saved_playlists_page(page, user))


class SavedPlaylistView(APIView):
    """One playlist of the caller's library."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="saved_playlists_add", request=None, responses=NO_CONTENT_RESPONSE)
    def put(self, request: Request, playlist_id: str) -> Response:
        """Save a playlist to the library. Idempotent."""
        playlist = access.playlist_for_viewing(request.user, playlist_id)
        services.save_playlist(signed_in_user(request), playlist)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="saved_playlists_remove", responses=NO_CONTENT_RESPONSE)
    def delete(self, request: Request, playlist_id: str) -> Response:
        """Remove a playlist from the library. Idempotent."""
        services.unsave_playlist(signed_in_user(request), playlist_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
