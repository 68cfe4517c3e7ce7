"""Signals of playlists. Receivers must be idempotent."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with ``playlist_id`` when title, description, or visibility changed, also by creation and deletion.
playlist_changed = Signal()
# Sent with ``playlist_id``.
playlist_deleted = Signal()
# Sent with ``playlist`` and ``user``.
collaborator_added = Signal()
# Sent with ``playlist_id`` and ``user_id``.
collaborator_removed = Signal()
