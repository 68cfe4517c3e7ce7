"""URLs of the playlist API, below ``/api/v1/``."""

from django.urls import path

from playlists.api import collaborators, invites, items, library, playlists

urlpatterns = [
    path("playlists", playlists.PlaylistsView.as_view(), name="api-playlists"),
    path("playlists/<str:playlist_id>", playlists.PlaylistView.as_view(), name="api-playlist"),
    path("playlists/<str:playlist_id>/items", items.ItemsView.as_view(), name="api-playlist-items"),
    path("playlists/<str:playlist_id>/tidy", items.TidyView.as_view(), name="api-playlist-tidy"),
    path(
        "playlists/<str:playlist_id>/items/<str:item_id>", items.ItemView.as_view(), name="api-playlist-item"
    ),
    path(
        "playlists/<str:playlist_id>/collaborators/<str:username>",
        collaborators.CollaboratorView.as_view(),
        name="api-playlist-collaborator",
    ),
    path("playlists/<str:playlist_id>/invites", invites.InvitesView.as_view(), name="api-playlist-invites"),
    path(
        "playlists/<str:playlist_id>/invites/<str:invite_id>",
        invites.InviteView.as_view(),
        name="api-playlist-invite",
    ),
    path("playlist-invites/accept", invites.AcceptInviteView.as_view(), name="api-playlist-invite-accept"),
    path("me/watch-later", library.WatchLaterView.as_view(), name="api-watch-later"),
    path(
        "me/watch-later/<str:video_id>", library.WatchLaterEntryView.as_view(), name="api-watch-later-entry"
    ),
    path("me/saved-playlists", library.SavedPlaylistsView.as_view(), name="api-saved-playlists"),
    path(
        "me/saved-playlists/<str:playlist_id>",
        library.SavedPlaylistView.as_view(),
        name="api-saved-playlist",
    ),
    path(
        "channels/<str:username>/playlists",
        playlists.ChannelPlaylistsView.as_view(),
        name="api-channel-playlists",
    ),
]
