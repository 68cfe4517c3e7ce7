"""The accounts that one signs in with. Their password is random and stored in the data folder."""

from __future__ import annotations

import secrets
from pathlib import Path

from django.conf import settings

from accounts.models import User
from demo import store
from demo.ids import demo_id
from demo.tables.people import SIGN_INS
from streamsite import atomic_files
from videos.models import Video


def password_file() -> Path:
    """Return the path of the file with the password of the demo's accounts."""
    return Path(settings.KEYS_DIR) / "demo_password"


def _are_settled() -> bool:
    """Return whether the accounts were created once, or the demo was removed."""
    found = store.load()
    return password_file().is_file() or (found is not None and bool(found["removed_at"]))


def preview() -> list[str]:
    """Return what ``create_sign_ins`` would do, as phrases without a subject."""
    if _are_settled():
        return []
    steps = [] if Video.objects.exists() else ["note that this site has the demo"]
    names = [username for username, _, _ in SIGN_INS]
    there = set(User.objects.filter(username__in=names).values_list("username", flat=True))
    steps += [f"create the account {name}" for name in names if name not in there]
    return [*steps, f"write their password to {password_file()}"]


def create_sign_ins() -> None:
    """Create the accounts once, and start the demo on a site without videos.

    A site of an earlier release has the file already: it keeps the demo that it has.
    """
    kept = password_file()
    if _are_settled():
        return
    if not Video.objects.exists():
        store.start()
    # Written before the first account has it, and renamed after the last: a killed process loses no password.
    pending = kept.with_name("demo_password.new")
    if not pending.is_file():
        atomic_files.write_atomically(pending, "-".join(secrets.token_hex(2) for _ in range(3)))
    password = pending.read_text(encoding="utf-8")
    for username, name, is_admin in SIGN_INS:
        if not User.objects.filter(username=username).exists():
            User.objects.create_user(
                username,
                f"{username}@example.org",
                password,
                id=demo_id("account", username),
                full_name=name,
                is_staff=is_admin,
                is_superuser=is_admin,
            )
    pending.replace(kept)
