"""Errors of backups. Their messages are for the person at the terminal."""

from __future__ import annotations


class BackupError(Exception):
    """A backup cannot be made, read or restored."""


class Damaged(BackupError):
    """Something in a backup is missing or not what it should be."""


class Busy(BackupError):
    """Another process makes or restores a backup of this site, or the site runs while it is to be restored."""
