"""The API of playlists, their items and collaborators, and of the library."""
