"""Signals of accounts. All but ``refresh_token_reused`` are sent with ``user_id``; receivers must be idempotent."""

from __future__ import annotations

from django.dispatch import Signal

# Hide the account's content.
account_deactivated = Signal()
# Show the account's content again.
account_reactivated = Signal()
# Delete the account's content, files included. The account's row is deleted afterwards.
account_deleted = Signal()
# The name that others see has changed.
user_renamed = Signal()
# The mark of the channel as sensitive may have changed.
channel_mark_changed = Signal()
# Sent with ``warning_id`` and ``text``: staff warned the account.
account_warned = Signal()
# Sent with ``session_id`` and ``keep``: a session ended, or without ``session_id`` all but ``keep``.
sessions_ended = Signal()
# Sent with ``user`` and ``session``: the session was revoked because a used refresh token was presented again.
refresh_token_reused = Signal()
