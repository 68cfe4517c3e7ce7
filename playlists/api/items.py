"""``/api/v1/playlists/{id}/items``: the videos of a playlist."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from playlists import access, mappers, ordering, pages, queries, services
from playlists.models import Playlist
from playlists.schemas import HiddenItemDict, ItemDict, PageOfItemsDict, RemovedItemsDict
from playlists.serializers import ItemChangeSerializer, ItemInputSerializer
from streamsite.api.conditional import conditional_response, expected_version, version_etag
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent
from streamsite.api.pagination import PAGINATION_PARAMETERS
from streamsite.cache_headers import PRIVATE_NEVER_STORED
from streamsite.errors import Absent

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)


def _item_response(
    request: Request, playlist: Playlist, item_id: str, code: int = status.HTTP_200_OK
) -> Response:
    """Return the item with the playlist's version; only its id when its video is hidden from the caller."""
    row = queries.items_with_videos(playlist).filter(pk=item_id).first()
    if row is None:
        raise Absent
    body: ItemDict | HiddenItemDict = {"id": row.pk}
    if queries.visible_items(request.user, playlist, [row]):
        adder = row.added_by.username if row.added_by is not None else None
        place = ordering.item_position(playlist, row)
        body = mappers.serialize_item(row, place, adder, request.user, playlist)
    response = Response(body, status=code)
    response["ETag"] = version_etag(playlist.version)
    return PRIVATE_NEVER_STORED.set_on(response)


class ItemsView(APIView):
    """The items of a playlist."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="playlist_items_list",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageOfItemsDict)},
    )
    def get(self, request: Request, playlist_id: str) -> Response:
        """List the items of a playlist in order."""
        playlist = access.playlist_for_viewing(request.user, playlist_id)
        return conditional_response(request, pages.items_page(request, playlist, request.user).body)

    @extend_schema(
        operation_id="playlist_items_add",
        request=ItemInputSerializer,
        responses={201: described(ItemDict)},
    )
    @idempotent()
    def post(self, request: Request, playlist_id: str) -> Response:
        """Add a video to a playlist."""
        playlist = access.playlist_for_contributing(request.user, playlist_id)
        data = ItemInputSerializer.from_body(request)
        row = services.add_video(
            playlist,
            signed_in_user(request),
            data["video_id"],
            note=data["note"],
            position=data.get("position"),
        )
        playlist = access.playlist_for_contributing(request.user, playlist_id)
        return _item_response(request, playlist, row.pk, status.HTTP_201_CREATED)


class TidyView(APIView):
    """Removal of items that are hidden from everyone."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="playlist_items_tidy", request=None, responses={200: described(RemovedItemsDict)}
    )
    def post(self, request: Request, playlist_id: str) -> Response:
        """Remove the items that are hidden from the playlist's owner too."""
        playlist = access.playlist_for_editing(request.user, playlist_id)
        return no_store(
            Response({"removed": services.remove_hidden_items(playlist, signed_in_user(request))})
        )


class ItemView(APIView):
    """One item of a playlist."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="playlist_items_update",
        request=ItemChangeSerializer,
        parameters=[IF_MATCH],
        responses={200: described(ItemDict)},
    )
    def patch(self, request: Request, playlist_id: str, item_id: str) -> Response:
        """Move an item, or change its note."""
        playlist = access.playlist_for_contributing(request.user, playlist_id)
        row = access.get_item(playlist, item_id)
        data = ItemChangeSerializer.from_body(request)
        place = dict(data)
        note = place.pop("note", None)
        if note is not None:
            access.require_may_edit_item(request.user, playlist, row)
        if place:
            playlist = services.move_item(
                playlist,
                row,
                **place,
                expected_version=expected_version(request),
                actor=signed_in_user(request),
            )
        if note is not None:
            # A move before this has made a newer version.
            expected = None if place else expected_version(request)
            services.set_note(playlist, row, note, expected_version=expected)
        return _item_response(request, playlist, item_id)

    @extend_schema(
        operation_id="playlist_items_remove",
        parameters=[IF_MATCH],
        responses={204: OpenApiResponse(description="Removed")},
    )
    def delete(self, request: Request, playlist_id: str, item_id: str) -> Response:
        """Remove an item from a playlist."""
        playlist = access.playlist_for_contributing(request.user, playlist_id)
        row = access.item_for_editing(request.user, playlist, item_id)
        changed = services.remove_item(
            playlist, row, actor=signed_in_user(request), expected_version=expected_version(request)
        )
        response = Response(status=status.HTTP_204_NO_CONTENT)
        response["ETag"] = version_etag((changed or playlist).version)
        return response
