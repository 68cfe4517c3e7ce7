"""Decoded pictures of finished renditions, for tests that look at colors and shapes."""

from pathlib import Path

import av
from PIL import Image

from videos.transcoding.playlists import read_playlist


def joined(folder: Path, target: Path) -> Path:
    """Join a rendition's init and media segments to one file that any demuxer reads."""
    playlist = read_playlist(folder / "index.m3u8")
    names = [playlist.init_uri, *(segment.uri for segment in playlist.segments)]
    target.write_bytes(b"".join((folder / name).read_bytes() for name in names))
    return target


def frames(path: Path) -> list[tuple[float, Image.Image]]:
    """Seconds and RGB picture of every frame of a small file."""
    with av.open(str(path)) as container:
        return [(float(frame.time or 0), frame.to_image()) for frame in container.decode(video=0)]


def first_picture(folder: Path, target: Path) -> Image.Image:
    """Return the first frame of a rendition; its segments may be joined in `target`."""
    with av.open(str(joined(folder, target))) as container:
        return next(container.decode(video=0)).to_image()
