"""Management commands for videos."""
