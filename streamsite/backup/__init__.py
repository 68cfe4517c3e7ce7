"""Backups of a site: database, keys and files, in a folder or in a bucket. Why so: docs/decisions/0051-backups.md."""

from __future__ import annotations

from streamsite.backup.record_store import LastBackup as LastBackup
from streamsite.backup.record_store import last_backup as last_backup
from streamsite.backup.record_store import last_backup_time as last_backup_time
