"""URLs of playlist pages."""

from django.urls import path

from playlists import views

urlpatterns = [
    path("library", views.library, name="library"),
    path("playlists/<str:playlist_id>", views.detail, name="playlist"),
    path("playlists/<str:playlist_id>/edit", views.edit, name="playlist-edit"),
    path("playlists/<str:playlist_id>/delete", views.delete, name="playlist-delete"),
    path("playlists/<str:playlist_id>/items/add", views.add_item, name="playlist-item-add"),
    path(
        "playlists/<str:playlist_id>/items/<str:item_id>/remove",
        views.remove_item,
        name="playlist-item-remove",
    ),
    path("playlists/<str:playlist_id>/items/<str:item_id>/move", views.move_item, name="playlist-item-move"),
    path("feeds/playlists/<str:playlist_id>.rss", views.feed, name="playlist-feed"),
    path("@<str:username>/playlists", views.channel_playlists, name="channel-playlists"),
]
