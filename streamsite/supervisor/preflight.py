"""Checks and preparations before the first process of a site starts."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from streamsite import atomic_files, folders
from streamsite.supervisor.processes import ROOT, StartError

MIN_FREE_BYTES = 400 * 1024**2


def check_disk(data_dir: Path) -> None:
    """Make the data folder. Raises ``StartError`` when it cannot be written to, or has too little space."""
    try:
        folders.create(data_dir, folders.SHARED)
        free = shutil.disk_usage(data_dir).free
        probe = data_dir / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StartError(f"the disk of {data_dir} is full: free some space and start again") from error
        raise StartError(f"cannot write to the data folder {data_dir}: {error.strerror}") from error
    if free < MIN_FREE_BYTES:
        raise StartError(
            f"only {free // 1024**2} MiB are free on the disk of {data_dir}; at least 400 MiB are needed"
        )


def create_secret_key(data_dir: Path) -> None:
    """Write ``keys/secret_key`` unless it is there or the environment names another."""
    secret = data_dir / "keys" / "secret_key"
    if (
        not any(os.environ.get(name) for name in ("SECRET_KEY", "SECRET_KEY_FILE"))
        # An empty one was left by a start of an earlier version that was killed.
        and not (secret.is_file() and secret.stat().st_size)
    ):
        folders.create(secret.parent, folders.PRIVATE)
        atomic_files.write_atomically(secret, secrets.token_urlsafe(48))


def check_settings(environment: Mapping[str, str]) -> None:
    """Raise ``StartError`` with the sentence about a setting that cannot work, before anything runs in a loop."""
    command = [sys.executable, "manage.py", "run_worker", "--help"]
    tried = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if tried.returncode:
        raise StartError(tried.stderr.strip().removeprefix("manage.py: "))
