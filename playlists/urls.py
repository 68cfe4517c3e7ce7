"""URLs of playlist pages."""

from django.urls import path

from playlists.views import embed, invites, items, play, playlists, save_dialog
from streamsite.view_helpers import redirect_view
from videos.syndication.routes import feed_paths

urlpatterns = [
    path("library", playlists.library, name="library"),
    path("playlists", redirect_view("library")),
    path("watch-later", playlists.watch_later, name="watch-later"),
    path("playlists/save/<str:video_id>", save_dialog.save_dialog, name="playlist-save"),
    path("playlists/join/<str:token>", invites.join, name="playlist-join"),
    path("playlists/<str:playlist_id>", playlists.detail, name="playlist"),
    path("playlists/<str:playlist_id>/play", play.play, name="playlist-play"),
    path("playlists/<str:playlist_id>/edit", playlists.edit, name="playlist-edit"),
    path("playlists/<str:playlist_id>/sort", playlists.sort, name="playlist-sort"),
    path("playlists/<str:playlist_id>/delete", playlists.delete, name="playlist-delete"),
    path("playlists/<str:playlist_id>/keep", items.save_to_library, name="playlist-keep"),
    path("playlists/<str:playlist_id>/collaborators", items.add_collaborator, name="playlist-invite"),
    path(
        "playlists/<str:playlist_id>/collaborators/<str:username>/remove",
        items.remove_collaborator,
        name="playlist-uninvite",
    ),
    path("playlists/<str:playlist_id>/invites", invites.create, name="playlist-invite-link"),
    path(
        "playlists/<str:playlist_id>/invites/<str:invite_id>/revoke",
        invites.revoke,
        name="playlist-invite-revoke",
    ),
    path("playlists/<str:playlist_id>/items/add", items.add, name="playlist-item-add"),
    path("playlists/<str:playlist_id>/tidy", items.remove_unavailable, name="playlist-tidy"),
    path("playlists/<str:playlist_id>/items/<str:item_id>/remove", items.remove, name="playlist-item-remove"),
    path("playlists/<str:playlist_id>/items/<str:item_id>/move", items.move, name="playlist-item-move"),
    path("playlists/<str:playlist_id>/items/<str:item_id>/note", items.edit_note, name="playlist-item-note"),
    path("embed/playlist/<str:playlist_id>", embed.embed, name="playlist-embed"),
    *feed_paths("feeds/playlists/<str:playlist_id>", playlists.feed, "playlist-feed"),
    path("@<str:username>/playlists", playlists.channel_playlists, name="channel-playlists"),
]
