"""Styles, scripts and pictures of the site: published once per version, compressed, under an address of the version.

``/static/<version>/`` makes every address new when anything changes, so browsers keep what they have for good, and the
relative imports of ES modules need no rewriting. Former versions stay for a while, for pages that are still open.
"""

from __future__ import annotations

import fcntl
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import brotli
from django.conf import settings
from django.core.management import call_command
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedStaticFilesStorage

from streamsite import folders

VERSION_BYTES = 6
RETENTION_SECONDS = 7 * 86_400
# An empty file, written last.
COMPLETE_MARKER = ".complete"
IMMUTABLE = r"^/static/[0-9a-f]{12}/"
# The highest quality, 11, is 8 % smaller and takes 15 times as long: the first start would wait 8 s for it.
BROTLI_QUALITY = 9
OWN_PREFIXES = ("js/", "css/")
# The styles of every page, in their order, and the file that is made of them: the first paint waits for all of them.
SITE_STYLES = (
    "css/tokens.css",
    "css/base.css",
    *(f"css/components/{name}.css" for name in ("shell", "buttons", "overlays", "cards", "chips")),
)
SITE_STYLE = "css/site.css"
# What runs before the first paint, in this order.
EARLY_SCRIPTS = ("js/theme.js", "js/account.js")
EARLY_SCRIPT = "js/early.js"
# Files that are joined, so that a page waits for one of them only.
JOINED = {SITE_STYLE: SITE_STYLES, EARLY_SCRIPT: EARLY_SCRIPTS}
# Indentation, and lines that are nothing but a comment. No file has a text of several lines, where these would count.
_FOR_READERS = re.compile(rb"^[ \t]*(?://[^\n]*\n|/\*(?:(?!\*/).)*\*/[ \t]*\n)?[ \t]*", re.M | re.S)


def strip_comments(text: bytes) -> bytes:
    """Return one of the site's scripts or styles as it is sent: without what only its readers need."""
    previous = b""
    while previous != text:  # comments follow one another
        previous, text = text, _FOR_READERS.sub(b"", text)
    return text


def _tight(style: bytes) -> bytes:
    """Return a style sheet without the spaces around its braces and behind its semicolons."""
    for loose, tight in ((b" { ", b"{"), (b" }", b"}"), (b"; ", b";"), (b";}", b"}")):
        style = style.replace(loose, tight)
    return style


class FastCompressor(Compressor):
    """WhiteNoise's compressor with a Brotli quality that a first start can wait for."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """Return ``data`` compressed."""
        compressed: bytes = brotli.compress(data, quality=BROTLI_QUALITY)
        return compressed


class CompressedStorage(CompressedStaticFilesStorage):
    """Static files with a ``.br`` and a ``.gz`` beside each; WhiteNoise sends what the browser accepts."""

    def create_compressor(self, **kwargs: object) -> Compressor:
        """Return the compressor to use."""
        return FastCompressor(**kwargs)

    def post_process(
        self, paths: dict[str, object], dry_run: bool = False, **options: object
    ) -> Iterator[object]:
        """Shorten the site's own scripts and styles, join those of every page, then compress all files."""
        for name in paths:
            if name.startswith(OWN_PREFIXES) and name.endswith((".js", ".css")) and not dry_run:
                file = Path(self.path(name))
                sent = strip_comments(file.read_bytes())
                file.write_bytes(_tight(sent) if name.endswith(".css") else sent)
        for joined, names in JOINED.items():
            if not dry_run and all(name in paths for name in names):
                parts = [Path(self.path(name)).read_bytes() for name in names]
                Path(self.path(joined)).write_bytes(b"".join(parts))
                paths = {**paths, joined: (self, joined)}
        yield from super().post_process(paths, dry_run, **options)


def compute_version(sources: Iterable[Path]) -> str:
    """Return twelve hexadecimal digits that differ when a file in ``sources`` (folders and files) differs."""
    digest = blake2b(digest_size=VERSION_BYTES)
    for source in sources:
        files = sorted(source.rglob("*")) if source.is_dir() else [source]
        for path in files:
            if path.is_file():
                content = path.read_bytes()
                digest.update(f"{path.relative_to(source.parent).as_posix()}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()


def publish_static_files() -> None:
    """Put this version's files where they are served from, unless they are there. Safe to repeat and at once."""
    if settings.DEBUG:  # then they are served from where they are written
        return
    target, root = Path(settings.STATIC_ROOT), Path(settings.ASSETS_DIR)
    folders.create(root, folders.SHARED)
    with (root.parent / "assets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / COMPLETE_MARKER).exists():
            shutil.rmtree(target, ignore_errors=True)
            call_command("collectstatic", interactive=False, verbosity=0)
            (target / COMPLETE_MARKER).touch()
        target.touch()
        _remove_former(target)


def _remove_former(target: Path) -> None:
    for folder in target.parent.iterdir():
        with suppress(OSError):
            if folder != target and folder.stat().st_mtime < time.time() - RETENTION_SECONDS:
                shutil.rmtree(folder)
