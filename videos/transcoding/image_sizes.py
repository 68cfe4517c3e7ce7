"""The files of a thumbnail: large for the player, card and small for lists, as WebP and AVIF.

The large one is also a JPEG, which every program that shows links or podcasts supports.
"""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

QUALITY = {"webp": 82, "avif": 60, "jpg": 85}
AVIF_SPEED = 8


@dataclass(frozen=True)
class ImageSize:
    """A size: `name` is the start of the file name; the longer side has at most `side` pixels."""

    name: str
    side: int
    formats: tuple[str, ...]


LARGE = ImageSize("poster", 1280, ("webp", "jpg"))
CARD = ImageSize("card", 640, ("webp", "avif"))
SMALL = ImageSize("small", 320, ("webp", "avif"))
IMAGE_SIZES = (LARGE, CARD, SMALL)


def file_names(suffix: str = "") -> list[str]:
    """Return the names of all files of one thumbnail: `poster-2.webp`, `card-2.webp`, `card-2.avif`, ... for `-2`."""
    return [f"{size.name}{suffix}.{form}" for size in IMAGE_SIZES for form in size.formats]


def write_image_sizes(image: Image.Image, folder: Path, suffix: str = "") -> None:
    """Write `image` into `folder` in every size and format, never enlarged; each file appears whole."""
    for size in IMAGE_SIZES:
        resized = image.resize(fit_within(*image.size, size.side), Image.Resampling.LANCZOS)
        for form in size.formats:
            partial = folder / f".{size.name}{suffix}.{form}"
            options = {"speed": AVIF_SPEED} if form == "avif" else {}
            resized.save(partial, "jpeg" if form == "jpg" else form, quality=QUALITY[form], **options)
            partial.replace(folder / f"{size.name}{suffix}.{form}")


def fit_within(width: int, height: int, longest: int) -> tuple[int, int]:
    """Return the size within a square of `longest` pixels, never enlarged, both sides even."""
    factor = min(1.0, longest / max(width, height))
    return max(2, int(width * factor) // 2 * 2), max(2, int(height * factor) // 2 * 2)
