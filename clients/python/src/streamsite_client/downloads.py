"""Downloads that continue where they were broken off."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from streamsite_client.core import Core, path_of
from streamsite_client.errors import NetworkError, NotDownloadable, NotStreamsite, error_of
from streamsite_client.steps import Answer, Flow, Receive, Request, Sleep, Work
from streamsite_client.stores import read_json, write_private

MAX_FAILURES = 5
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)\Z")
FAULTS = {429, 500, 502, 503, 504}


class PartFile:
    """The file beside the target that grows until the download is whole, and the ETag of what is in it."""

    def __init__(self, target: Path, on_progress: Callable[[int, int], None] | None) -> None:
        self.target = target
        self.part = target.with_name(f"{target.name}.part")
        self.note = target.with_name(f"{target.name}.part.json")
        self._on_progress = on_progress
        self._file: BinaryIO | None = None
        self.total = 0
        self.arrived = 0

    def range_headers(self) -> dict[str, str]:
        """Return the headers that ask for what is missing; all of it unless what is there can be named."""
        etag = str(read_json(self.note).get("etag", ""))
        size = self.part.stat().st_size if self.part.exists() else 0
        headers = {"Accept-Encoding": "identity"}
        if size and etag:
            headers |= {"Range": f"bytes={size}-", "If-Range": etag}
        return headers

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        self.close()
        if status not in {200, 206}:
            return False
        start = 0
        self.total = int(headers.get("content-length", "0"))
        if status == 206:
            found = CONTENT_RANGE.match(headers.get("content-range", ""))
            if found is None or int(found[1]) != self.part.stat().st_size:
                raise NotStreamsite("The answer is another part of the file than was asked for.")
            start, self.total = int(found[1]), int(found[2])
        else:
            self._keep_etag(headers.get("etag", ""))
        self._file = self.part.open("ab" if start else "wb")
        self.arrived = start
        return True

    def write(self, chunk: bytes) -> None:
        if self._file is None:
            raise RuntimeError("nothing is being received")
        self._file.write(chunk)
        self.arrived += len(chunk)
        if self._on_progress:
            self._on_progress(self.arrived, self.total)

    def _keep_etag(self, etag: str) -> None:
        self.part.unlink(missing_ok=True)
        # A weak one does not promise the same bytes.
        write_private(self.note, {"etag": "" if etag.startswith("W/") else etag})

    def close(self) -> None:
        """Close the part, which stays."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def finish(self) -> Path:
        """Give the part its own name."""
        self.part.replace(self.target)
        self.note.unlink(missing_ok=True)
        return self.target

    def start_over(self) -> None:
        """Forget what has arrived."""
        self.part.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def download(
    core: Core,
    /,
    video_id: str,
    target: str | os.PathLike[str],
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Flow[Path]:
    """Download a video to the file ``target``; return its path. A second call continues a first that was broken off.

    ``on_progress`` is called with the numbers of bytes that have arrived and of all (0: unknown). Raises
    ``NotDownloadable``, ``ApiError``, ``NetworkError``.
    """
    part = PartFile(Path(target), on_progress)
    try:
        failures = 0
        while True:
            # Asked each time: the URL of a private video ends some hours after it was given.
            video = yield from core.call("GET", path_of("videos", video_id))
            if not video["download_url"]:
                raise NotDownloadable("This video has no file for download.")
            try:
                is_whole = yield from _receive(core, video["download_url"], part)
            except NetworkError:
                failures += 1
                if failures > MAX_FAILURES:
                    raise
                yield Sleep(0.5 * 2**failures)
                continue
            if is_whole:
                return part.finish()
            failures += 1
            if failures > MAX_FAILURES:
                raise NetworkError("The download does not get any further.")
    finally:
        part.close()


def _receive(core: Core, url: str, part: PartFile) -> Flow[bool]:
    """Receive what is missing; return whether the file is whole."""
    headers: dict[str, str] = yield Work(part.range_headers)
    # The URL is good by itself, and may be of another host: the caller's token is not for it.
    request = Request("GET", url, headers=headers, is_authorized=False)
    answer: Answer = yield Receive(request, part)
    part.close()
    if answer.status in {200, 206}:
        return part.total in {0, part.arrived}
    if answer.status == 416:
        part.start_over()
        return False
    if answer.status in FAULTS:
        raise NetworkError(f"The file cannot be sent now (status {answer.status}).")
    raise error_of(answer)
