"""What the demo consists of, as tables: people, clips, comments, playlists, and posts."""
