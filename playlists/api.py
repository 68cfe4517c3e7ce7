"""``/api/v1/playlists``."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import channel_for_viewing
from accounts.api.base import signed_in_user
from playlists import access, listing, mappers, queries, services
from playlists import serializers as shapes
from playlists.models import Playlist, PlaylistItem
from streamsite.api.conditional import expected_version, respond, version_etag
from streamsite.api.idempotency import idempotent
from streamsite.api.pagination import PAGING, paginate


def _playlist_response(request: Request, playlist: Playlist, code: int = status.HTTP_200_OK) -> Response:
    body = mappers.full(playlist, request.user, queries.cover_video(playlist))
    response = Response(body, status=code)
    response["ETag"] = version_etag(playlist.version)
    response["Cache-Control"] = "private, no-store"
    return response


def _item_response(
    request: Request, playlist: Playlist, row: PlaylistItem, code: int = status.HTTP_200_OK
) -> Response:
    visible, _ = queries.with_videos(request.user, [row])
    adder = row.added_by.username if row.added_by is not None else None
    body = (
        mappers.item(visible[0], queries.first_position(playlist, row), adder) if visible else {"id": row.pk}
    )
    response = Response(body, status=code)
    response["ETag"] = version_etag(playlist.version)
    response["Cache-Control"] = "private, no-store"
    return response


class PlaylistsView(APIView):
    """The caller's playlists; creating one."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="playlists_list", parameters=PAGING, responses={200: shapes.PageOfPlaylistsSerializer}
    )
    def get(self, request: Request) -> Response:
        rows = access.own_playlists(signed_in_user(request).pk)
        return respond(request, listing.body(paginate(request, rows, queries.RECENT), request.user))

    @extend_schema(
        operation_id="playlists_create",
        request=shapes.PlaylistInputSerializer,
        responses={201: shapes.PlaylistSerializer},
    )
    @idempotent()
    def post(self, request: Request) -> Response:
        form = shapes.PlaylistInputSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        playlist = services.create(signed_in_user(request), form.validated_data)
        response = _playlist_response(request, playlist, status.HTTP_201_CREATED)
        response["Location"] = f"/api/v1/playlists/{playlist.pk}"
        return response


class PlaylistView(APIView):
    """One playlist."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(operation_id="playlists_read", responses={200: shapes.PlaylistSerializer})
    def get(self, request: Request, playlist_id: str) -> Response:
        playlist = access.playlist_for_viewing(request.user, playlist_id)
        return respond(request, mappers.full(playlist, request.user, queries.cover_video(playlist)))

    @extend_schema(
        operation_id="playlists_update",
        request=shapes.PlaylistInputSerializer,
        responses={200: shapes.PlaylistSerializer},
    )
    def patch(self, request: Request, playlist_id: str) -> Response:
        playlist = access.playlist_for_editing(request.user, playlist_id)
        form = shapes.PlaylistInputSerializer(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        changed = services.update(playlist, form.validated_data, expected_version=expected_version(request))
        return _playlist_response(request, changed)

    @extend_schema(operation_id="playlists_delete", responses={204: OpenApiResponse(description="Deleted")})
    def delete(self, request: Request, playlist_id: str) -> Response:
        playlist = access.playlist_for_editing(request.user, playlist_id)
        services.delete(playlist, expected_version=expected_version(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ItemsView(APIView):
    """The videos of a playlist, in order."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="playlist_items_list", parameters=PAGING, responses={200: shapes.PageOfItemsSerializer}
    )
    def get(self, request: Request, playlist_id: str) -> Response:
        playlist = access.playlist_for_viewing(request.user, playlist_id)
        return respond(request, listing.items_body(request, playlist, request.user))

    @extend_schema(
        operation_id="playlist_items_add",
        request=shapes.ItemInputSerializer,
        responses={201: shapes.ItemSerializer},
    )
    @idempotent()
    def post(self, request: Request, playlist_id: str) -> Response:
        playlist = access.playlist_for_editing(request.user, playlist_id)
        form = shapes.ItemInputSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        row = services.add(playlist, signed_in_user(request), data["video_id"], note=data["note"])
        if "position" in data:
            services.move(playlist, row, position=data["position"])
            row.refresh_from_db()
        playlist = access.playlist_for_editing(request.user, playlist_id)
        return _item_response(request, playlist, row, status.HTTP_201_CREATED)


class ItemView(APIView):
    """One place of a playlist: move it, note something, take it out."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="playlist_items_update",
        request=shapes.MoveSerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)],
        responses={200: shapes.ItemSerializer},
    )
    def patch(self, request: Request, playlist_id: str, item_id: str) -> Response:
        playlist = access.playlist_for_editing(request.user, playlist_id)
        row = access.item_for_editing(playlist, item_id)
        form = shapes.MoveSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = dict(form.validated_data)
        if "note" in data:
            services.set_note(row, data.pop("note"))
        if data:
            playlist = services.move(playlist, row, **data, expected_version=expected_version(request))
        row.refresh_from_db()
        return _item_response(request, playlist, row)

    @extend_schema(
        operation_id="playlist_items_remove", responses={204: OpenApiResponse(description="Removed")}
    )
    def delete(self, request: Request, playlist_id: str, item_id: str) -> Response:
        playlist = access.playlist_for_editing(request.user, playlist_id)
        services.remove(playlist, access.item_for_editing(playlist, item_id))
        response = Response(status=status.HTTP_204_NO_CONTENT)
        response["ETag"] = version_etag(access.playlist_for_editing(request.user, playlist_id).version)
        return response


class ChannelPlaylistsView(APIView):
    """The listed playlists of a channel."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(
        operation_id="channel_playlists", parameters=PAGING, responses={200: shapes.PageOfPlaylistsSerializer}
    )
    def get(self, request: Request, username: str) -> Response:
        channel = channel_for_viewing(username)
        rows = access.listed_playlists(channel.pk)
        return respond(request, listing.body(paginate(request, rows, queries.RECENT), request.user))
