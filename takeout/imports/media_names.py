"""File names that tell what is in a file; what is in it is looked at anyway."""

from __future__ import annotations

MEDIA_SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".flv", ".wmv", ".3gp"),
    *(".mp3", ".m4a", ".ogg", ".opus", ".flac", ".wav"),
)
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
CAPTION_SUFFIXES = (".vtt", ".srt", ".ass", ".ttml")
