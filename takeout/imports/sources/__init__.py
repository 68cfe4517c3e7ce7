"""Readers of archives, one module for each program that writes them."""

from __future__ import annotations

from collections.abc import Callable

from takeout.imports.sources.base import Files, Source
from takeout.imports.sources.folder import FolderSource
from takeout.imports.sources.google import GoogleSource
from takeout.imports.sources.peertube import PeerTubeSource
from takeout.imports.sources.streamsite import StreamsiteSource

STREAMSITE, GOOGLE, PEERTUBE, FOLDER = "streamsite", "google", "peertube", "folder"
# Names of programs are the same in every language.
NAMES = {STREAMSITE: "Streamsite", GOOGLE: "Google Takeout", PEERTUBE: "PeerTube", FOLDER: "yt-dlp"}
READERS: dict[str, Callable[[Files], Source]] = {
    STREAMSITE: StreamsiteSource,
    GOOGLE: GoogleSource,
    PEERTUBE: PeerTubeSource,
    FOLDER: FolderSource,
}


def open_source(name: str, files: Files) -> Source:
    """Return the reader of an archive. Raises ``BadArchive`` for one of another program."""
    return READERS[name](files)
