"""The JSON API of videos."""
