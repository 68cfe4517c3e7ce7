"""Input of the video endpoints, by feature."""
