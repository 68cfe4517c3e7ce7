"""Square artwork for podcast programs, made of a channel's avatar: a JPEG of the size that Apple asks for at least."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from accounts.image_processing import AVATAR
from accounts.image_storage import file_for_viewing
from streamsite.caching import ExpiringCache
from streamsite.errors import Absent

SIDE = 1400
# A picture takes some 100 kB and 50 ms.
_made: ExpiringCache[str, bytes] = ExpiringCache(seconds=3_600, max_entries=32)


def square_jpeg(folder: str) -> bytes:
    """Return the avatar in ``folder`` with ``SIDE`` pixels on each side. Raise ``Absent`` if it is gone."""
    return _made.get_or_load(folder, lambda: _enlarge(folder))


def _enlarge(folder: str) -> bytes:
    out = BytesIO()
    try:
        with Image.open(file_for_viewing(folder, AVATAR.files[0])) as avatar:
            backed = Image.new("RGB", avatar.size, "white")
            whole = avatar.convert("RGBA")
            backed.paste(whole, mask=whole)
    except FileNotFoundError:
        raise Absent from None
    backed.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(out, "JPEG", quality=85)
    return out.getvalue()
