"""Checks of settings, the data folder, and the disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.checks import ERROR, CheckMessage, run_checks

from streamsite import privileges, running_site
from streamsite.doctor.registry import Finding, ok, problem, register_check, warning

GB = 1000**3
# Below this share of free inodes a disk is about to refuse new files while bytes are left.
MIN_FREE_INODES = 0.02
# About the proxy that ends TLS. script/server tells its own web and workers of it, and not the commands beside them.
OF_OWN_PROXY = {"streamsite.W003", "security.W008"}


def check_settings() -> Iterator[Finding]:
    """Run Django's system checks, those of a public site included; of the database the connection's only.

    A check of a service outside is left to the areas of services.
    """
    left_out = OF_OWN_PROXY if running_site.read(settings.DATA_DIR) == settings.SITE_URL else set()
    messages = [one for one in _messages() if not one.is_silenced() and one.id not in left_out]
    for message in messages:
        make = problem if message.level >= ERROR else warning
        yield make(str(message.msg), str(message.hint or ""))
    if root := privileges.root_warning():
        yield warning(root, "docs/operations.md, 'With systemd', shows a user of its own.")
    if not messages:
        yield ok("No setting contradicts another.")


def _messages() -> list[CheckMessage]:
    return run_checks(include_deployment_checks=settings.IS_HTTPS)


def check_folders() -> Iterator[Finding]:
    """Check that this user can write where the site does."""
    folders = [Path(folder) for folder in (settings.DATA_DIR, settings.MEDIA_ROOT, settings.WORK_DIR)]
    refused = [folder for folder in folders if not _may_write(folder)]
    for folder in refused:
        state = "cannot be written by this user" if folder.exists() else "does not exist"
        yield problem(
            f"{folder} {state}.",
            f"Give it to the site's user (chown), or run this as that user; here it is user {os.geteuid()}."
            if folder.exists()
            else "Run manage.py prepare, or correct STREAMSITE_DATA_DIR.",
        )
    if not refused:
        yield ok(f"{settings.DATA_DIR} can be written.")


def _may_write(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def check_disk() -> Iterator[Finding]:
    """Check free bytes and files of the disks with data and media."""
    places = {
        Path(place).stat().st_dev: Path(place)
        for place in (settings.MEDIA_ROOT, settings.DATA_DIR)
        if Path(place).is_dir()
    }
    for place in places.values():
        yield _space(place)
        found = os.statvfs(place)
        if found.f_files and found.f_favail < MIN_FREE_INODES * found.f_files:
            yield problem(
                f"The disk of {place} has room for {found.f_favail:,} more files only.",
                "Move the data folder to a file system with more inodes.",
            )


def _space(place: Path) -> Finding:
    free, watermark = shutil.disk_usage(place).free, settings.DISK_WATERMARK_BYTES
    told = f"{free / GB:,.1f} GB are free on the disk of {place}"
    remedy = "Free space: manage.py sweep --empty-trash, delete videos, or move media (docs/operations.md)."
    if free <= watermark:
        return problem(f"{told}, and uploads are refused below {watermark / GB:,.1f} GB.", remedy)
    if free <= 2 * watermark:
        return warning(f"{told}; uploads will be refused below {watermark / GB:,.1f} GB.", remedy)
    return ok(f"{told}.")


register_check("Settings", check_settings)
register_check("Disk", check_folders)
register_check("Disk", check_disk)
