"""Chapters of a video: reading, checking, and changing them."""
