"""The kinds of files that are served of videos."""

from __future__ import annotations

CONTENT_TYPES = {
    "m3u8": "application/vnd.apple.mpegurl",
    "m4s": "video/iso.segment",
    "mp4": "video/mp4",
    "webp": "image/webp",
    "avif": "image/avif",
    "jpg": "image/jpeg",
    "vtt": "text/vtt; charset=utf-8",
}


def content_type_of(name: str) -> str:
    """Return the content type of a file by its name."""
    return CONTENT_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
