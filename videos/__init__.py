"""Videos: uploads, processing, playback, search, comments, moderation, and the studio."""
