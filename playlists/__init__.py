"""Playlists: items, order, collaborators, Watch later, and playback queues."""
