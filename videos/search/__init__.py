"""Search: the index of listed videos, queries, suggestions, spelling, and names of channels and playlists."""
