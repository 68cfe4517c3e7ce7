"""Playback: heartbeats, views, watch history, and statistics."""
