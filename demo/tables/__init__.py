"""The demo's content as tables: people, clips, comments, playlists, and posts."""
