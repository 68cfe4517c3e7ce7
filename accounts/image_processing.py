"""Make uploaded images safe: check, decode once, crop, and re-encode as WebP.

File names and declared types are ignored; four formats are recognized by content. The size in the header is checked
before anything is decoded. Only pixels survive: no EXIF, location, color profile, comment, or second file.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageCms

from streamsite.bodies import rules
from streamsite.errors import Invalid, TooLarge, Unavailable

MAX_BYTES = rules.MAX_IMAGE_BYTES
# Pixels by header: one decoder's memory for them stays below about 200 MB. A JPEG of one scan is decoded
# at a fraction of its size; of several, libjpeg keeps all coefficients; libwebp keeps three copies.
MAX_PIXELS = {"JPEG": 64_000_000, "PNG": 20_000_000, "GIF": 20_000_000, "WEBP": 12_000_000}
FORMATS = tuple(MAX_PIXELS)
MAX_PIXELS_OF_SCANS = 24_000_000
# Each scan is a pass over the whole image, and an empty one takes twenty bytes. Encoders write about ten.
MAX_SCANS = 100
WAIT_SECONDS = 10
QUALITY = 84  # of WebP and JPEG
EXTENSIONS = {"WEBP": "webp", "PNG": "png", "JPEG": "jpg"}

UNREADABLE = gettext_lazy("This image can't be read. Use a JPEG, PNG, WebP, or GIF file.")
TWO_FILES = gettext_lazy("This file contains more than an image. Save it again with an image editor.")
_MARKUP = re.compile(rb"<(?:script|html|!doctype|\?php|svg[\s>]|iframe)", re.IGNORECASE)
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
_START_OF_SCAN, _END_OF_IMAGE, _WITHOUT_LENGTH = 0xDA, 0xD9, {0x01, 0xD8}
# EXIF orientation -> how to turn the stored pixels; 5 to 8 swap width and height.
_TRANSPOSES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_decoding = threading.BoundedSemaphore(1)


@dataclass(frozen=True)
class ImageType:
    """An image type: the sizes it is stored in, largest first, all of one aspect ratio.

    Images are cropped to that ratio; ``whole`` images keep their own and fit within these sizes. ``format`` is WebP
    unless programs have to read them that may not know it.
    """

    name: str
    sizes: tuple[tuple[int, int], ...]
    whole: bool = False
    format: str = "WEBP"

    @property
    def files(self) -> tuple[str, ...]:
        """The file names, largest first."""
        suffix = EXTENSIONS[self.format]
        return tuple(f"{self.name}-{width}.{suffix}" for width, _height in self.sizes)


AVATAR = ImageType("avatar", ((256, 256), (96, 96)))
COVER = ImageType("cover", ((1600, 270), (800, 135)))
POST = ImageType("post", ((1280, 1280), (640, 640)), whole=True)
# The images of an account, those of the site, and all types that are stored.
PROFILE_IMAGES = {kind.name: kind for kind in (AVATAR, COVER)}
SITE_IMAGES = {
    kind.name: kind
    for kind in (
        ImageType("logo", ((640, 128), (320, 64)), whole=True),
        ImageType("icon", ((512, 512), (192, 192), (180, 180), (32, 32)), format="PNG"),
        ImageType("social", ((1200, 630),), format="JPEG"),
    )
}
IMAGE_TYPES = (AVATAR, COVER, POST, *SITE_IMAGES.values())


def prepare_image(content: IO[bytes], kind: ImageType, *, field: str = "file") -> dict[str, bytes]:
    """Return the image as WebP files by name. Raises ``Invalid`` or ``TooLarge`` with an error on ``field``."""
    raw = content.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise too_large_error(field)
    with _one_at_a_time():
        try:
            return _encode(_crop(raw, kind), kind)
        except Invalid as error:
            raise Invalid(_("Unsupported image."), fields={field: [str(error.detail)]}) from None


def prepare_images(given: Mapping[str, IO[bytes] | None]) -> dict[str, dict[str, bytes]]:
    """Return a form's images by type, leaving out ``None``. Raises ``Invalid`` with an error per rejected image."""
    prepared: dict[str, dict[str, bytes]] = {}
    problems: dict[str, list[str]] = {}
    for name, content in given.items():
        try:
            if content is not None:
                prepared[name] = prepare_image(content, PROFILE_IMAGES[name], field=name)
        except Invalid as error:
            problems |= error.fields or {}
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    return prepared


def too_large_error(field: str) -> TooLarge:
    """Return the error for a file above the size limit."""
    sentence = _("The image is too large. The limit is %(limit)d MB.") % {"limit": MAX_BYTES // 1024**2}
    return TooLarge(sentence, fields={field: [sentence]})


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Allow one decoder per process, which bounds memory whatever the number of requests."""
    if not _decoding.acquire(timeout=WAIT_SECONDS):
        raise Unavailable(_("We're processing a lot of images right now. Try again in a moment."))
    try:
        yield
    finally:
        _decoding.release()


def dimensions(files: Mapping[str, bytes], kind: ImageType) -> tuple[int, int]:
    """Return width and height of the largest file of a prepared image."""
    with Image.open(io.BytesIO(files[kind.files[0]]), formats=("WEBP",)) as picture:
        return picture.size


def _crop(raw: bytes, kind: ImageType) -> Image.Image:
    """Return the image's center in the largest size, or all of it fit within: upright, in sRGB, pixels only."""
    if _MARKUP.search(raw) or b"%PDF-" in raw[:1024] or b"PK\x05\x06" in raw[-65_557:]:
        raise Invalid(TWO_FILES)
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as picture:
            _require_small_enough(picture, raw)
            picture.verify()  # checks a PNG's checksums; the image object cannot be used afterwards
        with Image.open(io.BytesIO(raw), formats=FORMATS) as picture:
            return _render(picture, kind)
    except Invalid:
        raise
    except Image.DecompressionBombError:
        raise Invalid(_too_many_pixels()) from None
    except Exception:  # Pillow's decoders raise all kinds of errors for broken files
        raise Invalid(UNREADABLE) from None


def _require_small_enough(picture: Image.Image, raw: bytes) -> None:
    width, height = picture.size
    limit = MAX_PIXELS.get(str(picture.format), MAX_PIXELS["JPEG"])
    if picture.format not in {"PNG", "GIF", "WEBP"}:  # "MPO" is a camera's JPEG followed by a preview
        scans = _count_scans(raw)
        if scans > MAX_SCANS:
            raise Invalid(UNREADABLE)
        limit = limit if scans == 1 else MAX_PIXELS_OF_SCANS
    if not 0 < width * height <= limit:
        raise Invalid(_too_many_pixels(width, height, limit))


def _too_many_pixels(width: int = 0, height: int = 0, limit: int = min(MAX_PIXELS.values())) -> str:
    values = {"width": width, "height": height, "limit": limit // 1_000_000}
    if not width:
        return _("The image has too many pixels. The limit is %(limit)d megapixels.") % values
    return (
        _("The image is too large (%(width)d × %(height)d pixels). The limit is %(limit)d megapixels.")
        % values
    )


def _count_scans(raw: bytes) -> int:
    """Return how many scans a JPEG has by walking its segments; stops above ``MAX_SCANS``."""
    scans, position = 0, 2
    while scans <= MAX_SCANS:
        marker = _MARKER.search(raw, position)
        if marker is None or marker[1][0] == _END_OF_IMAGE:
            break
        position = marker.end()
        if marker[1][0] == _START_OF_SCAN:
            scans += 1
        if marker[1][0] not in _WITHOUT_LENGTH:
            position += int.from_bytes(raw[position : position + 2], "big")
    return scans


def _render(picture: Image.Image, kind: ImageType) -> Image.Image:
    turn, size = _TRANSPOSES.get(_orientation(picture)), kind.sizes[0]
    swapped = turn in {_TRANSPOSES[5], _TRANSPOSES[6], _TRANSPOSES[7], _TRANSPOSES[8]}
    target = (size[1], size[0]) if swapped else size
    if kind.whole:
        target = _fit_within(picture.size, target)
    profile = picture.info.get("icc_profile")
    # draft() decodes a JPEG at a fraction of its size, at least what the crop needs.
    box = _center_box(picture.size, target)
    enough = max(target[0] / (box[2] - box[0]), target[1] / (box[3] - box[1]))
    picture.draft(None, (int(picture.width * enough) + 1, int(picture.height * enough) + 1))
    picture.load()
    small = _averageable(picture).resize(target, Image.Resampling.LANCZOS, _center_box(picture.size, target))
    if turn is not None:
        small = small.transpose(turn)
    small = _to_srgb(small, profile)
    small.info = {}
    return small


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(0x0112, 1))
    except Exception:  # a broken EXIF block is dropped with the rest of it
        return 1


def _center_box(size: tuple[int, int], target: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the largest centered box of the target's aspect ratio within ``size``."""
    scale = min(size[0] / target[0], size[1] / target[1])
    width, height = target[0] * scale, target[1] * scale
    left, top = (size[0] - width) / 2, (size[1] - height) / 2
    return left, top, min(left + width, size[0]), min(top + height, size[1])


def _fit_within(size: tuple[int, int], limit: tuple[int, int]) -> tuple[int, int]:
    """Scale ``size`` down to fit within ``limit``, keeping its aspect ratio."""
    scale = min(limit[0] / size[0], limit[1] / size[1], 1)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _averageable(picture: Image.Image) -> Image.Image:
    """Convert to a mode whose pixels can be averaged: no palette, 16 bits, or bilevel."""
    if picture.mode.startswith(("I", "F")):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        return (picture if picture.mode == "RGBA" else picture.convert("RGBA")).convert("RGBa")
    return picture if picture.mode in {"L", "RGB", "CMYK"} else picture.convert("RGB")


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert to sRGB; without a usable profile, keep the values."""
    if picture.mode == "RGBa":
        picture = picture.convert("RGBA")
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colors = picture.convert("RGB") if alpha is not None else picture
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                colors, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            colors = converted or colors
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that is broken or of another color model
    colors = colors.convert("RGB")
    if alpha is not None:
        colors.putalpha(alpha)
    return colors


def _encode(picture: Image.Image, kind: ImageType) -> dict[str, bytes]:
    files = {}
    for name, limit in zip(kind.files, kind.sizes, strict=True):
        size = _fit_within(picture.size, limit) if kind.whole else limit
        sized = picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
        files[name] = _write(sized, kind.format)
    return files


def _write(picture: Image.Image, image_format: str) -> bytes:
    out = io.BytesIO()
    if image_format == "JPEG" and picture.mode == "RGBA":
        on_white = Image.new("RGB", picture.size, "white")
        on_white.paste(picture, mask=picture.getchannel("A"))
        picture = on_white
    options = {"method": 4} if image_format == "WEBP" else {"optimize": True}
    picture.save(out, image_format, quality=QUALITY, **options)
    return out.getvalue()
