"""Management commands for videos, one per module."""
