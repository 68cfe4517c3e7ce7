"""Files of the site's icon beyond its sizes: ``favicon.ico``, and one that home screens may cut into any shape."""

from __future__ import annotations

import io

from PIL import Image

from streamsite.site_files.icons import FAVICON, MASKABLE

NAMES = (FAVICON, MASKABLE)
FAVICON_SIZES = [(16, 16), (32, 32), (48, 48)]
MASKABLE_SIZE = 512
# Only a circle of 80 % of the width is sure to be seen: that of a square within it is 57 %, of most logos more.
MASKABLE_SHARE = 0.7


def extra_files(icon: bytes) -> dict[str, bytes]:
    """Return the files for an icon that was prepared, a PNG file of 512 pixels."""
    with Image.open(io.BytesIO(icon), formats=("PNG",)) as opened:
        picture = opened.convert("RGBA")
    favicon = io.BytesIO()
    picture.save(favicon, "ICO", sizes=FAVICON_SIZES)
    return {FAVICON: favicon.getvalue(), MASKABLE: _maskable(picture)}


def _maskable(picture: Image.Image) -> bytes:
    """Return the icon on a ground of the color of its corner, or on white where that is transparent."""
    corner = picture.getpixel((0, 0))
    color = corner[:3] if isinstance(corner, tuple) and corner[3] == 255 else "white"
    ground = Image.new("RGB", (MASKABLE_SIZE, MASKABLE_SIZE), color)
    side = round(MASKABLE_SIZE * MASKABLE_SHARE)
    small = picture.resize((side, side), Image.Resampling.LANCZOS)
    start = (MASKABLE_SIZE - side) // 2
    ground.paste(small, (start, start), mask=small)
    out = io.BytesIO()
    ground.save(out, "PNG", optimize=True)
    return out.getvalue()
