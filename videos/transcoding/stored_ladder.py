"""Whether a ladder that was stored earlier is still whole. Reads playlists, and no media."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from .playlists import INDEX, MASTER, read_playlist, rendition_names

_URI = re.compile(r'URI="([^"]*)"')


def find_gap(folder: Path, sizes: Mapping[str, int]) -> str:
    """Return what a stored ladder lacks, "" when it is whole.

    ``folder`` has its playlists, ``sizes`` the sizes of all its files by their paths below it. Every rendition that the
    master playlist names must have a playlist with an end, and every file that this lists must be there and not empty.
    """
    try:
        for playlist in _playlists(folder):
            found = read_playlist(folder / playlist)
            if not found.ended or not found.segments:
                return f"{playlist} has no end"
            parent = playlist.rpartition("/")[0]
            for name in (found.init_uri, *(segment.uri for segment in found.segments)):
                if not sizes.get(f"{parent}/{name}"):
                    return f"{parent}/{name} is missing or empty"
    except (OSError, ValueError) as error:
        return str(error)
    return ""


def _playlists(folder: Path) -> Iterator[str]:
    """Yield the media playlists that the master playlist names. Raises ``ValueError`` when it names none."""
    yield from (f"{name}/{INDEX}" for name in rendition_names(folder))
    for line in (folder / MASTER).read_text(encoding="utf-8").splitlines():
        if line.startswith("#EXT-X-MEDIA:TYPE=AUDIO"):
            yield from _URI.findall(line)
