"""Valid and invalid images for tests, as bytes."""

import functools
import io
import struct
import zlib

from PIL import Image

GPS = b"\x01\x02GPS"


def picture(form="PNG", size=(400, 300), color=(200, 30, 30), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, form, **options)
    return out.getvalue()


def halves(size=(400, 200), form="PNG", **options):
    """Return an image that is red on the left and blue on the right."""
    image = Image.new("RGB", size, (255, 0, 0))
    image.paste((0, 0, 255), (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def with_exif(orientation=1):
    """Return a JPEG whose EXIF data holds a location."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "secret description"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return halves(form="JPEG", exif=exif, quality=95, comment=b"secret comment")


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@functools.cache
def png_bomb(width=50_000, height=50_000):
    """Return a small PNG whose header announces gigabytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def gif_bomb(width=65_535, height=65_535):
    """Return a small GIF whose header announces a huge screen."""
    small = bytearray(picture("GIF", (8, 8), 1, "P"))
    small[6:10] = struct.pack("<HH", width, height)
    return bytes(small)


@functools.cache
def scan_bomb(scans=2000):
    """Return a progressive JPEG that repeats its last scan many times."""
    whole = picture("JPEG", (2000, 2000), progressive=True)
    start = whole.rindex(b"\xff\xda")
    return whole[:start] + whole[start:-2] * scans + whole[-2:]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


@functools.cache
def bad_pictures():
    """Return unacceptable images as bytes by name."""
    good = picture("JPEG", (800, 600))
    return {
        "empty": b"",
        "one byte": b"\x89",
        "svg": SVG,
        "html": HTML,
        "javascript": b"GIF89a=1;alert(1)//",
        "pdf": b"%PDF-1.4\n1 0 obj",
        "bmp": picture("BMP"),
        "tiff": picture("TIFF"),
        "icon": picture("ICO"),
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        "gif and script": picture("GIF", mode="P", color=1) + b"<script>alert(1)</script>",
        "jpeg and html": good + HTML,
        "png and zip": picture() + b"PK\x05\x06" + b"\0" * 18,
        "html in a comment": picture("JPEG", comment=HTML),
        "truncated jpeg": halves((1600, 1200), "JPEG")[:6000],
        "truncated png": halves((1600, 1200))[:-40],
        "png without its end": picture()[:-12],
        "png with a wrong checksum": picture()[:-5] + b"XXXXX",
        "truncated gif": picture("GIF", (900, 900), 3, "P")[:-60],
        "truncated webp": halves((900, 900), "WEBP")[:-60],
        "png bomb": png_bomb(),
        "long png bomb": png_bomb(2_000_000_000, 1),
        "gif bomb": gif_bomb(),
        "scan bomb": scan_bomb(),
        "no pixels": png_bomb(0, 0),
        "webp of 13 megapixels": picture("WEBP", (4000, 3300)),
    }
