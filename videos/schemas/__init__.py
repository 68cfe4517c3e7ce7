"""API responses of videos, by feature."""
