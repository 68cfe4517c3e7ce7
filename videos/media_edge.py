"""The files of videos that ``streamsite.edge`` sends: those that their address alone opens, from the disk."""

from __future__ import annotations

import re
from typing import NoReturn

from videos import media_access
from videos.media_access import MediaFile

# The routes "media" and "public-image" of ``videos.urls``.
TOKEN_PATH = re.compile(r"\A/media/v/([^/]+)/([^/]+)/([^/]+)/(.+)\Z")
IMAGE_PATH = re.compile(r"\A/media/p/([^/]+)/([^/]+)/([^/]+)\Z")


class _CallerMatters(Exception):
    """The account that asks decides, and Django knows it."""


class UnknownCaller:
    """Stands for a caller whom nobody has looked at."""

    def user(self) -> NoReturn:
        """Give up."""
        raise _CallerMatters

    def account_id(self) -> NoReturn:
        """Give up."""
        raise _CallerMatters


UNKNOWN = UnknownCaller()


def find_file(path: str) -> MediaFile | None:
    """Return the file at an address; ``None`` where an account, the bucket or a composed playlist comes into it.

    Raises ``Absent`` and what else the view would answer: it is asked then.
    """
    if match := TOKEN_PATH.match(path):
        try:
            file = media_access.find_file(UNKNOWN, *match.groups())
        except _CallerMatters:
            return None
    elif match := IMAGE_PATH.match(path):
        file = media_access.find_public_image(*match.groups())
    else:
        return None
    return None if file.is_composed or file.is_stored or file.is_login_only else file
