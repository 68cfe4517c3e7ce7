"""Template tags and filters of videos."""
