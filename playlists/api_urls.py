"""URLs of the playlist API, below ``/api/v1/``."""

from django.urls import path

from playlists import api

urlpatterns = [
    path("playlists", api.PlaylistsView.as_view(), name="api-playlists"),
    path("playlists/<str:playlist_id>", api.PlaylistView.as_view(), name="api-playlist"),
    path("playlists/<str:playlist_id>/items", api.ItemsView.as_view(), name="api-playlist-items"),
    path("playlists/<str:playlist_id>/items/<str:item_id>", api.ItemView.as_view(), name="api-playlist-item"),
    path(
        "channels/<str:username>/playlists", api.ChannelPlaylistsView.as_view(), name="api-channel-playlists"
    ),
]
